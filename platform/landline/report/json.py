"""A verdict as one JSON document (contract, design section 7)."""

import json
from dataclasses import asdict

from landline.proof import AccessEntry, Finding, Verdict

SCHEMA = 1
"""Version of the document's shape. It changes when a reader would have to."""


def as_json(verdict: Verdict) -> str:
    """Return the document, indented, with a newline at its end; the same verdict gives the same bytes."""
    document = {
        "schema": SCHEMA,
        "verdict": verdict.verdict,
        "evidence": verdict.evidence,
        "findings": [_finding(finding) for finding in verdict.findings],
        "access": {
            "granted": [_entry(entry) for entry in verdict.access.granted],
            "extra": [_entry(entry) for entry in verdict.access.extra],
            "missing": [_entry(entry) for entry in verdict.access.missing],
        },
        "checked": dict(verdict.checked),
        "not_checked": [{"rule": item.rule, "why": item.why} for item in verdict.not_checked],
        "assumptions": list(verdict.assumptions),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "path": list(finding.path)}


def _entry(entry: AccessEntry) -> dict[str, str | None]:
    return asdict(entry)
