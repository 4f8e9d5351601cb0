"""`check`: what it reads, what it leaves out, what it exits with and how it is told."""

# ruff: noqa: E501, ISC004 - messages stand here as people read them

from __future__ import annotations

import json
import random
from datetime import date
from typing import TYPE_CHECKING

import pytest

from landline.exit_codes import ExitCode
from landline.onboarding.check import check, document, lines
from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, OTHER_SPOKE, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 23)
LATER = date(2027, 7, 1)
WARNED = {"orders": OTHER_SPOKE}
BROKEN = {"hub": changed(HUB, "10.0.0.0/20", "10.0.0.1/20")}


@pytest.mark.parametrize(
    ("stacks", "today", "code"),
    [
        ({}, TODAY, ExitCode.DONE),
        (WARNED, TODAY, ExitCode.DONE),
        ({}, LATER, ExitCode.FINDING),
        (WARNED, LATER, ExitCode.FINDING),
        (BROKEN, TODAY, ExitCode.USAGE),
        (BROKEN, LATER, ExitCode.USAGE),
    ],
)
def test_exit_codes(tmp_path: Path, stacks: dict[str, str], today: date, code: ExitCode) -> None:
    checked = check(write(tmp_path, ESTATE | stacks), (), today)
    assert checked.exit_code == code
    assert checked.stacks == tuple(sorted(ESTATE | stacks))


def test_nothing_to_check_is_not_done(tmp_path: Path) -> None:
    assert check(tmp_path, (), TODAY).exit_code == ExitCode.USAGE
    assert check(tmp_path / "absent", (), TODAY).exit_code == ExitCode.USAGE
    assert check(tmp_path, ("hub",), TODAY).exit_code == ExitCode.USAGE


def test_errors_and_findings_come_in_one_run(tmp_path: Path) -> None:
    severities = [problem.severity for problem in check(write(tmp_path, ESTATE | BROKEN), (), LATER).problems]
    assert severities == ["finding", "error", "finding"]


def test_a_mistake_in_each_kind_of_stack_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "baseline-payments": changed(BASELINE, "account:", "acount:"),
            "hub": changed(HUB, "10.0.0.0/20", "10.0.0.0/33"),
            "payments": changed(
                changed(SPOKE, "[euw1-az1, euw1-az2]", "[euw1-az3, euw1-az4]"),
                "reason:",
                "policy: {}, reason:",
            ),
            "orders": changed(OTHER_SPOKE, "logging:", "login:"),
            "grant-payments": changed(GRANT, "until: 2027-06-30", "until: 30/06/2027"),
        },
    )
    checked = check(tmp_path, (), TODAY)
    assert checked.exit_code == ExitCode.USAGE
    told = [line.removeprefix(f"error: {tmp_path}/Pulumi.") for line in lines(checked)]
    assert told == [
        'baseline-payments.yaml: landline:baseline.account: is missing; write account: "222222222222"',
        "baseline-payments.yaml: landline:baseline.acount: is an unknown key (222222222222); did you mean account? known: "
        "account, administers, administrator, block_public_access, ebs_encryption, guardduty, network_activity, role, s3_block_public_access, "
        "security_hub, team, trail",
        "grant-payments.yaml: landline:grant.services.logging.until: is no date (30/06/2027); "
        "write year, month and day: 2027-06-30",
        "hub.yaml: landline:hub.network.cidr: is no IPv4 network (10.0.0.0/33); "
        "write an address and a prefix length: 10.0.0.0/20",
        "orders.yaml: landline:spoke.services.login: is no service of hub hub; "
        "did you mean logging? known: logging, security",
        "payments.yaml: landline:spoke.network.zones: shares no zone with hub hub, and an endpoint can only be in a zone "
        "that its service has; write two or more of euw1-az1, euw1-az2",
        "payments.yaml: landline:spoke.services.logging.policy: is not possible: AWS takes no endpoint policy for a custom "
        "endpoint service; remove it; the gates are the allow-list, acceptance and the security groups on both sides",
        "5 stacks checked: 7 errors",
    ]


def test_named_stacks_are_checked_with_what_they_hang_on(tmp_path: Path) -> None:
    write(tmp_path, ESTATE | WARNED | {"baseline-payments": "config: ["})
    alone = check(tmp_path, ("payments",), LATER)
    assert alone.stacks == ("grant-payments", "hub", "payments")
    assert alone.exit_code == ExitCode.FINDING
    assert len(alone.problems) == 2
    assert check(tmp_path, ("baseline-payments",), TODAY).exit_code == ExitCode.USAGE
    assert check(tmp_path, ("hub",), TODAY).problems == ()
    write(tmp_path, BROKEN)
    assert check(tmp_path, ("payments",), TODAY).exit_code == ExitCode.USAGE


def test_a_stack_that_is_not_there(tmp_path: Path) -> None:
    checked = check(write(tmp_path, ESTATE), ("paymnts", "\x1b[31m"), TODAY)
    assert lines(checked)[:2] == (
        f"error: {tmp_path}: holds no such stack (paymnts); did you mean payments?",
        rf"error: {tmp_path}: holds no such stack (\x1b[31m); name a stack by <stack> of Pulumi.<stack>.yaml",
    )


def test_the_document(tmp_path: Path) -> None:
    checked = check(write(tmp_path, ESTATE | BROKEN), ("hub",), TODAY)
    assert json.loads(json.dumps(document(checked))) == {
        "schema": 1,
        "exit_code": 2,
        "stacks": ["hub"],
        "counts": {"error": 1, "finding": 0, "warning": 0},
        "problems": [
            {
                "severity": "error",
                "file": f"{tmp_path}/Pulumi.hub.yaml",
                "line": 6,
                "key_path": "landline:hub.network.cidr",
                "message": "has host bits set",
                "value": "10.0.0.1/20",
                "remedy": "write 10.0.0.0/20",
            }
        ],
    }


def test_a_summary_of_no_problems(tmp_path: Path) -> None:
    assert lines(check(write(tmp_path, {"hub": HUB}), (), TODAY)) == ("1 stack checked: no problems",)


def test_the_order_in_which_files_were_made_does_not_show(tmp_path: Path) -> None:
    stacks = list((ESTATE | WARNED | BROKEN | {"x": "config: ["}).items())
    told = set()
    for seed in range(5):
        random.Random(seed).shuffle(stacks)  # noqa: S311 - no secret is made of it
        directory = tmp_path / str(seed)
        directory.mkdir()
        found = "\n".join(lines(check(write(directory, dict(stacks)), (), LATER)))
        told.add(found.replace(str(directory), ""))
    assert len(told) == 1
