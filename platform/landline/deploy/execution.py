"""Doing a plan: independent tasks side by side, what failed stops only what hangs on it."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landline.deploy.plan import Plan, Planned, Task

R = TypeVar("R")

Status = Literal["done", "unneeded", "failed", "not started"]


@dataclass(frozen=True, slots=True)
class Ending(Generic[R]):
    """How a task ended."""

    task: Task
    status: Status
    result: R | None = None
    """Of a task that is done."""
    error: Exception | None = None
    """Of one that failed."""
    waits_for: tuple[Task, ...] = ()
    """Of one that was not started: what failed or was not started before it."""


@dataclass(slots=True)
class Execution(Generic[R]):
    """One run of a plan. `interrupt` may be called from a signal handler or another thread."""

    plan: Plan
    run: Callable[[Task], R]
    """Does one task, in a thread of the pool. What it raises is the task's failure."""
    changed: Callable[[R], bool]
    """Whether a task's result changed anything, for those that come only then."""
    parallel: int
    """How many tasks run at a time; at least 1."""
    endings: dict[Task, Ending[R]] = field(default_factory=dict)
    _interrupted: bool = False

    def interrupt(self) -> None:
        """Start nothing more. What runs goes on: stopping it is its owner's affair."""
        self._interrupted = True

    def endings_as_they_come(self) -> Iterator[Ending[R]]:
        """Do the plan; gives one ending for each task, as it ends."""
        waiting: list[Planned] = list(self.plan)
        running: dict[Future[R], Task] = {}
        with ThreadPoolExecutor(max_workers=self.parallel, thread_name_prefix="landline-stack") as pool:
            while waiting or running:
                for planned in [one for one in waiting if one.after <= self.endings.keys()]:
                    if (ending := self._needless(planned)) is not None:
                        waiting.remove(planned)
                        self.endings[planned.task] = ending
                        yield ending
                    elif len(running) < self.parallel:
                        waiting.remove(planned)
                        running[pool.submit(self.run, planned.task)] = planned.task
                for done in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                    ending = _ended(running.pop(done), done)
                    self.endings[ending.task] = ending
                    yield ending

    def _needless(self, planned: Planned) -> Ending[R] | None:
        """The ending of a task that is not to be run, now that all before it have ended."""
        blocked = tuple(
            task
            for task in sorted(planned.after, key=str)
            if self.endings[task].status in {"failed", "not started"}
        )
        if blocked or self._interrupted:
            return Ending(planned.task, "not started", waits_for=blocked)
        if planned.if_changed and not any(
            (result := self.endings[task].result) is not None and self.changed(result)
            for task in planned.if_changed
        ):
            return Ending(planned.task, "unneeded")
        return None


def _ended(task: Task, done: Future[R]) -> Ending[R]:
    error = done.exception()
    if error is None:
        return Ending(task, "done", result=done.result())
    if isinstance(error, Exception):
        return Ending(task, "failed", error=error)
    raise error
