"""What a change opens and closes, as text and as one JSON document."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from msgspec import to_builtins

from landline.proof import Difference, Finding


def difference_as_json(difference: Difference) -> str:
    """Return the document, indented, with a newline at its end; the same change gives the same bytes."""
    document = {
        "schema": 1,
        "before": difference.before,
        "after": difference.after,
        "opened": [_finding(item) for item in difference.opened],
        "closed": [_finding(item) for item in difference.closed],
        "stayed": [_finding(item) for item in difference.stayed],
        "access": {
            "gained": [to_builtins(item) for item in difference.gained],
            "lost": [to_builtins(item) for item in difference.lost],
        },
        "questions": [{"rule": item.rule, "why": item.why} for item in difference.questions],
        "settled": [{"rule": item.rule, "why": item.why} for item in difference.settled],
        "checked": {name: {"before": old, "after": new} for name, old, new in difference.checked},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def difference_as_text(difference: Difference) -> str:
    """Return plain text with a newline at its end: both verdicts first, then what opens, then what closes."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    yield (
        f"{difference.before} -> {difference.after}: {len(difference.opened)} opened, "
        f"{len(difference.closed)} closed, {len(difference.stayed)} stay"
    )
    for sign, title, findings in (
        ("+", "opened", difference.opened),
        ("-", "closed", difference.closed),
        (" ", "stays", difference.stayed),
    ):
        for item in findings:
            where = f"{item.account}/{item.region}" + (f" {item.vpc}" if item.vpc else "")
            yield f"{sign} {title} {item.severity} {item.rule}: {where} via {item.resource}"
            if sign == "+":
                yield f"    {item.message}"
                yield f"    path: {' -> '.join(item.path)}"
    for sign, title, entries in (
        ("+", "access gained", difference.gained),
        ("-", "access lost", difference.lost),
    ):
        for entry in entries:
            yield f"{sign} {title}: {entry.what()}"
    for sign, title, items in (
        ("+", "open question", difference.questions),
        ("-", "question settled", difference.settled),
    ):
        for note in items:
            yield f"{sign} {title} {note.rule}: {note.why}"
    changed = [
        f"{name.replace('_', ' ')} {old} -> {new}" for name, old, new in difference.checked if old != new
    ]
    yield "Checked: " + (", ".join(changed) or "as many things as before")


def _finding(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "path": list(finding.path)}
