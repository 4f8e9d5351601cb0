"""Door 1: runs Pulumi programs in this process against a world, with state of their own from run to run.

It stands on Pulumi's own test monitor, so it needs neither the engine nor a plugin. The stacks play the
engine's part (`stacks`); they live where the world is, here or in a process beside this one (`beside`). Not
modelled: previews, aliases, protect, deleted_with, transforms and hooks; a resource with a name of the
program's own that has to be replaced is deleted first, but those that depend on it are not.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import selectors
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from pulumi.runtime import config as pulumi_config
from pulumi.runtime import resource as pulumi_resource
from pulumi.runtime import settings as pulumi_settings
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.stack import run_in_stack

from landline.errors import ToolError
from landline.sandbox.doer import Here, done
from landline.sandbox.input_types import output_names
from landline.sandbox.monitor import StackMonitor
from landline.sandbox.stacks import Change, ResourceFailedError, Stacks, expected_failures, silent
from landline.sandbox.world_beside import WorldBeside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from landline.sandbox.doer import Doer
    from landline.sandbox.stack_state import Deployed
    from landline.sandbox.stacks import OnChange
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
    warnings: tuple[str, ...] = ()
    """What the program said with `pulumi.log`, from warnings up."""

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.created or self.updated or self.replaced or self.deleted)


class InProcess:
    """The stacks of one project against one world."""

    def __init__(self, world: World | WorldBeside) -> None:
        self.world = world
        # The world of the moment: whoever loads one anew puts it in place of the other.
        here = Stacks(lambda account, region: self.world.place(account, region))
        self.doer: Doer[Stacks] = world.stacks if isinstance(world, WorldBeside) else Here(here)

    def read_ahead(self) -> None:
        """Reads what the SDK says of all types that a program can declare here, where it only waits."""

        def begin(tokens: Future[list[str]]) -> None:
            if tokens.exception() is None:
                self.doer.meanwhile(partial(output_names, token) for token in tokens.result())

        self.doer.begin(Stacks.tokens).add_done_callback(begin)

    def initialise(self, stack: str) -> None:
        """Makes the stack known, as `pulumi stack init` does: others may read its outputs, none yet."""
        # Nobody waits for it: a world that cannot start says so to whoever asks for something.
        self.doer.begin(Stacks.initialise, stack)

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """The stack's outputs; UsageError for a stack that was never initialised."""
        return self.doer.begin(Stacks.outputs, stack).result()

    def resources(self, stack: str) -> tuple[Deployed, ...]:
        """What the stack has made, in the order of creation."""
        return self.doer.begin(Stacks.resources, stack).result()

    def up(self, stack: str, program: Callable[[], object], on_change: OnChange = silent) -> StackResult:
        """Makes the stack what `program` declares, and tells `on_change` of each resource, there.

        Raises ToolError when a resource fails, with its type and name and AWS's own code; what was made
        until then stays in the stack's state, and nothing is deleted. What else the program raises comes
        through as it is.
        """
        [result] = self.up_together({stack: (program, on_change)})
        return result.result()

    def up_together(
        self, runs: Mapping[str, tuple[Callable[[], object], OnChange]]
    ) -> list[Future[StackResult]]:
        """As `up`, of stacks that do not wait for one another, side by side: how each of them ended.

        Where one fails the others come to their end all the same.
        """
        running = []
        for stack, (program, on_change) in runs.items():
            self.doer.begin(Stacks.begin, stack, on_change)
            running.append(_Running(stack, program, StackMonitor(stack, self.doer)))
        try:
            _run(running, self.doer.receive)
        except BaseException:
            # What was made until then must not be forgotten.
            for one in running:
                self.doer.begin(Stacks.fail, one.stack)
            raise
        return [done(self._end, one) for one in running]

    def _end(self, ran: _Running) -> StackResult:
        stack = ran.stack
        if ran.failure is not None:
            failures = self.doer.begin(Stacks.fail, stack).result()
            if failures:
                raise ToolError(f"stack {stack}: {'; '.join(failures)}") from ran.failure
            raise ran.failure
        counts = self.doer.begin(Stacks.finish, stack, ran.monitor.outputs).result()
        return StackResult(stack=stack, **counts, warnings=tuple(ran.log.warnings))

    def destroy(self, stack: str, on_change: OnChange = silent) -> StackResult:
        """Deletes all that the stack has made, dependents first; the stack stays known, and empty.

        Raises ToolError when AWS refuses a deletion; what was not deleted yet stays in the stack's state.
        """
        deleted = self.doer.begin(Stacks.destroy, stack, on_change).result()
        return StackResult(
            stack=stack,
            created=0,
            updated=0,
            replaced=0,
            deleted=deleted,
            same=0,
        )


class _Log:
    """What a program says through `pulumi.log`."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.logger = logging.Logger("landline.sandbox", logging.WARNING)
        handler = logging.Handler()
        handler.emit = lambda record: self.warnings.append(record.getMessage())  # type: ignore[method-assign]
        self.logger.addHandler(handler)


@dataclass(slots=True)
class _Running:
    """A stack's program, and how it ended."""

    stack: str
    program: Callable[[], object]
    monitor: StackMonitor
    log: _Log = field(default_factory=_Log)
    failure: Exception | None = None


def _run(programs: Sequence[_Running], receive: Callable[[], bool]) -> None:
    """Runs the programs side by side, each in a context of its own, and notes what ended them."""
    # The engine would show where the program declares a resource; nobody here asks.
    with (
        patch.object(pulumi_resource, "_get_stack_trace", source_pb2.StackTrace),
        asyncio.Runner(loop_factory=lambda: _loop(receive)) as runner,
    ):
        runner.run(_side_by_side(programs))
    if any(one.failure is not None for one in programs):
        with warnings.catch_warnings():
            # Coroutines of the SDK that a failure leaves unawaited would say so on stderr some time later.
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            gc.collect()


async def _side_by_side(programs: Iterable[_Running]) -> None:
    loop = asyncio.get_running_loop()
    # No threads: registrations come in the order in which the programs make them, in every run.
    loop.set_default_executor(_AtOnce())
    # A failed registration fails every task that waits for it; the first failure is the one reported.
    loop.set_exception_handler(lambda *_: None)
    # Pulumi keeps its settings in context variables, so none of them meets another's.
    async with asyncio.TaskGroup() as group:
        for one in programs:
            group.create_task(_to_its_end(one), context=contextvars.copy_context())


async def _to_its_end(running: _Running) -> None:
    pulumi_settings.configure(
        pulumi_settings.Settings(
            project=PROJECT,
            stack=running.stack,
            monitor=running.monitor,
            engine=MockEngine(running.log.logger),
            organization=ORGANIZATION,
            dry_run=False,
        )
    )
    pulumi_settings.ROOT.set(None)
    # Their defaults are one object for all contexts.
    pulumi_config.CONFIG.set(dict(pulumi_config.CONFIG.get()))
    pulumi_config._SECRET_KEYS.set(set(pulumi_config._SECRET_KEYS.get()))  # noqa: SLF001 - as above

    async def declared() -> None:
        running.program()
        await _settled()

    try:
        await run_in_stack(declared)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # Not this program is cancelled, but something that it waits for: it has not come to its end.
        running.failure = ToolError(f"stack {running.stack}: what its program waits for was cancelled")
    except Exception as error:  # noqa: BLE001, RUF100 - whoever began the run raises it
        if isinstance(error, (ResourceFailedError, *expected_failures())):
            # Its text says it all; its frames would keep alive the tasks that are swept up later.
            error.__cause__ = error.__context__ = None
            error = error.with_traceback(None)
        running.failure = error


def _loop(receive: Callable[[], bool]) -> asyncio.SelectorEventLoop:
    """A loop that takes one of the answers under way whenever it has nothing else to do, and never before.

    So the program's registrations come in the same order in every run, however fast the answers are.
    """

    class WhenIdle(selectors.DefaultSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            idle = timeout is None or timeout > 0
            return super().select(0 if idle and receive() else timeout)

    return asyncio.SelectorEventLoop(WhenIdle())


class _AtOnce(ThreadPoolExecutor):
    """Does what it is given before it answers. asyncio takes a thread pool only, so it is one by name."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - the pool's own
        """The result, or the exception, of `fn`; its result where that is a future."""
        future = done(fn, *args, **kwargs)
        if future.exception() is None and isinstance(answer := future.result(), Future):
            return answer
        return future


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
