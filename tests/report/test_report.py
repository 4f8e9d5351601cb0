"""What a verdict looks like."""

import json
from collections.abc import Callable

import pytest

from landline import report
from landline.proof import Verdict
from tests.proof.dump import SPOKE, isolated, public
from tests.proof.judge import granted, verdict
from tests.proof.test_services import GRANTED, estate

KEYS = ["schema", "verdict", "evidence", "findings", "access", "checked", "not_checked", "assumptions"]
FINDING = {
    "rule",
    "severity",
    "account",
    "region",
    "vpc",
    "resource",
    "two_way",
    "path",
    "message",
    "fix",
}


def test_the_json_document_keeps_its_contract() -> None:
    told = json.loads(report.as_json(verdict(public())))

    assert list(told) == KEYS
    assert (told["schema"], told["verdict"], told["evidence"]) == (1, "violated", "snapshot")
    assert {frozenset(finding) for finding in told["findings"]} == {frozenset(FINDING)}
    egress = next(f for f in told["findings"] if f["rule"] == "internet-egress")
    assert egress["path"] == ["eni-public", "subnet-vpc-a", "rtb-public", "igw-a", "internet"]
    assert (egress["account"], egress["vpc"], egress["resource"]) == (SPOKE, "vpc-a", "igw-a")
    assert {frozenset(item) for item in told["not_checked"]} == {frozenset({"rule", "why"})}
    assert told["checked"]["vpcs"] == 1


def test_access_names_the_endpoint() -> None:
    told = json.loads(report.as_json(verdict(estate(), GRANTED)))

    assert told["access"] == {
        "granted": [{"spoke": SPOKE, "service": "logging", "endpoint": "vpce-1"}],
        "extra": [],
        "missing": [],
    }


def test_the_verdict_stands_on_the_first_line_of_the_text() -> None:
    assert report.as_text(verdict(public())).splitlines()[0] == (
        "violated (snapshot): 2 violations, 0 latent, 0 open questions"
    )
    assert report.as_text(verdict(isolated())).startswith("proven (snapshot)")
    assert report.as_text(verdict(isolated().drop("Subnets"))).startswith("unproven (snapshot)")


def test_a_snapshot_without_a_vpc_says_so_first() -> None:
    reason = "the snapshot shows no VPC: a Vpcs document is missing or empty"

    assert report.as_text(verdict(isolated().drop("Vpcs"))).splitlines()[1] == reason
    assert reason not in report.as_text(verdict(isolated()))


def test_the_text_shows_the_witness_hop_by_hop_and_what_it_rests_on() -> None:
    text = report.as_text(verdict(public()))

    hops = ["    eni-public", "→ subnet-vpc-a", "→ rtb-public", "→ igw-a", "→ internet"]
    assert "\n    ".join(hops) in text
    assert "Assumed:" in text
    assert "enableDnsSupport" in text
    assert "Checked: 1 accounts, 1 vpcs" in text


@pytest.mark.parametrize("render", [report.as_json, report.as_text])
def test_the_same_estate_gives_the_same_bytes(render: Callable[[Verdict], str]) -> None:
    first = render(verdict(estate(["*"]), granted(logging=[])))

    assert render(verdict(estate(["*"]), granted(logging=[]))) == first
    assert first.endswith("\n")
