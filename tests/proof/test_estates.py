"""Whole dumps on disk with the verdict that is known to be right."""

from pathlib import Path

import pytest

from landline import network, proof, report

ESTATES = Path(__file__).parent.parent / "estates"
VERDICTS = {
    "granted": "proven",
    "internet-gateway": "violated",
    "isolated": "proven",
    "missing-route-tables": "unproven",
    "nat-over-transit-gateway": "violated",
    "peering": "violated",
    "somebody-elses-prefix-list-before-a-vpn": "unproven",
    "ungranted": "violated",
}


def test_every_estate_has_a_verdict() -> None:
    assert sorted(path.parent.name for path in ESTATES.glob("*/verdict.json")) == sorted(VERDICTS)


@pytest.mark.parametrize("name", VERDICTS)
def test_an_estate_gets_its_verdict(name: str) -> None:
    folder = ESTATES / name
    given = folder / "grants.json"
    grants = proof.read_grants(given.read_bytes()) if given.exists() else None

    told = proof.verify(network.read(folder / "dump"), grants)

    assert told.verdict == VERDICTS[name]
    assert report.as_json(told) == (folder / "verdict.json").read_text()
