"""Order and dependencies of an estate's stacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from landline.deploy.plan import Task, plan
from landline.errors import UsageError
from landline.settings import BaselineSettings, Estate, Stack
from landline.settings.baseline import Administers
from tests.deploy.estate import example

if TYPE_CHECKING:
    from landline.deploy.plan import Operation, Plan


def order(planned: Plan) -> list[str]:
    return [str(one.task) for one in planned]


def waits(planned: Plan) -> dict[str, set[str]]:
    return {str(one.task): {str(task) for task in one.after} for one in planned}


def test_up_permits_connects_and_accepts() -> None:
    planned = plan(example(), "up")

    assert order(planned) == [
        "baseline-hub",
        "baseline-payments",
        "baseline-organization",
        "baseline-hub (to administer)",
        "hub",
        "grant-orders",
        "grant-payments",
        "orders",
        "payments",
        "grant-payments (to accept)",
    ]
    assert waits(planned) == {
        "baseline-hub": set(),
        "baseline-payments": set(),
        "baseline-organization": {"baseline-hub"},
        "baseline-hub (to administer)": {"baseline-hub", "baseline-organization"},
        "hub": {"baseline-hub"},
        "grant-orders": {"hub", "baseline-hub"},
        "grant-payments": {"hub", "baseline-hub"},
        "orders": {"hub", "grant-orders"},
        "payments": {"hub", "grant-payments", "baseline-payments"},
        "grant-payments (to accept)": {"grant-payments", "payments"},
    }
    assert planned[-1].if_changed == {Task("payments", "up")}


def test_destroy_revokes_before_either_end_goes() -> None:
    planned = plan(example(), "destroy")

    assert order(planned) == [
        "grant-orders",
        "grant-payments",
        "orders",
        "payments",
        "hub",
        "baseline-organization",
        "baseline-hub",
        "baseline-payments",
    ]
    assert waits(planned) == {
        "grant-orders": set(),
        "grant-payments": set(),
        "orders": {"grant-orders"},
        "payments": {"grant-payments"},
        "hub": {"grant-orders", "grant-payments", "orders", "payments"},
        "baseline-organization": set(),
        "baseline-hub": {"baseline-organization", "hub", "grant-orders", "grant-payments"},
        "baseline-payments": {"payments"},
    }


@pytest.mark.parametrize("operation", ["up", "destroy", "refresh", "preview"])
def test_a_task_comes_after_all_that_it_waits_for(operation: Operation) -> None:
    done: set[Task] = set()
    for one in plan(example(), operation):
        assert one.after <= done
        assert one.if_changed <= one.after
        done.add(one.task)
    assert {task.stack for task in done} == set(example().stacks)


def test_chosen_stacks_wait_for_chosen_ones_only() -> None:
    planned = plan(example(), "up", ["payments", "grant-payments"])

    assert waits(planned) == {
        "grant-payments": set(),
        "payments": {"grant-payments"},
        "grant-payments (to accept)": {"grant-payments", "payments"},
    }
    # Without its spoke beside it, the grant's first turn accepts already.
    assert order(plan(example(), "up", ["grant-payments"])) == ["grant-payments"]


def organization() -> Estate:
    """A management account that designates an administrator, and a member beside a hub's account."""
    settings = {
        "org": BaselineSettings(account="999999999999", administrator="audit"),
        "audit": BaselineSettings(account="555555555555", administers=Administers(management="org")),
        "zoo": BaselineSettings(account="222222222222"),
    }
    return Estate.of(
        Stack(name, Path(f"Pulumi.{name}.yaml"), "eu-west-1", one) for name, one in settings.items()
    )


def test_an_administrator_comes_before_and_after_whoever_designates_it() -> None:
    planned = plan(organization(), "up")

    assert order(planned) == ["audit", "zoo", "org", "audit (to administer)"]
    assert waits(planned)["org"] == {"audit"}
    assert waits(planned)["audit (to administer)"] == {"audit", "org"}
    assert planned[-1].if_changed == {Task("org", "up")}
    assert [task.turn for task in (planned[0].task, planned[-1].task)] == [1, 2]
    assert order(plan(organization(), "up", ["audit"])) == ["audit"]


def test_who_is_designated_goes_after_whoever_designates_it() -> None:
    planned = plan(organization(), "destroy")

    assert order(planned) == ["org", "audit", "zoo"]
    assert waits(planned) == {"org": set(), "audit": {"org"}, "zoo": set()}


def test_a_name_that_no_stack_has_is_refused() -> None:
    with pytest.raises(UsageError, match="no stack is named paymnets"):
        plan(example(), "up", ["hub", "paymnets"])
