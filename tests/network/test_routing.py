"""Longest prefix match against looking at every prefix for every address."""

import random

from hypothesis import given
from hypothesis import strategies as st

from landline.network.routing import Prefix, longest_prefix_match


@st.composite
def prefixes(draw: st.DrawFn) -> Prefix[str]:
    length = draw(st.integers(0, 5))
    size = 1 << (5 - length)
    start = draw(st.integers(0, (1 << length) - 1)) * size
    return Prefix((start, start + size - 1), draw(st.integers(0, 2)), draw(st.sampled_from("abc")))


def naive(table: list[Prefix[str]], address: int) -> set[str]:
    holding = [p for p in table if p.span[0] <= address <= p.span[1]]
    if not holding:
        return set()
    smallest = min(p.span[1] - p.span[0] for p in holding)
    longest = [p for p in holding if p.span[1] - p.span[0] == smallest]
    return {p.target for p in longest if p.rank == min(q.rank for q in longest)}


@given(st.lists(prefixes(), max_size=12))
def test_every_address_goes_where_its_longest_prefix_says(table: list[Prefix[str]]) -> None:
    stretches = longest_prefix_match(table)

    for address in range(32):
        found = [set(s.targets) for s in stretches if s.span[0] <= address <= s.span[1]]
        expected = naive(table, address)
        assert found == ([expected] if expected else [])


@given(st.lists(prefixes(), max_size=12), st.randoms())
def test_the_order_of_routes_changes_nothing(table: list[Prefix[str]], chance: random.Random) -> None:
    mixed = list(table)
    chance.shuffle(mixed)

    before, after = longest_prefix_match(table), longest_prefix_match(mixed)
    assert [(s.span, set(s.targets)) for s in before] == [(s.span, set(s.targets)) for s in after]


def test_ten_thousand_routes_are_no_trouble() -> None:
    table = [Prefix((start * 256, start * 256 + 255), 1, str(start)) for start in range(10_000)]

    assert len(longest_prefix_match([Prefix((0, 1 << 32), 1, "default"), *table])) == 10_001
