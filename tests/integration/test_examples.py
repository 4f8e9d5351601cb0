"""What must hold of every example estate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from landline import network, proof
from landline.onboarding.check import check
from landline.testing import assert_access, assert_logged, assert_no_internet_routes
from tests.example_estates import EXAMPLES, ROOT, deployed, described, every_example
from tests.integration.closed import assert_closed_and_logged, judged

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 26)


def test_there_is_more_than_one() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in EXAMPLES} >= {"stacks", "examples/two-regions"}


@every_example
def test_its_files_have_no_problem(example: Path) -> None:
    found = check(example, (), TODAY)

    assert [str(problem) for problem in found.problems] == []
    assert set(found.stacks) == set(described(example).stacks)


@every_example
def test_it_is_proven_with_nothing_open(example: Path) -> None:
    shown = deployed(example)
    verdict = proof.verify(network.read(shown.snapshot), shown.grants, evidence="wiring")

    assert (verdict.verdict, verdict.findings) == ("proven", ())
    assert [item for item in verdict.not_checked if item.open] == []
    networks = len(shown.estate.hubs) + len(shown.estate.spokes)
    assert dict(verdict.checked)["vpcs"] == networks
    assert_no_internet_routes(shown.snapshot)


@every_example
def test_no_network_has_an_unfiltered_resolver_an_open_policy_or_an_unlogged_path(example: Path) -> None:
    shown = deployed(example)

    assert_logged(shown.snapshot)
    networks = len(shown.estate.hubs) + len(shown.estate.spokes)
    assert_closed_and_logged(judged(shown.snapshot, shown.document), networks)


@every_example
def test_exactly_what_was_granted_is_connected(example: Path) -> None:
    shown = deployed(example)
    verdict = proof.verify(network.read(shown.snapshot), shown.grants)

    assert_access(shown.snapshot, shown.document)
    assert sorted((entry.spoke, entry.service) for entry in verdict.access.granted) == sorted(
        (shown.estate.account_of(shown.estate[grant.spoke]), service)
        for grant in shown.estate.grants.values()
        for service in grant.services
    )
