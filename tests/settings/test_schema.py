"""The JSON Schema that editors use: current, and of one mind with the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from landline.settings.schema import json_schema, schema_text
from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, SPOKE, changed

STACKS = Path(__file__).parents[2] / "stacks"


class TextDates(yaml.SafeLoader):
    """Reads YAML as editors do: a date is text."""


TextDates.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parsed(text: str) -> Any:  # noqa: ANN401 - any YAML
    return yaml.load(text, Loader=TextDates)  # noqa: S506 - a SafeLoader


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_the_file_is_current() -> None:
    assert (STACKS / "schema.json").read_text(encoding="utf-8") == schema_text(), (
        "run `landline schema --write`"
    )


@pytest.mark.parametrize("file", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda file: file.name)
def test_the_example_stacks_are_valid(validator: jsonschema.Draft202012Validator, file: Path) -> None:
    validator.validate(parsed(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        *ESTATE.values(),
        HUB + "  other:key: [1]\nencryptionsalt: v1:x\n",
        changed(SPOKE, "2027-06-30", '"2027-06-30"'),
        changed(SPOKE, "2027-06-30", "'2027-06-30 00:00:00 +0000 UTC'"),
        changed(SPOKE, "[s3, kms]", "{s3: {buckets: [payments-data], aws_owned: [ssm-agent]}, kms: {}}"),
    ],
)
def test_right_files_are_valid(validator: jsonschema.Draft202012Validator, text: str) -> None:
    validator.validate(parsed(text))


@pytest.mark.parametrize(
    "text",
    [
        changed(SPOKE, "    team:", "    temas: x\n    team:"),
        changed(SPOKE, "reason: ship", "policy: {}, reason: ship"),
        changed(SPOKE, "reason: ship application logs", "reason: logs"),
        changed(SPOKE, '"222222222222"', "222222222222"),
        changed(SPOKE, "10.40.0.0/20", "10.40.0.0/8"),
        changed(SPOKE, "[euw1-az1, euw1-az2]", "[euw1-az1]"),
        changed(SPOKE, "[euw1-az1, euw1-az2]", "[euw1-az1, euw1-az1]"),
        changed(SPOKE, "[s3, kms]", "[s3, kns]"),
        changed(SPOKE, "[s3, kms]", "[s3, {kms: {}}]"),
        changed(SPOKE, "[s3, kms]", "{s3: {tables: [orders]}}"),
        changed(SPOKE, "[s3, kms]", "{s3: {buckets: []}}"),
        changed(SPOKE, "[s3, kms]", "{kns: {}}"),
        changed(SPOKE, "2027-06-30", "soon"),
        changed(SPOKE, "2027-06-30", "'2027-06-30 01:00:00 +0000 UTC'"),
        changed(SPOKE, "    team: payments\n", ""),
        changed(SPOKE, "aws:region: eu-west-1", "aws:region: Ireland"),
        changed(SPOKE, "  aws:region: eu-west-1\n", ""),
        changed(SPOKE, "      logging:", "      Logging:"),
        changed(HUB, "log-archive", "log-archiv"),
        changed(HUB, "ports: [443], lane: standing", "ports: [0], lane: standing"),
        changed(HUB, "lane: standing", "lane: stand"),
        changed(GRANT, ", approved: SEC-42", ""),
        changed(GRANT, "spoke: payments", "spoke: ../payments"),
        changed(BASELINE, "    account", "    ebs_encryption: false\n    account"),
        changed(BASELINE, "config:", "confg: {}\nconfig:"),
        changed(BASELINE, "  aws:", "  landline:other: {}\n  aws:"),
        HUB + GRANT[GRANT.index("  landline:") :],
        "config: {aws:region: eu-west-1}",
    ],
)
def test_wrong_files_are_not(validator: jsonschema.Draft202012Validator, text: str) -> None:
    assert not validator.is_valid(parsed(text))


def described(node: Any, path: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """The places of properties that say nothing about themselves."""
    if isinstance(node, list):
        return [place for index, item in enumerate(node) for place in described(item, f"{path}[{index}]")]
    if not isinstance(node, dict):
        return []
    found = [place for key, value in node.items() for place in described(value, f"{path}/{key}")]
    properties = node.get("properties")
    if isinstance(properties, dict):
        found += [
            f"{path}/{name}"
            for name, value in properties.items()
            if not isinstance(value, dict) or ("description" not in value and "$ref" not in value)
        ]
    return found


def test_every_key_is_described() -> None:
    assert described(json_schema()) == []


def test_examples_are_valid() -> None:
    schema = json_schema()
    definitions = schema["$defs"]
    checked = 0
    for model in definitions.values():
        for field in model["properties"].values():
            for example in field.get("examples", ()):
                jsonschema.Draft202012Validator({**field, "$defs": definitions}).validate(example)
                checked += 1
    assert checked > 20
