"""`landline check --prove`: stack files proven before anything exists."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from landline.cli.proving import HubProof, Line
from landline.exit_codes import ExitCode
from landline.sandbox.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Landline

GOOD = HubProof(
    hub="hub",
    region="eu-west-1",
    stacks=("hub",),
    verdict={"verdict": "proven", "evidence": "wiring"},
    text="",
    lines=(Line("payments", "logging", "available", granted=True),),
    probes=(Probe("999999999999", "eu-west-1", "logging", "InvalidServiceName", "refused"),),
)


def test_a_request_is_proven_before_it_is_granted(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    at = ("--stacks", str(where))
    asked = landline("request", "new", "orders", "--service", "security", "--reason", "upload findings", *at)
    assert asked.code == 0

    outcome = landline("check", "orders", "--prove", "--json", *at, "--today", "2026-11-26")
    assert outcome.code == 0, outcome
    [proof] = json.loads(outcome.stdout)["proofs"]
    assert proof["stacks"] == ["baseline-hub", "grant-orders", "hub", "orders"]
    assert (proof["verdict"]["verdict"], proof["verdict"]["evidence"]) == ("proven", "wiring")
    assert [(line["service"], line["state"], line["granted"]) for line in proof["lines"]] == [
        ("logging", "available", True),
        ("security", "available", False),
    ]
    assert [(one["service"], one["refused"], one["code"]) for one in proof["probes"]] == [
        ("logging", True, "InvalidServiceName"),
        ("security", True, "InvalidServiceName"),
    ]
    assert "[2/5] hub hub" in outcome.stderr


def test_errors_are_not_deployed_and_no_hub_is_no_proof(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    where = stacks()
    for file in where.iterdir():
        if file.name != "Pulumi.baseline-payments.yaml":
            file.unlink()
    alone = landline("check", "--prove", "--stacks", str(where))
    assert alone.code == ExitCode.UNPROVEN
    assert "no hub" in alone.stderr

    (where / "Pulumi.orders.yaml").write_text("config: {}\n")
    broken = landline("check", "--prove", "--stacks", str(where))
    assert (broken.code, broken.stderr) == (ExitCode.USAGE, "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ExitCode.DONE),
        ({"verdict": {"verdict": "violated"}}, ExitCode.FINDING),
        ({"verdict": {"verdict": "unproven"}}, ExitCode.UNPROVEN),
        ({"lines": (Line("payments", "logging", "pendingAcceptance", granted=True),)}, ExitCode.FINDING),
        ({"lines": (Line("payments", "logging", "missing", granted=True),)}, ExitCode.FINDING),
        (
            {"probes": (Probe("999999999999", "eu-west-1", "logging", None, "vpce-1 was made"),)},
            ExitCode.FINDING,
        ),
        ({"probes": ()}, ExitCode.FINDING),
    ],
)
def test_a_proof_needs_a_verdict_its_lines_and_a_refusal(change: dict[str, Any], code: ExitCode) -> None:
    assert replace(GOOD, **change).exit_code == code


def test_a_review_proves_what_was_and_what_will_be(
    landline: Landline, git: Callable[..., None], stacks: Callable[..., Path]
) -> None:
    where = stacks()
    git(where, "init", "--quiet")
    git(where, "add", ".")
    git(where, "commit", "--quiet", "--message", "Begin")
    at = ("--stacks", str(where))
    assert landline("revoke", "orders", *at).code == 0

    outcome = landline("review", "--prove", "--json", *at)
    assert outcome.code == 0, outcome
    shown = json.loads(outcome.stdout)
    assert shown["touched"] == [{"name": "grant-orders", "kind": "grant", "how": "changed"}]
    for when, granted in (("before", True), ("after", False)):
        [proof] = shown["proofs"][when]
        assert (proof["verdict"]["verdict"], proof["verdict"]["evidence"]) == ("proven", "wiring")
        assert [line["granted"] for line in proof["lines"]] == [granted]


def test_a_review_without_a_hub_to_prove_is_unproven(
    landline: Landline, stacks: Callable[..., Path], git: Callable[..., None]
) -> None:
    where = stacks()
    git(where, "init", "--quiet")
    git(where, "add", ".")
    git(where, "commit", "--quiet", "--message", "Begin")
    baseline = where / "Pulumi.baseline-payments.yaml"
    baseline.write_text(baseline.read_text() + "    team: floor\n")

    outcome = landline("review", "--prove", "--stacks", str(where))
    assert (outcome.code, "no touched stack hangs on a hub" in outcome.stderr) == (3, True), outcome
    assert landline("review", "--stacks", str(where)).code == 0

    baseline.unlink()
    gone = landline("review", "--prove", "--stacks", str(where))
    assert (gone.code, gone.stderr.count("nothing is proven")) == (0, 0), gone
