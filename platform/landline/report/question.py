"""The answer to a question, as text and as one JSON document."""

import json
from collections.abc import Iterator

from landline.proof import Answer
from landline.proof.blocked import Blocked
from landline.proof.traffic import described, show
from landline.report.text import Hops


def answer_as_json(answer: Answer) -> str:
    """Return the document, indented, with a newline at its end; the same answer gives the same bytes."""
    document = {
        "verdict": answer.verdict,
        "two_way": answer.two_way,
        "path": list(answer.path),
        "blocked_by": None if answer.blocked_by is None else _blocked(answer.blocked_by),
        "allowed": [described(item) for item in answer.allowed],
        "why": list(answer.why),
        "assumptions": list(answer.assumptions),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _blocked(blocked: Blocked) -> dict[str, object]:
    return {
        "kind": blocked.kind,
        "id": blocked.id,
        "ids": list(blocked.ids or (blocked.id,)),
        "at": blocked.at,
        "direction": blocked.direction,
        "rule": None if blocked.rule is None else dict(blocked.rule),
        "message": blocked.message,
    }


def answer_as_text(answer: Answer, hops: Hops = tuple) -> str:
    """Return plain text with a newline at its end: the verdict first, then hop by hop how far it gets."""
    return "\n".join(_lines(answer, hops)) + "\n"


def _lines(answer: Answer, hops: Hops) -> Iterator[str]:
    yield f"{answer.verdict}: {answer.source} to {answer.destination}" + _back(answer)
    yield from (f"  {'→ ' if at else '  '}{hop}" for at, hop in enumerate(hops(answer.path)))
    if answer.blocked_by is not None:
        yield f"  x {answer.blocked_by.kind}: {answer.blocked_by.message}"
    through = ", ".join(show(item) for item in answer.allowed)
    yield f"gets through: {through or 'nothing'}"
    for title, lines in (("Open, and so unproven", answer.why), ("Assumed", answer.assumptions)):
        if lines:
            yield ""
            yield f"{title}:"
            yield from (f"  {line}" for line in lines)


def _back(answer: Answer) -> str:
    if answer.verdict != "reachable":
        return ""
    return ", and the answer gets back" if answer.two_way else ", but no answer gets back"
