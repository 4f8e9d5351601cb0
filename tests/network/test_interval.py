"""Interval sets against sets of integers."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from landline.network.interval import Interval, Intervals, contains, intersect, subtract, union

SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda p: (p[0], p[0] + p[1])), max_size=6
)
SETS = SPANS.map(lambda spans: union(tuple(spans)))


def members(spans: tuple[Interval, ...]) -> set[int]:
    return {value for low, high in spans for value in range(low, high + 1)}


def canonical(spans: Intervals) -> bool:
    return all(low <= high for low, high in spans) and all(
        a[1] + 1 < b[0] for a, b in itertools.pairwise(spans)
    )


@given(SPANS)
def test_union_is_canonical_and_loses_nothing(spans: list[Interval]) -> None:
    joined = union(tuple(spans))

    assert members(joined) == members(tuple(spans))
    assert canonical(joined)


@given(SETS, SETS)
def test_the_algebra_is_that_of_sets(left: Intervals, right: Intervals) -> None:
    assert members(intersect(left, right)) == members(left) & members(right)
    assert members(subtract(left, right)) == members(left) - members(right)
    assert canonical(intersect(left, right))
    assert canonical(subtract(left, right))


@given(SETS, st.integers(0, 40))
def test_contains_is_membership(spans: Intervals, value: int) -> None:
    assert contains(spans, value) is (value in members(spans))
