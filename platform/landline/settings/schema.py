"""The JSON Schema of a stack file, for editors."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from landline.settings.regions import REGION_CODE
from landline.settings.stack import SETTINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a whole stack file: its Region, one of the four kinds of settings, and no unknown key.

    It says all that can be said of one file without knowing the others; `landline check` says the rest.
    """
    references, definitions = models_json_schema(
        [(model, "validation") for model in SETTINGS.values()], ref_template="#/$defs/{model}"
    )
    settings: dict[str, Any] = {
        f"landline:{kind}": references[model, "validation"] for kind, model in SETTINGS.items()
    }
    return {
        "$schema": DIALECT,
        "title": "Landline stack file",
        "description": "One stack: stacks/Pulumi.<stack>.yaml",
        "type": "object",
        "additionalProperties": False,
        "required": ["config"],
        "properties": {
            "config": {
                "description": "The stack's configuration: its Region and one landline:<kind>",
                "type": "object",
                "additionalProperties": False,
                "required": ["aws:region"],
                "oneOf": [{"required": [key]} for key in settings],
                "properties": {
                    "aws:region": {
                        "description": "The Region's code.",
                        "type": "string",
                        "pattern": f"^{REGION_CODE.pattern}$",
                        "examples": ["eu-west-1"],
                    },
                    **settings,
                },
                "patternProperties": {
                    "^(?!landline:)[^:]+:.+$": {"description": "Configuration of another Pulumi package."}
                },
            },
            "encryptedkey": {"description": "Pulumi's own.", "type": "string"},
            "encryptionsalt": {"description": "Pulumi's own.", "type": "string"},
            "environment": {"description": "Pulumi's own: environments to take configuration from."},
            "secretsprovider": {"description": "Pulumi's own.", "type": "string"},
        },
        "$defs": _tidied(definitions["$defs"]),
    }


def _tidied(node: Any) -> Any:  # noqa: ANN401 - JSON
    """Descriptions on one line, and no key that a mapping's pattern for keys does not allow."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidied = {key: _tidied(value) for key, value in node.items()}
    if isinstance(tidied.get("description"), str):
        tidied["description"] = " ".join(tidied["description"].split())
    if "patternProperties" in tidied:
        tidied["additionalProperties"] = False
    return tidied


def schema_text() -> str:
    """`json_schema` as `stacks/schema.json` holds it."""
    return json.dumps(json_schema(), indent=2) + "\n"
