"""A policy with one restriction less, or one permission less: what a list of requests must notice."""

import copy
import json
from collections.abc import Iterator
from typing import Any


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Every such policy, after what was done to it.

    A statement, an action, a resource, a condition's key or one of its values is taken away; actions become
    all of their service, and resources all there are.
    """
    policy = json.loads(text)
    for at, statement in enumerate(policy["Statement"]):
        for what, changed in _changed(statement):
            mutant = copy.deepcopy(policy)
            mutant["Statement"][at : at + 1] = [] if changed is None else [changed]
            if mutant["Statement"]:
                yield f"{statement['Sid']}: {what}", json.dumps(mutant)


def _changed(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    yield "removed", None
    for element in ("Action", "Resource"):
        values = _list(statement[element])
        for value in values if len(values) > 1 else ():
            yield f"without {value}", {**statement, element: [one for one in values if one != value]}
    actions = _list(statement["Action"])
    whole = sorted({f"{action.split(':')[0]}:*" for action in actions if action != "*"})
    if whole and whole != actions:
        yield "every action", {**statement, "Action": whole}
    if _list(statement["Resource"]) != ["*"]:
        yield "every resource", {**statement, "Resource": "*"}
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            without = copy.deepcopy(statement)
            del without["Condition"][operator][key]
            yield (
                f"without {operator} {key}",
                without if without["Condition"][operator] else _bare(without, operator),
            )
            for one in _list(value) if len(_list(value)) > 1 else ():
                less = copy.deepcopy(statement)
                less["Condition"][operator][key] = [other for other in value if other != one]
                yield f"without {operator} {key} {one}", less


def _bare(statement: dict[str, Any], operator: str) -> dict[str, Any]:
    del statement["Condition"][operator]
    if not statement["Condition"]:
        del statement["Condition"]
    return statement


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
