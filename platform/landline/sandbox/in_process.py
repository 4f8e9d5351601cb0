"""Door 1: runs Pulumi programs in this process against a world, with state of their own from run to run.

It stands on Pulumi's own test monitor, so it needs neither the engine nor a plugin. It plays the engine's
part: an unchanged resource is left alone, a changed one is updated or replaced, one that is no longer
declared is deleted, dependents first. Not modelled: previews, aliases, protect, deleted_with, transforms
and hooks; a resource with a name of the program's own that has to be replaced is deleted first, but those
that depend on it are not.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import time
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from pulumi.runtime import resource as pulumi_resource
from pulumi.runtime import settings as pulumi_settings
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.stack import run_in_stack

from landline.errors import LandlineError, ToolError, UsageError
from landline.sandbox.monitor import (
    EXPECTED_FAILURES,
    Change,
    ResourceFailedError,
    StackMonitor,
    worded,
)
from landline.sandbox.resources.table import row_of
from landline.sandbox.stack_state import Deployed, StackState, deletion_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from landline.sandbox.monitor import OnChange
    from landline.sandbox.world import World

PROJECT = "landline"
"""The project's name in every URN; `Pulumi.yaml` says the same."""
ORGANIZATION = "organization"
"""What Pulumi calls the organisation of a backend without any."""


@dataclass(frozen=True, slots=True)
class StackResult:
    """What a run did to the stack's AWS resources; components, providers and the stack do not count."""

    stack: str
    created: int
    updated: int
    replaced: int
    deleted: int
    same: int
    seconds: float
    warnings: tuple[str, ...] = ()
    """What the program said with `pulumi.log`, from warnings up."""

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.created or self.updated or self.replaced or self.deleted)


@dataclass(slots=True)
class InProcess:
    """The stacks of one project against one world."""

    world: World
    _states: dict[str, StackState] = field(default_factory=dict)

    def initialise(self, stack: str) -> None:
        """Makes the stack known, as `pulumi stack init` does: others may read its outputs, none yet."""
        self._states.setdefault(stack, StackState())

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """The stack's outputs; UsageError for a stack that was never initialised."""
        return self._state(stack).outputs

    def resources(self, stack: str) -> tuple[Deployed, ...]:
        """What the stack has made, in the order of creation."""
        return tuple(self._state(stack).resources.values())

    def up(
        self, stack: str, program: Callable[[], object], on_change: OnChange = lambda *_: None
    ) -> StackResult:
        """Makes the stack what `program` declares.

        Raises ToolError when a resource fails, with its type and name and AWS's own code; what was made
        until then stays in the stack's state, and nothing is deleted. What else the program raises comes
        through as it is.
        """
        started = time.perf_counter()
        self.initialise(stack)
        before = self._states[stack]
        monitor = StackMonitor(self.world.place, before.resources, self._outputs_by_reference, on_change)
        log = _Log()
        error = _run(stack, program, monitor, log)
        run = monitor.run
        if error is not None:
            # Old and new together: nothing that was made may be forgotten.
            kept = {**before.resources, **run.deployed, **_under_own_key(run.superseded)}
            self._states[stack] = StackState(kept, before.outputs)
            if run.failures:
                raise ToolError(f"stack {stack}: {'; '.join(run.failures)}") from error
            raise error
        gone = [r for urn, r in before.resources.items() if urn not in run.deployed]
        self._states[stack] = StackState(
            {**run.deployed, **{r.urn: r for r in gone}, **_under_own_key(run.superseded)}, run.outputs
        )
        self._delete(stack, gone, on_change)
        self._delete(stack, _under_own_key(run.superseded).values(), lambda *_: None)
        return StackResult(
            stack=stack,
            **{change: count for change, count in run.counts.items() if change != "deleted"},
            deleted=len(gone),
            seconds=time.perf_counter() - started,
            warnings=tuple(log.warnings),
        )

    def destroy(self, stack: str, on_change: OnChange = lambda *_: None) -> StackResult:
        """Deletes all that the stack has made, dependents first; the stack stays known, and empty.

        Raises ToolError when AWS refuses a deletion; what was not deleted yet stays in the stack's state.
        """
        started = time.perf_counter()
        state = self._state(stack)
        self._delete(stack, state.resources.values(), on_change)
        self._states[stack] = StackState()
        return StackResult(
            stack=stack,
            created=0,
            updated=0,
            replaced=0,
            deleted=len(state.resources),
            same=0,
            seconds=time.perf_counter() - started,
        )

    def _delete(self, stack: str, resources: Iterable[Deployed], on_change: OnChange) -> None:
        for resource in deletion_order(resources):
            if not resource.retained:
                place = self.world.place(resource.account, resource.region)
                try:
                    row_of(resource.token).delete(place, resource.id, resource.outputs)
                except EXPECTED_FAILURES as error:
                    message = f"stack {stack}: {resource.token} {resource.name}: {worded(error)}"
                    raise ToolError(message) from error
            state = self._states[stack]
            remaining = {urn: r for urn, r in state.resources.items() if urn != resource.urn}
            self._states[stack] = StackState(remaining, state.outputs)
            on_change("deleted", resource.token, resource.name)

    def _state(self, stack: str) -> StackState:
        if stack not in self._states:
            known = ", ".join(sorted(self._states)) or "none"
            message = f"no stack {stack!r} in the sandbox; known: {known}"
            raise UsageError(message)
        return self._states[stack]

    def _outputs_by_reference(self, name: str) -> Mapping[str, Any]:
        """The outputs of ``<organisation>/<project>/<stack>``, or of a bare stack name."""
        stack = name.rsplit("/", 1)[-1]
        if stack not in self._states:
            # The engine's own words, which programs look for.
            message = f'unknown stack "{name}"'
            raise LandlineError(message)
        return self._states[stack].outputs


def _under_own_key(superseded: Iterable[Deployed]) -> dict[str, Deployed]:
    """Replaced resources beside their successors, which have the same URN."""
    return {(urn := f"{r.urn}#{r.id}"): replace(r, urn=urn) for r in superseded}


class _Log:
    """What a program says through `pulumi.log`."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.logger = logging.Logger("landline.sandbox")
        handler = logging.Handler(logging.WARNING)
        handler.emit = lambda record: self.warnings.append(record.getMessage())  # type: ignore[method-assign]
        self.logger.addHandler(handler)


def _run(stack: str, program: Callable[[], object], monitor: StackMonitor, log: _Log) -> Exception | None:
    """Runs the program in a context of its own; gives the exception that ended it, if one did."""

    def run() -> Exception | None:
        pulumi_settings.configure(
            pulumi_settings.Settings(
                project=PROJECT,
                stack=stack,
                monitor=monitor,
                engine=MockEngine(log.logger),
                organization=ORGANIZATION,
                dry_run=False,
            )
        )
        pulumi_settings.ROOT.set(None)
        try:
            # The engine would show where the program declares a resource; nobody here asks.
            with patch.object(pulumi_resource, "_get_stack_trace", source_pb2.StackTrace):
                asyncio.run(_in_stack(program))
        except (ResourceFailedError, *EXPECTED_FAILURES) as error:
            # Its text says it all; its frames would keep alive the tasks that are swept up below.
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
        except Exception as error:
            return error
        return None

    # Pulumi keeps its settings in context variables, so nothing is left for the next program.
    failure = contextvars.copy_context().run(run)
    if failure is not None:
        with warnings.catch_warnings():
            # Coroutines of the SDK that a failure leaves unawaited would say so on stderr some time later.
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            gc.collect()
    return failure


class _AtOnce(ThreadPoolExecutor):
    """Does what it is given before it answers. asyncio takes a thread pool only, so it is one by name."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - the pool's own
        """The result, or the exception, of `fn`."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


async def _in_stack(program: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    # No threads: registrations come in the order in which the program makes them, in every run.
    loop.set_default_executor(_AtOnce())
    # A failed registration fails every task that waits for it; the first failure is the one reported.
    loop.set_exception_handler(lambda *_: None)

    async def declared() -> None:
        program()
        await _settled()

    await run_in_stack(declared)


async def _settled() -> None:
    """Waits until every registration and output so far is through, failed ones included.

    Pulumi's own wait, which follows, looks at all that is pending whenever one of it is done: quadratic.
    """
    bag: Any = pulumi_settings.SETTINGS
    while pending := {
        task for task in (*bag.rpc_manager.rpcs, *bag.outputs) if asyncio.isfuture(task) and not task.done()
    }:
        await asyncio.wait(pending)


__all__ = ["Change", "InProcess", "StackResult"]
