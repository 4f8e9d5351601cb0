"""What must hold between an estate and a known change of it, whatever the truth of either is."""

import os
from collections.abc import Mapping
from random import Random

import pytest

from . import change
from .compare import Told, oracle_says, prover_says
from .generate import generate

SEEDS = range(int(os.environ.get("LANDLINE_METAMORPHIC_ESTATES", "40")))
SAYS = {"oracle": oracle_says, "prover": prover_says}


@pytest.fixture(params=SAYS)
def judge_name(request: pytest.FixtureRequest) -> str:
    """Who judges: the properties hold for the oracle as they do for the prover."""
    return str(request.param)


def told(judge_name: str, snapshot: Mapping[str, bytes]) -> Told:
    return SAYS[judge_name](snapshot)


def seeded(seed: int) -> tuple[Mapping[str, bytes], Random]:
    """The seed's estate with all its files whole."""
    snapshot = generate(seed)
    while not change.whole(snapshot):
        seed += 1_000_000
        snapshot = generate(seed)
    return snapshot, Random(seed)  # noqa: S311  # for reproduction, not for secrets


def assert_not_more(after: Told, before: Told) -> None:
    """No way live that was not, and no answer that was lost."""
    assert set(after.live) <= set(before.live) | before.possible
    gained = {w for w, both in after.live.items() if both and before.live.get(w, True) is False}
    assert not gained


@pytest.mark.parametrize("seed", SEEDS)
def test_a_route_less_opens_nothing(seed: int, judge_name: str) -> None:
    snapshot, random = seeded(seed)
    changed = change.without_route(snapshot, random)
    if changed is not None:
        assert_not_more(told(judge_name, changed), told(judge_name, snapshot))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_deny_more_opens_nothing(seed: int, judge_name: str) -> None:
    snapshot, random = seeded(seed)
    changed = change.with_deny(snapshot, random)
    if changed is not None:
        assert_not_more(told(judge_name, changed), told(judge_name, snapshot))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_permission_less_opens_nothing(seed: int, judge_name: str) -> None:
    snapshot, random = seeded(seed)
    changed = change.without_permission(snapshot, random)
    if changed is not None:
        assert_not_more(told(judge_name, changed), told(judge_name, snapshot))


@pytest.mark.parametrize("seed", SEEDS)
def test_other_ids_change_nothing(seed: int, judge_name: str) -> None:
    snapshot, random = seeded(seed)
    changed, name = change.renamed(snapshot, random)
    assert told(judge_name, changed) == told(judge_name, snapshot).renamed(name)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_order_and_pages_change_nothing(seed: int, judge_name: str) -> None:
    snapshot, random = seeded(seed)
    assert told(judge_name, change.shuffled(snapshot, random)) == told(judge_name, snapshot)


@pytest.mark.parametrize("seed", SEEDS)
def test_cidrs_in_halves_change_nothing(seed: int, judge_name: str) -> None:
    snapshot, random = seeded(seed)
    assert told(judge_name, change.split(snapshot, random)) == told(judge_name, snapshot)
