from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from .conftest import Landline

SPOKE = """
config:
  aws:region: eu-west-1
  landline:spoke:
    hub: hub
    team: orders
    contact: orders-oncall@example.com
    account: "333333333333"
    network: {cidr: 10.48.0.5/20, zones: [euw1-az1, euw1-az2]}
    services:
      loging: {reason: ship application logs, until: soon, policy: "*"}
    surprise: 1
"""


def test_good_stack_files_are_one_line(landline: Landline, stacks: Callable[..., Path]) -> None:
    outcome = landline("check", "--stacks", str(stacks()), "--today", "2026-11-23")

    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "8 stacks checked: no problems\n", "")


def test_mistakes_come_out_all_at_once_and_exit_2(landline: Landline, stacks: Callable[..., Path]) -> None:
    outcome = landline("check", "--stacks", str(stacks(orders=SPOKE)), "--today", "2026-11-23")

    assert outcome.code == 2
    assert outcome.stderr == ""
    errors = [line for line in outcome.stdout.splitlines() if line.startswith("error: ")]
    for key in ("network.cidr", "until", "policy", "surprise"):
        assert any(key in line and "Pulumi.orders.yaml" in line for line in errors), key
    assert "Traceback" not in outcome.stdout


def test_access_that_has_run_out_is_a_finding(landline: Landline, stacks: Callable[..., Path]) -> None:
    outcome = landline("check", "--stacks", str(stacks()), "--today", "2027-07-01")

    assert outcome.code == 1
    assert "finding: " in outcome.stdout


def test_json_is_one_document(landline: Landline, stacks: Callable[..., Path]) -> None:
    outcome = landline("check", "--stacks", str(stacks(orders=SPOKE)), "--today", "2026-11-23", "--json")

    document = json.loads(outcome.stdout)
    assert outcome.code == document["exit_code"] == 2
    assert document["schema"] == 1
    assert (
        document["counts"]["error"] == len([p for p in document["problems"] if p["severity"] == "error"]) > 3
    )


def test_stacks_are_found_from_the_working_directory_upwards(
    landline: Landline, stacks: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = stacks()
    (directory.parent / "deep" / "down").mkdir(parents=True)

    monkeypatch.chdir(directory.parent)
    here = landline("check", "nonesuch", "--today", "2026-11-23")
    monkeypatch.chdir(directory.parent / "deep" / "down")
    below = landline("check", "--today", "2026-11-23")

    assert here.code == 2
    assert "error: stacks: " in here.stdout
    assert below.code == 0


def test_outside_a_checkout_it_says_what_to_do(
    landline: Landline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = landline("check")

    assert (outcome.code, outcome.stdout) == (2, "")
    assert outcome.stderr == (
        f"error: {tmp_path}: there is no stacks/ with Pulumi.<stack>.yaml files here or above; "
        "run this in a checkout, name the directory (--stacks DIR), or begin one: landline init\n"
    )


def test_stack_files_that_cannot_be_read_are_not_called_missing(
    landline: Landline, stacks: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = stacks()
    listed = Path.iterdir

    def refused(path: Path) -> Iterator[Path]:
        if path.name == "stacks":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.chdir(directory.parent)
    monkeypatch.setattr(Path, "iterdir", refused)
    outcome = landline("check")
    assert (outcome.code, f"error: {directory}: cannot be read: Permission denied" in outcome.stderr) == (
        2,
        True,
    )
