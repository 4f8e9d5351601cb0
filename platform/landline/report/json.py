"""A verdict as one JSON document (contract, design section 7)."""

import msgspec

from landline.proof import Verdict

SCHEMA = 1
"""Version of the document's shape. It changes when a reader would have to."""


def as_json(verdict: Verdict) -> str:
    """Return the document, indented, with a newline at its end; the same verdict gives the same bytes."""
    document = {
        "schema": SCHEMA,
        "verdict": verdict.verdict,
        "evidence": verdict.evidence,
        "findings": verdict.findings,
        "access": {
            "granted": verdict.access.granted,
            "extra": verdict.access.extra,
            "missing": verdict.access.missing,
        },
        "checked": dict(verdict.checked),
        "not_checked": [{"rule": item.rule, "why": item.why} for item in verdict.not_checked],
        "assumptions": verdict.assumptions,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
