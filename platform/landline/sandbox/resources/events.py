"""EventBridge: buses, rules and targets."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    made,
    nothing_to_update,
    now,
    retag,
    tag_list,
    tag_map,
    tags_argument,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _retag(place: Place, arn: str, old: Properties, new: Properties) -> None:
    events = place.client("events")
    retag(
        old,
        new,
        untag=lambda keys: events.untag_resource(ResourceARN=arn, TagKeys=keys),
        tag=lambda: events.tag_resource(ResourceARN=arn, Tags=tag_list(new)),
    )


def _tags(place: Place, arn: str) -> dict[str, str]:
    return tag_map(place.client("events").list_tags_for_resource(ResourceARN=arn)["Tags"])


def _create_bus(place: Place, properties: Properties) -> Made:
    place.client("events").create_event_bus(
        Name=properties["name"],
        **tags_argument(properties),
        **arguments(properties, {"description": "Description", "kmsKeyIdentifier": "KmsKeyIdentifier"}),
    )
    return made(place, properties["name"], properties, _read_bus)


def _read_bus(place: Place, name: str, known: Properties) -> Properties | None:
    events = place.client("events")
    bus = found(lambda: events.describe_event_bus(Name=name))
    if bus is None:
        return None
    return {**known, "id": name, "name": name, "arn": bus["Arn"], "tagsAll": _tags(place, bus["Arn"])}


def _update_bus(place: Place, name: str, old: Properties, new: Properties) -> Properties:
    _retag(place, now(place, name, new, _read_bus)["arn"], old, new)
    return now(place, name, new, _read_bus)


def _delete_bus(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("events").delete_event_bus(Name=name)


def _bus(properties: Properties) -> str:
    return properties.get("eventBusName") or "default"


def _put_rule(place: Place, properties: Properties, *, first: bool) -> None:
    place.client("events").put_rule(
        Name=properties["name"],
        EventBusName=_bus(properties),
        **arguments(
            properties,
            {
                "eventPattern": "EventPattern",
                "scheduleExpression": "ScheduleExpression",
                "description": "Description",
                "roleArn": "RoleArn",
                "state": "State",
            },
        ),
        # PutRule takes tags at creation only.
        **({"Tags": tag_list(properties)} if first else {}),
    )


def _create_rule(place: Place, properties: Properties) -> Made:
    _put_rule(place, properties, first=True)
    return made(place, f"{_bus(properties)}/{properties['name']}", properties, _read_rule)


def _read_rule(place: Place, rule_id: str, known: Properties) -> Properties | None:
    events = place.client("events")
    bus, _, name = rule_id.rpartition("/")
    rule = found(lambda: events.describe_rule(Name=name, EventBusName=bus))
    if rule is None:
        return None
    return {
        **known,
        "id": rule_id,
        "name": name,
        "arn": rule["Arn"],
        "eventBusName": bus,
        "state": rule.get("State", "ENABLED"),
        "tagsAll": _tags(place, rule["Arn"]),
    }


def _update_rule(place: Place, rule_id: str, old: Properties, new: Properties) -> Properties:
    _put_rule(place, new, first=False)
    _retag(place, now(place, rule_id, new, _read_rule)["arn"], old, new)
    return now(place, rule_id, new, _read_rule)


def _delete_rule(place: Place, rule_id: str, outputs: Properties) -> None:  # noqa: ARG001
    bus, _, name = rule_id.rpartition("/")
    with forgiving_absence():
        place.client("events").delete_rule(Name=name, EventBusName=bus)


def _target_id(properties: Properties) -> str:
    given = properties.get("targetId")
    return str(given or f"terraform-{sha256(properties['arn'].encode()).hexdigest()[:20]}")


def _create_target(place: Place, properties: Properties) -> Made:
    target = {
        "Id": _target_id(properties),
        **arguments(
            properties, {"arn": "Arn", "roleArn": "RoleArn", "input": "Input", "inputPath": "InputPath"}
        ),
    }
    answer = place.client("events").put_targets(
        Rule=properties["rule"], EventBusName=_bus(properties), Targets=[target]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(str(answer["FailedEntries"]))
    return made(place, f"{_bus(properties)}-{properties['rule']}-{target['Id']}", properties, _read_target)


def _read_target(place: Place, resource_id: str, known: Properties) -> Properties | None:
    events = place.client("events")
    answer = found(lambda: events.list_targets_by_rule(Rule=known["rule"], EventBusName=_bus(known)))
    for target in (answer or {}).get("Targets", ()):
        if target["Id"] == _target_id(known):
            return {**known, "id": resource_id, "targetId": target["Id"]}
    return None


def _delete_target(place: Place, resource_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("events").remove_targets(
            Rule=outputs["rule"], EventBusName=_bus(outputs), Ids=[_target_id(outputs)]
        )


_TARGET = frozenset({"eventBusName", "rule", "arn", "targetId", "roleArn", "input", "inputPath"})

TYPES = (
    ResourceType(
        token="aws:cloudwatch/eventBus:EventBus",  # noqa: S106 - a Pulumi type token
        create=_create_bus,
        read=_read_bus,
        update=_update_bus,
        delete=_delete_bus,
        # The provider changes description and key in place; moto cannot, so the sandbox replaces.
        replace_on=frozenset({"name", "description", "kmsKeyIdentifier"}),
        inputs=frozenset({"name", "description", "kmsKeyIdentifier", "tags"}),
        autoname=AutoName(max_length=256),
    ),
    ResourceType(
        token="aws:cloudwatch/eventRule:EventRule",  # noqa: S106
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
        replace_on=frozenset({"name", "eventBusName"}),
        inputs=frozenset(
            {
                "name",
                "eventBusName",
                "eventPattern",
                "scheduleExpression",
                "description",
                "roleArn",
                "state",
                "tags",
            }
        ),
        autoname=AutoName(max_length=64),
    ),
    ResourceType(
        token="aws:cloudwatch/eventTarget:EventTarget",  # noqa: S106
        create=_create_target,
        read=_read_target,
        update=nothing_to_update,
        delete=_delete_target,
        replace_on=_TARGET,
        inputs=_TARGET,
    ),
)
"""The rows of this noun family."""
