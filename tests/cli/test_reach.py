from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import ROOT
from tests.proof.dump import Dump, isolated, public

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Landline

KEYS = ["verdict", "two_way", "path", "blocked_by", "allowed", "why", "assumptions"]


@pytest.fixture
def dump(tmp_path: Path) -> str:
    """The leak of `public()`, as files."""
    for name, data in public().bytes().items():
        (tmp_path / "dump" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dump" / name).write_bytes(data)
    return str(tmp_path / "dump")


def test_an_answer_is_one_json_document_and_the_same_bytes_every_time(landline: Landline, dump: str) -> None:
    question = (
        "reach",
        "internet",
        "eni-public",
        "--dump",
        dump,
        "--protocol",
        "tcp",
        "--port",
        "22",
        "--json",
    )
    outcome = landline(*question)
    told = json.loads(outcome.stdout)

    assert outcome.code == 0
    assert outcome.stdout == landline(*question).stdout
    assert list(told) == KEYS
    assert (told["verdict"], told["two_way"], told["blocked_by"]) == ("reachable", True, None)
    assert told["path"] == ["internet", "igw-a", "subnet-vpc-a", "eni-public"]
    assert told["allowed"] == [{"protocol": "all", "text": "all"}]


def test_a_blocked_question_names_what_stops_it_and_is_answered(landline: Landline, dump: str) -> None:
    outcome = landline("reach", "eni-vpc-a", "internet", "--dump", dump, "--json")
    told = json.loads(outcome.stdout)

    assert outcome.code == 0
    assert (told["verdict"], told["two_way"], told["allowed"]) == ("blocked", False, [])
    assert told["blocked_by"]["kind"] == "no-public-address"
    assert told["blocked_by"]["id"] == "igw-a"


def test_the_text_has_the_verdict_first_and_a_line_for_each_hop(landline: Landline, dump: str) -> None:
    lines = landline("reach", "eni-public", "internet", "--dump", dump).stdout.splitlines()

    assert lines[0] == "reachable: eni-public to internet, and the answer gets back"
    assert lines[1:6] == [
        "    network interface eni-public",
        "  → subnet subnet-vpc-a",
        "  → route table rtb-public 0.0.0.0/0 → igw-a",
        "  → internet gateway igw-a",
        "  → internet",
    ]


@pytest.mark.parametrize(("expected", "code"), [("reachable", 0), ("blocked", 1)])
def test_an_answer_other_than_expected_is_a_finding(
    landline: Landline, dump: str, expected: str, code: int
) -> None:
    assert landline("reach", "internet", "eni-public", "--dump", dump, "--expect", expected).code == code


def test_an_open_question_has_its_own_exit_code(landline: Landline, tmp_path: Path) -> None:
    for name, data in isolated().drop("NetworkInterfaces").bytes().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    outcome = landline("reach", "subnet-vpc-a", "internet", "--dump", str(tmp_path), "--json")

    assert outcome.code == 3
    assert json.loads(outcome.stdout)["why"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["i-vpc-b", "internet"], "did you mean i-vpc-a"),
        (
            ["payments", "internet"],
            "error: payments: nothing of that id, name or address is in",
        ),
        (["payments", "internet"], ". For a stack's name add --stacks DIR"),
        (["eni-public", "internet", "--protocol", "tcpp"], "write tcp, udp, icmp, any"),
        (["eni-public", "internet", "--port", "70000"], "0 to 65535"),
        (["eni-public", "internet", "--protocol", "icmp", "--port", "8"], "has no ports"),
        (["eni-public", "10.0.0.0/40"], "write an address or a block"),
    ],
)
def test_usage_errors_say_what_to_do(
    landline: Landline, dump: str, arguments: list[str], message: str
) -> None:
    outcome = landline("reach", *arguments, "--dump", dump)

    assert (outcome.code, outcome.stdout) == (2, "")
    assert message in outcome.stderr


def two_hubs() -> Dump:
    """The hub account's `logging` in two Regions, and a spoke's network without an endpoint."""
    dump = isolated()
    for region in ("eu-west-1", "eu-central-1"):
        dump.at("111111111111", region)
        dump.service(f"vpce-svc-{region}", "logging", [])
    return dump


def test_a_spokes_service_is_its_own_hubs_and_any_hubs_can_be_named(
    landline: Landline, tmp_path: Path
) -> None:
    for name, data in two_hubs().bytes().items():
        (tmp_path / "dump" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dump" / name).write_bytes(data)
    at = ("--dump", str(tmp_path / "dump"))
    stacks = ("--stacks", str(ROOT / "examples" / "two-regions"))

    unknown = landline("reach", "eni-vpc-a", "logging", *at)
    assert unknown.code == 2
    assert "several services have this name" in unknown.stderr
    assert "/eu-central-1/logging, or with --stacks HUB/logging" in unknown.stderr
    for destination in ("logging", "hub-ireland/logging", "111111111111/eu-west-1/logging"):
        outcome = landline("reach", "payments", destination, *at, *stacks)
        assert (outcome.code, f" to {destination}" in outcome.stdout.splitlines()[0]) == (0, True), outcome
    ambiguous = landline("reach", "eni-vpc-a", "111111111111/logging", *at)
    assert "several services have this name" in ambiguous.stderr
    absent = landline("reach", "eni-vpc-a", "hub-ireland/security", *at, *stacks)
    assert "hub-ireland/security (111111111111/eu-west-1/security): nothing of that id" in absent.stderr
