"""A verdict as SARIF 2.1.0, for code hosts and editors (OASIS Standard, 27 March 2020)."""

import json
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

from landline import __version__
from landline.proof import RULES, Finding, NotChecked, Verdict

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
Node = dict[str, object]


def as_sarif(verdict: Verdict, sources: Mapping[str, str] | None = None) -> str:
    """Return the log, indented, with a newline at its end; the same verdict gives the same bytes.

    `sources` are the files that describe the things of the findings: an id to a path, with `#` and a line at
    its end where that is known. A violation is an error, a latent finding a note, an open question a result
    of the kind `open`.
    """
    rules = list(RULES)
    places = sources or {}
    log: Node = {
        "$schema": SCHEMA_URI,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Landline",
                        "version": __version__,
                        "rules": [_rule(name) for name in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    *(_finding(finding, rules, places) for finding in verdict.findings),
                    *(_open(item, rules) for item in verdict.not_checked if item.open),
                ],
                "properties": {
                    "verdict": verdict.verdict,
                    "evidence": verdict.evidence,
                    "assumptions": list(verdict.assumptions),
                    "notChecked": [
                        f"{item.rule}: {item.why}" for item in verdict.not_checked if not item.open
                    ],
                },
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str) -> Node:
    rule = RULES[name]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}."},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": "error"},
    }


def _finding(finding: Finding, rules: list[str], sources: Mapping[str, str]) -> Node:
    location: Node = {"logicalLocations": [_logical(finding, finding.resource)]}
    named = (finding.resource, *finding.path, finding.vpc or "")
    source = next((sources[name] for name in named if name in sources), None)
    if source is not None:
        path, _, line = source.partition("#")
        physical: Node = {"artifactLocation": {"uri": quote(path)}}
        if line.isdigit() and int(line) > 0:
            physical["region"] = {"startLine": int(line)}
        location["physicalLocation"] = physical
    identity = "\n".join((finding.rule, finding.account, finding.region, finding.vpc or "", finding.resource))
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "kind": "fail",
        "level": "error" if finding.severity == "violation" else "note",
        "message": {"text": f"{finding.message}. {finding.fix}"},
        "locations": [location],
        "codeFlows": [
            {
                "threadFlows": [
                    {
                        "locations": [
                            {
                                "location": {
                                    "logicalLocations": [_logical(finding, hop)],
                                    "message": {"text": hop},
                                }
                            }
                            for hop in finding.path
                        ]
                    }
                ]
            }
        ],
        "partialFingerprints": {"landline/v1": sha256(identity.encode()).hexdigest()},
        "properties": {"severity": finding.severity, "twoWay": finding.two_way, "fix": finding.fix},
    }


def _logical(finding: Finding, name: str) -> Node:
    parts = (finding.account, finding.region, finding.vpc, name)
    return {
        "name": name,
        "fullyQualifiedName": "/".join(dict.fromkeys(part for part in parts if part)),
        "kind": "resource",
    }


def _open(item: NotChecked, rules: list[str]) -> Node:
    result: Node = {"ruleId": item.rule}
    if item.rule in rules:
        result["ruleIndex"] = rules.index(item.rule)
    return {**result, "kind": "open", "level": "none", "message": {"text": item.why}}
