"""Saved queries of CloudWatch Logs Insights; moto has none."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time_millis
from moto.logs.responses import LogsResponse
from moto.moto_api._internal import mock_random

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState

Document = dict[str, Any]


def patches(state: WorldState) -> list[Patch]:
    """PutQueryDefinition, DescribeQueryDefinitions and DeleteQueryDefinition.

    A query's text is kept and not read. ResourceNotFoundException for an unknown definition ("Amazon
    CloudWatch Logs API Reference, PutQueryDefinition").
    """

    def put(kept: dict[str, Document], given: Document) -> Document:
        name = given.get("queryDefinitionId")
        if name is None:
            name = str(uuid.UUID(mock_random.get_random_hex(length=32)))
        else:
            _must_be_there(kept, name)
        members: Document = {
            key: given[key] for key in ("name", "queryString", "logGroupNames") if key in given
        }
        kept[name] = {"queryDefinitionId": name, **members, "lastModified": int(unix_time_millis())}
        return {"queryDefinitionId": name}

    def describe(kept: dict[str, Document], given: Document) -> Document:
        prefix = given.get("queryDefinitionNamePrefix", "")
        return {"queryDefinitions": [item for item in kept.values() if item["name"].startswith(prefix)]}

    def delete(kept: dict[str, Document], given: Document) -> Document:
        _must_be_there(kept, given["queryDefinitionId"])
        del kept[given["queryDefinitionId"]]
        return {"success": True}

    takes = {
        "put_query_definition": (
            put,
            {"name", "queryString", "queryDefinitionId", "logGroupNames", "clientToken"},
        ),
        "describe_query_definitions": (describe, {"queryDefinitionNamePrefix", "maxResults"}),
        "delete_query_definition": (delete, {"queryDefinitionId"}),
    }
    return [
        Patch(LogsResponse, name, _operation(state, name, answer, known), adds=True)
        for name, (answer, known) in takes.items()
    ]


def _operation(
    state: WorldState, name: str, answer: Callable[[dict[str, Document], Document], Document], known: set[str]
) -> Callable[[Any], str]:
    def operation(call: Any) -> str:  # noqa: ANN401 - moto's response object
        given = json.loads(call.body or "{}")
        if unknown := sorted(given.keys() - known):
            message = f"the sandbox's {name} does not model {', '.join(unknown)}"
            raise NotImplementedError(message)
        return json.dumps(
            answer(state.query_definitions.setdefault((call.current_account, call.region), {}), given)
        )

    operation.__name__ = name
    return operation


def _must_be_there(kept: dict[str, Document], name: str) -> None:
    if name not in kept:
        raise JsonRESTError("ResourceNotFoundException", f"The query definition {name!r} does not exist")
