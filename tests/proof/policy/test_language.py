"""Emptiness of intersections and differences, against enumeration of all short strings."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landline.proof.policy.language import (
    DIGIT,
    EVERYTHING,
    Budget,
    Language,
    LimitExceededError,
    exactly,
    find,
    glob,
    literal,
    within,
)

SHORT = ["".join(chars) for length in range(5) for chars in product("abc", repeat=length)]
globs = st.lists(st.text("ab*?", max_size=4), min_size=1, max_size=3)


def hits(patterns: list[str], text: str) -> bool:
    return any(
        re.fullmatch("".join({"*": ".*", "?": "."}.get(char, char) for char in pattern), text)
        for pattern in patterns
    )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(globs, min_size=1, max_size=2), st.lists(globs, max_size=2))
def test_find_is_exact(include: list[list[str]], exclude: list[list[str]]) -> None:
    text = find(
        [Language(map(glob, patterns)) for patterns in include],
        [Language(map(glob, patterns)) for patterns in exclude],
        Budget(10**7),
    )
    if text is None:
        assert not any(
            all(hits(patterns, short) for patterns in include)
            and not any(hits(patterns, short) for patterns in exclude)
            for short in SHORT
        )
    else:
        assert all(hits(patterns, text) for patterns in include)
        assert not any(hits(patterns, text) for patterns in exclude)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(globs, st.sampled_from(SHORT))
def test_membership(patterns: list[str], text: str) -> None:
    assert Language(map(glob, patterns)).accepts(text) == hits(patterns, text)


def test_case_and_shape() -> None:
    assert Language((literal("TrUe", ignore_case=True),)).accepts("tRUE")
    assert not Language((literal("TrUe"),)).accepts("true")
    account = Language((exactly(DIGIT, 12),))
    assert find([account], [Language((literal("000000000000"),))], Budget(10**5)) != "000000000000"
    assert within(glob("1*"), DIGIT) is not None
    assert within(glob("a*"), DIGIT) is None
    assert find([EVERYTHING], [EVERYTHING], Budget(10**4)) is None


def test_the_budget_ends_a_walk() -> None:
    include = [Language((glob(f"*{char}{'?' * 20}{char}*"),)) for char in "abcdef"]
    exclude = [Language((glob(f"*{char}{'?' * 11}*{char}*"),)) for char in "abcdef"]
    with pytest.raises(LimitExceededError):
        find(include, exclude, Budget(5_000))
