"""A review as text, as Markdown for a pull request's comment, and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from landline.onboarding.review import questions
from landline.settings.prices import NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from landline.onboarding.review import AccessChange, Review

SCHEMA = 1
MARK = "<!-- landline review -->"
"""Begins the Markdown, so that a workflow finds its own comment and rewrites it."""

_ESCAPES = str.maketrans({letter: f"&#{ord(letter)};" for letter in "&<>@#\\`*_[]|~!"})
"""Text from files must not become Markdown, HTML or a mention of its own in a comment."""


def document(shown: Review) -> dict[str, Any]:
    """The review as a JSON document, version `SCHEMA`."""
    return {
        "schema": SCHEMA,
        "refused": list(shown.refused),
        "warnings": list(shown.warnings),
        "access": [
            {
                key: str(value) if key.endswith("until") and value else value
                for key, value in asdict(item).items()
            }
            for item in shown.access
        ],
        "touched": [asdict(item) for item in shown.touched],
        "prices_usd_a_month": [
            {"spoke": item.spoke, "before": str(item.before), "after": str(item.after)}
            for item in shown.prices
        ],
        "loosened": [asdict(item) for item in shown.loosened],
        "questions": {question: list(facts) for question, facts in questions(shown).items()},
    }


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    lines: Sequence[str]
    folded: bool = False
    """Whether a comment shows its title only, until somebody asks for more."""


def text(shown: Review) -> str:
    """The review for a terminal."""
    parts = ("\n".join([part.title, *(f"  {line}" for line in part.lines)]) for part in _sections(shown))
    return "\n\n".join(parts)


def markdown(shown: Review) -> str:
    """The review for a comment: what a person decides is open, the rest folds away."""
    parts: list[str] = [MARK]
    for part in _sections(shown):
        items = "\n".join(f"- {line.translate(_ESCAPES)}" for line in part.lines)
        if part.folded:
            summary = f"<summary>{part.title} ({len(part.lines)})</summary>"
            parts.append(f"<details>{summary}\n\n{items}\n\n</details>")
        else:
            parts.append(f"### {part.title}\n\n{items}")
    return "\n\n".join(parts)


def _sections(shown: Review) -> Iterator[_Section]:
    if shown.refused:
        yield _Section("Refused", shown.refused)
    if shown.empty:
        yield _Section("Nothing changes", ["no stack is other than it was"])
        return
    yield _Section("Access", [_access(item) for item in shown.access] or ["unchanged"])
    facts = [f"{question} {fact}" for question, facts in questions(shown).items() for fact in facts]
    if facts:
        yield _Section("For a person to decide", facts)
    if shown.proof:
        yield _Section("Proof", shown.proof)
    stacks = [f"{item.name} ({item.kind}): {item.how}" for item in shown.touched]
    yield _Section("Stacks touched", stacks or ["none"], folded=True)
    prices = [f"{item.spoke}: ${item.before} → ${item.after} a month" for item in shown.prices]
    counted = f"the endpoints alone (landline price has the rest), at {NOTE}"
    yield _Section("Price", [*prices, counted] if prices else ["unchanged"], folded=True)
    if shown.warnings:
        yield _Section("Warnings", shown.warnings, folded=True)


def _access(item: AccessChange) -> str:
    until = item.until or "no end"
    who = f"{item.spoke} ({item.account})"
    what = f"{item.service} of {item.hub}"
    match item.move:
        case "gains":
            return f"{who} gains {what}, until {until}, approved {item.approved}, {item.lane} lane"
        case "loses":
            return f"{who} loses {what}"
        case "keeps until":
            was = item.was_until or "no end"
            return f"{who} keeps {what} until {until} instead of {was}, approved {item.approved}"
        case "is approved anew":
            was = item.was_approved or "nothing"
            return f"{who} keeps {what} until {until}, approved {item.approved} instead of {was}"
        case "asks for":
            return f"{who} asks for {what}, until {until}: {item.reason}"
        case "no longer asks for":
            return f"{who} no longer asks for {what}"
