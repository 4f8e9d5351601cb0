"""Plans done side by side, with tasks that fail or are stopped."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from landline.deploy.execution import Ending, Execution
from landline.deploy.plan import Planned, Task, plan
from landline.errors import ToolError
from tests.deploy.estate import example

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.deploy.plan import Plan


def run(
    planned: Plan, do: Callable[[Task], bool] = lambda _: True, parallel: int = 3
) -> dict[str, Ending[bool]]:
    execution = Execution(planned, do, bool, parallel)
    return {str(ending.task): ending for ending in execution.endings_as_they_come()}


def statuses(endings: dict[str, Ending[bool]]) -> dict[str, str]:
    return {name: ending.status for name, ending in endings.items()}


def test_what_failed_stops_only_what_hangs_on_it() -> None:
    def do(task: Task) -> bool:
        if task.stack == "grant-payments":
            raise ToolError("AWS said no")
        return True

    endings = run(plan(example(), "up"), do)

    assert statuses(endings) == {
        "baseline-hub": "done",
        "baseline-organization": "done",
        "baseline-hub (to administer)": "done",
        "baseline-payments": "done",
        "hub": "done",
        "grant-orders": "done",
        "grant-payments": "failed",
        "orders": "done",
        "payments": "not started",
        "grant-payments (to accept)": "not started",
    }
    assert str(endings["grant-payments"].error) == "AWS said no"
    assert endings["payments"].waits_for == (Task("grant-payments", "up"),)


def test_a_grant_does_not_come_again_when_its_spoke_changed_nothing() -> None:
    assert run(plan(example(), "up"), lambda _: True)["grant-payments (to accept)"].status == "done"
    quiet = run(plan(example(), "up"), lambda task: task.stack != "payments")
    assert quiet["grant-payments (to accept)"].status == "unneeded"


def test_after_an_interruption_nothing_begins() -> None:
    begun: list[str] = []
    planned = plan(example(), "up")

    def do(task: Task) -> bool:
        begun.append(task.stack)
        execution.interrupt()
        return True

    execution = Execution(planned, do, bool, 1)
    endings = list(execution.endings_as_they_come())

    assert begun == ["baseline-hub"]
    assert sorted(ending.status for ending in endings) == ["done"] + ["not started"] * (len(planned) - 1)


def test_independent_tasks_run_side_by_side_up_to_the_bound() -> None:
    planned = tuple(Planned(Task(str(number), "up")) for number in range(6))
    together = threading.Barrier(3, timeout=30)
    lock = threading.Lock()
    running, most = 0, 0

    def do(_: Task) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        # Passes only if three are here at once.
        together.wait()
        with lock:
            running -= 1
        return True

    endings = run(planned, do)

    assert set(statuses(endings).values()) == {"done"}
    assert most == 3


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan: each task waits for some of those before it."""
    tasks = [Task(str(number), "up") for number in range(draw(st.integers(1, 8)))]
    return tuple(
        Planned(task, frozenset(draw(st.sets(st.sampled_from(tasks[:number]))) if number else ()))
        for number, task in enumerate(tasks)
    )


@given(planned=plans(), failing=st.sets(st.integers(0, 7)), parallel=st.integers(1, 4))
def test_each_task_ends_once_and_never_before_what_it_waits_for(
    planned: Plan, failing: set[int], parallel: int
) -> None:
    ended: list[Task] = []

    def do(task: Task) -> bool:
        if int(task.stack) in failing:
            raise ToolError(task.stack)
        return True

    good: set[Task] = set()
    for ending in Execution(planned, do, bool, parallel).endings_as_they_come():
        (one,) = (one for one in planned if one.task == ending.task)
        assert one.after <= set(ended)
        ended.append(ending.task)
        if ending.status == "done":
            good.add(ending.task)
            assert one.after <= good
        elif ending.status == "not started":
            assert not one.after <= good
        else:
            assert int(ending.task.stack) in failing
    assert sorted(ended, key=str) == sorted((one.task for one in planned), key=str)
