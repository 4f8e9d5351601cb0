"""What `landline up` and its kin refuse before an engine is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.cli.deploying import Summary
from landline.cli.lifecycle_run import RunOptions
from landline.cli.terminal import Terminal
from landline.deploy.deployment import Outcome
from landline.deploy.execution import Ending
from landline.deploy.plan import Task
from tests.deploy.estate import STACKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Landline


def test_every_rule_that_refuses_can_be_allowed_and_no_other(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    where = ("--stacks", str(stacks()), "--reason", "CHG-7")

    unknown = landline("up", "--allow", "missing-access", *where)
    assert unknown.code == 2
    assert "live-connections, unproven, internet-egress" in unknown.stderr
    silent = landline("up", "--allow", "live-connections", *where[:2], "--reason", " ")
    assert (silent.code, "--reason is empty" in silent.stderr) == (2, True)
    for rule in ("live-connections", "unproven", "internet-egress"):
        # On to the next question: where the stacks go.
        assert "there is no Pulumi.yaml beside stacks/" in landline("up", "--allow", rule, *where).stderr


def test_it_says_what_it_does_before_it_does_it(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    said = landline("preview", "--stacks", str(where)).stderr.splitlines()
    assert said[:2] == [f"Checking the stack files in {where}", "Starting the Pulumi engine"]


def test_the_command_to_go_on_names_the_stack_files_as_they_were_named() -> None:
    options = RunOptions(Terminal(), (), STACKS, sandbox=True, parallel=1, as_json=False)

    assert options.again == f" --stacks {STACKS} --sandbox"


def test_a_spoke_that_waits_beside_others_fails_no_run() -> None:
    waits = Ending(Task("orders", "up"), "done", Outcome(waits="logging is requested and not granted"))
    done = Ending(Task("payments", "up"), "done", Outcome())

    def code(*named: str) -> int:
        summary = Summary("up", [waits, done], "", named=named, interrupted=False)
        assert summary.document()["waiting"] == ["orders"]
        return summary.exit_code(expect_no_changes=True)

    assert (code(), code("payments"), code("orders", "payments")) == (0, 0, 1)
