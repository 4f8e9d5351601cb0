"""An estate running in the sandbox: the program of every stack, against a world without an AWS account."""

from __future__ import annotations

import functools
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from landline.errors import LandlineError, ToolError, UsageError
from landline.estate.endpoint_connection import endpoint_connections
from landline.program import declare
from landline.sandbox.in_process import InProcess, StackResult
from landline.sandbox.stacks import silent
from landline.sandbox.world_beside import WorldBeside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future
    from types import TracebackType

    import boto3

    from landline.estate.endpoint_connection import EndpointConnection
    from landline.sandbox.doer import Doer
    from landline.sandbox.resource_type import Place
    from landline.sandbox.stack_state import Deployed
    from landline.sandbox.stacks import Change, Stacks
    from landline.sandbox.world import World
    from landline.settings import Estate

__all__ = [
    "Event",
    "ResourceChanged",
    "Sandbox",
    "StackDone",
    "StackResult",
    "StackStarted",
]


@dataclass(frozen=True, slots=True)
class StackStarted:
    """A stack's program begins, or its destruction."""

    stack: str
    operation: Literal["up", "destroy"]


@dataclass(frozen=True, slots=True)
class ResourceChanged:
    """One AWS resource was made, changed, replaced, deleted, or found as it should be."""

    stack: str
    change: Change
    token: str
    name: str
    """The logical name in the program."""


@dataclass(frozen=True, slots=True)
class StackDone:
    """A stack is as its file declares it, or gone."""

    result: StackResult


Event = StackStarted | ResourceChanged | StackDone


class Sandbox:
    """The stacks of an estate in a world of their own: several accounts and Regions in this process.

    Or in the running, empty world `beside` that the caller gives, and keeps. Inside the context, `session`
    gives boto3 readers of the same world. All stacks are known from the
    start, as after `pulumi stack init`. See `World` for what one process can hold, and `InProcess` for how
    far this door goes.
    """

    def __init__(self, estate: Estate, beside: WorldBeside | None = None) -> None:
        self.estate = estate
        self._world = _new_world() if beside is None else beside
        self._stacks = InProcess(self._world)
        self._context = ExitStack()

    def __enter__(self) -> Self:
        if not isinstance(self._world, WorldBeside):
            self._context.enter_context(self._world)
            self._stacks = InProcess(self._world)
        else:
            self._stacks.read_ahead()
        for stack in self.estate:
            self._stacks.initialise(stack.name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._context.close()

    def up(self, stack: str, on_event: Callable[[Event], None] | None = None) -> StackResult:
        """Makes the stack what its file declares.

        Raises UsageError for a stack that is not the estate's or cannot be declared, and ToolError, with
        AWS's own code, when a resource fails.
        """
        [result] = self.up_together([stack], on_event)
        return result

    def up_together(
        self, stacks: Iterable[str], on_event: Callable[[Event], None] | None = None
    ) -> list[StackResult]:
        """As `up`, of stacks that do not wait for one another, side by side.

        Where one fails the others come to their end all the same. Then that failure is raised, or, where
        several failed, a ToolError that names them all.
        """
        programs = {stack: functools.partial(declare, self.estate[stack], self.estate) for stack in stacks}
        if on_event is None:
            return _results(self._stacks.up_together({name: (one, silent) for name, one in programs.items()}))
        for stack in programs:
            on_event(StackStarted(stack, "up"))
        runs = {name: (one, functools.partial(_changed, on_event, name)) for name, one in programs.items()}
        ended = self._stacks.up_together(runs)
        for one in ended:
            if one.exception() is None:
                on_event(StackDone(one.result()))
        return _results(ended)

    def up_all(self, on_event: Callable[[Event], None] | None = None) -> tuple[StackResult, ...]:
        """Deploys the estate in its order; a grant of the accepted lane comes twice: permit, then accept."""
        rounds = self.estate.deployment_order()
        return tuple(result for stacks in rounds for result in self.up_together(stacks, on_event))

    def destroy(self, stack: str, on_event: Callable[[Event], None] | None = None) -> StackResult:
        """Deletes all that the stack has made; what it declared with retain_on_delete stays in AWS.

        Raises ToolError when AWS refuses, as for a hub with live connections.
        """
        if on_event is None:
            return self._stacks.destroy(stack)
        on_event(StackStarted(stack, "destroy"))
        result = self._stacks.destroy(stack, functools.partial(_changed, on_event, stack))
        on_event(StackDone(result))
        return result

    def resources(self, stack: str) -> tuple[Deployed, ...]:
        """What the stack has made, in the order of creation. Raises UsageError for a stack of none of its."""
        return self._stacks.resources(stack)

    def session(self, account: str, region: str) -> boto3.Session:
        """A boto3 session of the account (twelve digits) and Region in this sandbox's world.

        Raises as `world` does.
        """
        return self.world.session(account, region)

    @property
    def world(self) -> World:
        """The world in this process. Raises UsageError where it is beside this process."""
        if isinstance(self._world, WorldBeside):
            raise UsageError("the sandbox's world is beside this process: use the clients of its places")
        return self._world

    def place(self, account: str, region: str) -> Place:
        """The account (twelve digits) and Region, for readers and for changes by hand."""
        return self._world.place(account, region)

    def places(self) -> tuple[tuple[str, str], ...]:
        """The accounts and Regions in which the estate deploys, sorted."""
        return tuple(sorted({(self.estate.account_of(stack), stack.region) for stack in self.estate}))

    @property
    def doer(self) -> Doer[Stacks]:
        """Does jobs on this sandbox's stacks, where its world is."""
        return self._stacks.doer

    def connections(self) -> tuple[EndpointConnection, ...]:
        """Every endpoint connection of the estate's services, by plain describe calls in every place."""
        found = [
            connection
            for account, region in self.places()
            for connection in endpoint_connections(self.place(account, region).client("ec2"))
        ]
        return tuple(sorted(found, key=lambda one: (one.service, one.account, one.endpoint)))


def _results(ended: Iterable[Future[StackResult]]) -> list[StackResult]:
    """What became of each. Raises what one ended with, or a ToolError with what several did."""
    ended = list(ended)
    failures = [error for one in ended if (error := one.exception()) is not None]
    if len(failures) > 1 and all(isinstance(error, LandlineError) for error in failures):
        raise ToolError("\n".join(map(str, failures))) from failures[0]
    for error in failures:
        raise error
    return [one.result() for one in ended]


def _new_world() -> World:
    # Read here only: where the world is beside this process, this one needs neither moto nor boto3.
    from landline.sandbox.world import World

    return World()


def _changed(on_event: Callable[[Event], None], stack: str, change: Change, token: str, name: str) -> None:
    on_event(ResourceChanged(stack, change, token, name))
