"""SARIF logs: the shape that SARIF 2.1.0 demands, and where findings point.

The schema here is closed and covers what Landline writes (the sections are the standard's). With
`LANDLINE_SARIF_SCHEMA` naming OASIS's own schema file, that one judges as well.
"""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from landline import report
from landline.proof import RULES
from tests.proof.dump import isolated, public
from tests.proof.judge import granted, verdict
from tests.proof.test_services import estate

TEXT = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}, "required": ["text"]}
"""Sections 3.11 and 3.12."""


def closed(required: tuple[str, ...], **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def many(items: object, least: int = 0) -> dict[str, object]:
    return {"type": "array", "minItems": least, "items": items}


WORD = {"type": "string", "minLength": 1}
INDEX = {"type": "integer", "minimum": 0}
LOGICAL = closed((), name=WORD, fullyQualifiedName=WORD, kind=WORD)  # 3.33
PHYSICAL = closed(  # 3.29
    ("artifactLocation",),
    artifactLocation=closed(("uri",), uri={"type": "string", "format": "uri-reference"}),
    region=closed(("startLine",), startLine={"type": "integer", "minimum": 1}),
)
LOCATION = closed((), logicalLocations=many(LOGICAL), physicalLocation=PHYSICAL, message=TEXT)  # 3.28
RULE = closed(  # 3.49
    ("id",),
    id=WORD,
    name=WORD,
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
    defaultConfiguration=closed((), level={"enum": ["none", "note", "warning", "error"]}),
)
FLOW = closed(("locations",), locations=many(closed((), location=LOCATION), 1))  # 3.37
RESULT = closed(  # 3.27
    ("message",),
    ruleId=WORD,
    ruleIndex=INDEX,
    kind={"enum": ["fail", "open"]},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations=many(LOCATION),
    codeFlows=many(closed(("threadFlows",), threadFlows=many(FLOW, 1))),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties={"type": "object"},
)
DRIVER = closed(("name",), name=WORD, version=WORD, rules=many(RULE))
LOG = closed(  # 3.13
    ("version", "runs"),
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs=many(
        closed(  # 3.14
            ("tool",),
            tool=closed(("driver",), driver=DRIVER),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            results=many(RESULT),
            properties={"type": "object"},
        )
    ),
)

VERDICTS = {
    "violated": verdict(public()),
    "proven": verdict(isolated()),
    "unproven": verdict(isolated().drop("Subnets")),
    "access": verdict(estate(["*"]), granted(logging=[])),
}


def log(name: str, sources: dict[str, str] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(report.as_sarif(VERDICTS[name], sources))
    return told


@pytest.mark.parametrize("name", VERDICTS)
def test_a_log_has_the_shape_that_sarif_demands(name: str) -> None:
    told = log(name, {"igw-a": "stacks/Pulumi.payments.yaml#3", "vpc-a": "dump/a b.json"})

    jsonschema.Draft7Validator(LOG).validate(told)
    official = os.environ.get("LANDLINE_SARIF_SCHEMA")
    if official:
        jsonschema.Draft4Validator(json.loads(Path(official).read_text())).validate(told)
    for result in told["runs"][0]["results"]:
        if "ruleIndex" in result:
            assert told["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        # "If kind has any value other than fail, level SHALL be none" (3.27.10).
        assert (result["kind"] == "fail") != (result["level"] == "none")


def test_every_rule_is_there_with_help() -> None:
    rules = log("proven")["runs"][0]["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == list(RULES)
    assert all(rule["help"]["text"] for rule in rules)


def test_a_finding_points_at_the_file_that_describes_it_and_flows_hop_by_hop() -> None:
    results = log("violated", {"igw-a": "stacks/Pulumi.payments.yaml#3"})["runs"][0]["results"]
    egress = next(item for item in results if item["ruleId"] == "internet-egress")
    physical = egress["locations"][0]["physicalLocation"]
    [flow] = egress["codeFlows"][0]["threadFlows"]

    assert physical == {
        "artifactLocation": {"uri": "stacks/Pulumi.payments.yaml"},
        "region": {"startLine": 3},
    }
    assert egress["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].endswith("/vpc-a/igw-a")
    assert [item["location"]["message"]["text"] for item in flow["locations"]] == [
        "eni-public",
        "subnet-vpc-a",
        "rtb-public",
        "igw-a",
        "internet",
    ]


def test_open_questions_are_results_of_the_kind_open() -> None:
    results = log("unproven")["runs"][0]["results"]

    assert {item["kind"] for item in results} == {"open"}
    assert not log("proven")["runs"][0]["results"]


def test_a_file_name_is_a_valid_reference_and_the_same_verdict_gives_the_same_bytes() -> None:
    told = log("violated", {"igw-a": "dump/a b.json"})

    uri = told["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "dump/a%20b.json"
    assert report.as_sarif(VERDICTS["violated"]) == report.as_sarif(VERDICTS["violated"])
