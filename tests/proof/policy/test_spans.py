"""Intervals as sets, against membership of the points around every edge."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landline.proof.policy.spans import (
    EVERY_ADDRESS,
    HIGHEST,
    LOWEST,
    Edge,
    Spans,
    address_text,
    moment,
    network,
    number,
    number_text,
)

starts = st.one_of(st.just(LOWEST), st.tuples(st.integers(0, 6).map(Fraction), st.sampled_from([0, 1])))
ends = st.one_of(st.just(HIGHEST), st.tuples(st.integers(0, 6).map(Fraction), st.sampled_from([0, -1])))
spans = st.lists(st.tuples(starts, ends), max_size=4)
POINTS = [Fraction(number, 2) for number in range(-2, 16)]


def holds(intervals: list[tuple[Edge, Edge]], value: Fraction) -> bool:
    return any(low <= (value, 0) <= high for low, high in intervals)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(spans, spans)
def test_sets_of_numbers(a: list[tuple[Edge, Edge]], b: list[tuple[Edge, Edge]]) -> None:
    one, two = Spans.union(a), Spans.union(b)
    for point in POINTS:
        assert one.accepts(point) == holds(a, point)
        assert one.complement().accepts(point) != holds(a, point)
        assert (one & two).accepts(point) == (holds(a, point) and holds(b, point))
    example = (one & two.complement()).example()
    if example is None:
        assert not any(holds(a, point) and not holds(b, point) for point in POINTS)
    else:
        assert holds(a, example)
        assert not holds(b, example)


def test_texts() -> None:
    assert moment("1970-01-02") == 86_400
    assert moment("1970-01-01T01:00:00+01:00") == 0
    assert moment("1970-01-01T00:00:00.5Z") == Fraction(1, 2)
    assert moment("1798761600") == 1_798_761_600
    assert moment("2027-13-01") is None
    assert moment("soon") is None
    assert number("1e5") is None
    assert number("-0.25") == Fraction(-1, 4)
    assert number_text(Fraction(11, 2)) == "5.5"
    assert network("10.0.0.0/33") is None


@pytest.mark.parametrize("text", ["10.0.0.0", "255.255.255.255", "2001:db8::1", "::"])
def test_addresses_keep_their_text(text: str) -> None:
    found = network(text)
    assert found is not None
    value = Spans((found,)).example()
    assert value is not None
    assert address_text(value) == text
    assert EVERY_ADDRESS.accepts(value)
