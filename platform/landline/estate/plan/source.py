"""What a plan is read from: `pulumi preview --json`, the Automation API's events, an exported state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.errors import UsageError
from landline.estate.plan.resource import Change, Resource, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pulumi.automation.events import EngineEvent

HOW = "make one with `pulumi preview --json --show-sames`, or a state with `pulumi stack export`"

MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What comes of reading a document that is not in the shape that its writer gives it."""

CHANGES: dict[str, tuple[Change, ...]] = {
    "create": ("create",),
    "create-replacement": ("create",),
    "replace": ("delete", "create"),
    "import": ("same",),
    "import-replacement": ("same",),
    "update": ("update",),
    "same": ("same",),
    "refresh": ("same",),
    "delete": ("delete",),
    "delete-replaced": ("delete",),
    "read": (),
    "read-replacement": (),
    "discard": (),
    "discard-replaced": (),
    "read-discard": (),
    "remove-pending-replace": (),
}
"""An engine operation → what becomes of the resource. What is only read is somebody else's."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Resources of one or more stacks and what is to become of each."""

    resources: tuple[Resource, ...]
    recorded: bool = False
    """Whether this is a recorded state: all of it exists, and nothing is planned."""
    interrupted: tuple[str, ...] = ()
    """Operations that a recorded state does not know the end of."""


def read_plan(data: bytes, name: str = "the plan") -> Plan:
    """Read a preview or an exported state; which it is the document itself says.

    Raises `UsageError`, with the command that makes one, for anything else.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        what = "empty" if not data.strip() else f"no JSON ({error})"
        raise UsageError(f"{name}: is {what}; {HOW}") from error
    try:
        match document:
            case {"diagnostics": [*said]} if errors := [o for o in said if o.get("severity") == "error"]:
                why = str(errors[0]["message"]).strip()
                raise UsageError(f"{name}: the preview failed: {why}; mend that first")
            case {"steps": [*steps]}:
                return _merged(_step(step) for step in steps)
            case {"deployment": {"manifest": _} as deployment}:
                return _state(deployment)
            case {"changeSummary": {}}:
                return Plan(())
    except MISSHAPEN as error:
        raise UsageError(f"{name}: is not as Pulumi writes it ({error!r}); {HOW}") from error
    raise UsageError(f"{name}: is neither a preview nor a state; {HOW}")


def plan_of_events(events: Iterable[EngineEvent]) -> Plan:
    """Read the events of an Automation API preview.

    They do not say which resource an unknown value comes from, so that ids of new resources stay unknown;
    `read_plan` of the same preview with ``--json`` resolves them.
    """
    return _merged(
        _step(
            {
                "op": getattr(data.op, "value", data.op),
                "urn": data.urn,
                "provider": data.provider,
                "oldState": _event_state(data.old),
                "newState": _event_state(data.new),
            }
        )
        for event in events
        if event.resource_pre_event is not None
        for data in (event.resource_pre_event.metadata,)
    )


def _event_state(state: Any) -> dict[str, Any] | None:  # noqa: ANN401 - the SDK's, without types
    if state is None:
        return None
    return {
        "type": state.type,
        "id": state.id,
        "provider": state.provider,
        "custom": state.custom is not False and state.type != "pulumi:pulumi:Stack",
        "inputs": state.inputs or {},
        "outputs": state.outputs or {},
        "retainOnDelete": state.retain_on_delete,
    }


def _step(step: Mapping[str, Any]) -> Iterator[Resource]:
    operation, old, new = step["op"], step.get("oldState"), step.get("newState")
    if operation not in CHANGES:
        raise ValueError(f"operation {operation!r} of {step['urn']}")
    for change in CHANGES[operation]:
        if change == "delete":
            # What stays in AWS is no longer Pulumi's, and still there.
            if old and not old.get("retainOnDelete"):
                yield _resource(step["urn"], change, old, None)
        else:
            yield _resource(step["urn"], change, new or old or {}, old)


def _state(deployment: Mapping[str, Any]) -> Plan:
    """What is recorded; also what waits to be deleted, which is still there."""
    return Plan(
        tuple(_recorded(state) for state in deployment.get("resources") or ()),
        recorded=True,
        interrupted=tuple(
            f"{pending['type']} {pending['resource']['urn']}"
            for pending in deployment.get("pending_operations") or ()
        ),
    )


def _recorded(state: Mapping[str, Any]) -> Resource:
    return _resource(state["urn"], "same", state, state)


def _resource(urn: str, change: Change, state: Mapping[str, Any], old: Mapping[str, Any] | None) -> Resource:
    provider, dependencies = state.get("provider"), state.get("propertyDependencies") or {}
    inputs, outputs = state.get("inputs"), _outputs(change, state, old or {})
    texts = (urn, state["type"], provider or "")
    if urn.count("::") < 3 or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{urn}: no URN, type or provider")
    if not all(isinstance(part, dict) for part in (inputs or {}, outputs or {}, dependencies)):
        raise ValueError(f"{urn}: inputs, outputs or dependencies are no object")
    return Resource(
        urn=urn,
        type=state["type"],
        change=change,
        id=(state.get("id") or (old or {}).get("id") or None) if change != "create" else None,
        provider=provider.rsplit("::", 1)[0] if provider else None,
        inputs=plain(inputs or {}),
        outputs=plain(outputs or {}),
        dependencies={name: tuple(str(one) for one in urns) for name, urns in dependencies.items() if urns},
        old=plain((old or {}).get("inputs") or {}),
        custom=state.get("custom", True),
        position=(state.get("sourcePosition") or "").removeprefix("project:///") or None,
    )


def _outputs(change: Change, state: Mapping[str, Any], old: Mapping[str, Any]) -> Any:  # noqa: ANN401 - unread
    """What is told of a resource's outputs: a preview has those of the old state alone.

    An update may change any of them but ids: what AWS made along with a resource stays.
    """
    told = old.get("outputs") or {}
    if change == "update":
        told = {name: value for name, value in told.items() if name.endswith("Id")}
    elif change != "same":
        return state.get("outputs")
    new = state.get("outputs") or {}
    return {**told, **new}


def _merged(steps: Iterable[Iterator[Resource]]) -> Plan:
    """Replacing comes in several steps that say the same: each change of a URN counts once."""
    found: dict[tuple[str, str], Resource] = {}
    for step in steps:
        for resource in step:
            found.setdefault((resource.urn, resource.change), resource)
    return Plan(tuple(found.values()))
