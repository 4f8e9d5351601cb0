"""Editing a stack file's text: what changes is what was asked for, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.errors import UsageError
from landline.settings.document import read_document
from landline.settings.edit import Edit, edited, written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SERVICES = ("config", "landline:spoke", "services")
NAMES = ("alpha", "beta", "gamma", "delta")
REASONS = (
    "ship application logs",
    "upload: findings, all {of} them",
    "say # no more",
    'with "quotes"',
    "true",
)
DATES = ("until: 2027-06-30", 'until: "2027-06-30"', "until: '2027-06-30 00:00:00 +0000 UTC'")


@st.composite
def files(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A spoke's file as different people write it, and the services in it."""
    newline = draw(st.sampled_from(("\n", "\r\n")))
    step = draw(st.sampled_from((2, 3, 4)))
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    lines: list[str] = []

    def say(depth: int, text: str) -> None:
        if draw(st.booleans()):
            lines.append(draw(st.sampled_from(("", " " * (step * depth) + "# a remark", "# far left"))))
        lines.append(" " * (step * depth) + text + draw(st.sampled_from(("", "  # why: {so}", "   "))))

    say(0, "config:")
    say(1, draw(st.sampled_from(("aws:region: eu-west-1", '"aws:region": "eu-west-1"'))))
    say(1, "landline:spoke:")
    say(2, "team: payments")
    if not names and draw(st.booleans()):
        say(2, draw(st.sampled_from(("services: {}", "services: { }", "services:"))))
    elif draw(st.booleans()):
        inner = ", ".join(f"{name}: {_service(draw, name)}" for name in names)
        say(2, f"services: {{{inner}}}")
    elif names:
        say(2, "services:")
        for name in names:
            style = draw(st.integers(0, 2))
            if style == 0:
                say(3, f"{name}: {_service(draw, name)}")
            elif style == 1:
                say(3, f"{name}:")
                say(4, f"reason: {written(draw(st.sampled_from(REASONS)))}")
                if draw(st.booleans()):
                    say(4, draw(st.sampled_from(DATES)))
            else:
                say(3, f"{name}:")
                lines.append(" " * (step * 4) + "reason: >-")
                lines.append(" " * (step * 5) + "folded text")
                lines.append(" " * (step * 5) + "over lines")
    if draw(st.booleans()):
        say(2, "aws: [s3, kms]")
    end = draw(st.sampled_from(("", newline, newline * 2)))
    return newline.join(lines) + end, tuple(names)


def _service(draw: st.DrawFn, name: str) -> str:
    space = draw(st.sampled_from(("", " ")))
    reason = f"reason: {written(draw(st.sampled_from(REASONS)))}"
    until = draw(st.sampled_from(("", *(f", {date}" for date in DATES))))
    return f"{{{space}{reason}{until}{space}}}"


def values(text: str) -> Mapping[str, object]:
    return read_document("file", text.encode())[0].root


def services(text: str) -> dict[str, object]:
    config = values(text)["config"]
    assert isinstance(config, dict)
    found = config["landline:spoke"].get("services")
    return dict(found or {})


def halves(before: str, after: str) -> tuple[str, str]:
    """What the edit took out and what it put in, between what both texts begin and end with."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


@given(file=files(), reason=st.sampled_from(REASONS) | st.text(min_size=1, max_size=30), until=st.dates())
def test_adding_inserts_and_touches_nothing(
    file: tuple[str, tuple[str, ...]], reason: str, until: date
) -> None:
    text, names = file
    new = next(name for name in NAMES if name not in names)
    after = edited("file", text, Edit((*SERVICES, new), {"reason": reason, "until": until}))
    out, _ = halves(text, after)
    assert services(after) == services(text) | {new: {"reason": reason, "until": until.isoformat()}}
    assert out in ("", "{}", "{ }") or out.isspace()


@given(file=files())
def test_removing_takes_the_entry_and_no_remark_of_another(file: tuple[str, tuple[str, ...]]) -> None:
    text, names = file
    for name in names:
        after = edited("file", text, Edit((*SERVICES, name), None))
        kept = services(text)
        del kept[name]
        assert services(after) == kept
        rest = iter(text)
        assert all(letter in rest for letter in after.replace(": {}", ":", 1)), "more than a removal"
        for other in names:
            assert other == name or after.count(other) == text.count(other)


@given(file=files(), until=st.dates())
def test_a_value_is_replaced_alone(file: tuple[str, tuple[str, ...]], until: date) -> None:
    text, names = file
    for name in names:
        after = edited("file", text, Edit((*SERVICES, name, "until"), until))
        out, put = halves(text, after)
        had = services(text)[name]
        assert isinstance(had, dict)
        assert services(after)[name] == had | {"until": until.isoformat()}
        if "until" in had:
            assert len(out) <= len(DATES[2])
            assert len(put) <= len('"2027-06-30"')
        else:
            assert out == ""


@given(file=files(), until=st.dates())
def test_adding_then_removing_gives_the_same_values(file: tuple[str, tuple[str, ...]], until: date) -> None:
    text, names = file
    new = next(name for name in NAMES if name not in names)
    there = edited("file", text, Edit((*SERVICES, new), {"reason": "for a while", "until": until}))
    assert services(edited("file", there, Edit((*SERVICES, new), None))) == services(text)


@pytest.mark.parametrize(
    ("text", "edit", "says"),
    [
        ("config: [1]\n", Edit(("config", "a"), "b"), "by hand"),
        ("config: {a: {b: 1}}\n", Edit(("config", "a", "c"), None), "a.c: is not there"),
        ("config: {a: text}\n", Edit(("config", "a", "b"), "c"), "by hand"),
        ("config: {a: {}, a: {}}\n", Edit(("config", "a", "b"), "c"), "keep one of the two"),
        ("config: &x {a: *x}\n", Edit(("config", "a"), "c"), "anchor or alias"),
        ("config:\n  a: |\n    block\n", Edit(("config", "a"), "c"), "by hand"),
    ],
)
def test_what_cannot_be_edited_says_so(text: str, edit: Edit, says: str) -> None:
    with pytest.raises(UsageError, match="file: ") as error:
        edited("file", text, edit)
    assert says in str(error.value)


@given(value=st.text(max_size=40))
def test_written_text_is_read_back(value: str) -> None:
    assert values(f"config: {{a: {written(value)}, b: 1}}") == {"config": {"a": value, "b": 1}}
