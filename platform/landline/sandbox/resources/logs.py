"""CloudWatch Logs: log groups and resource policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    all_tags,
    arguments,
    changed,
    forgiving_absence,
    made,
    now,
    retag,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _create_group(place: Place, properties: Properties) -> Made:
    logs, name = place.client("logs"), properties["name"]
    logs.create_log_group(
        logGroupName=name, tags=all_tags(properties), **arguments(properties, {"kmsKeyId": "kmsKeyId"})
    )
    if properties.get("retentionInDays"):
        _retain(place, name, properties)
    own = {
        "id": name,
        "arn": f"arn:aws:logs:{place.region}:{place.account}:log-group:{name}",
        "retentionInDays": properties.get("retentionInDays") or 0,
        "kmsKeyId": properties.get("kmsKeyId") or "",
        "tagsAll": all_tags(properties),
    }
    return Made(name, {**properties, **own})


def _retain(place: Place, name: str, properties: Properties) -> None:
    logs, days = place.client("logs"), properties.get("retentionInDays")
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=name)


def _read_group(place: Place, name: str, known: Properties) -> Properties | None:
    logs = place.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((g for g in groups if g["logGroupName"] == name), None)
    if group is None:
        return None
    arn = group["arn"].removesuffix(":*")
    return {
        **known,
        "id": name,
        "name": name,
        "arn": arn,
        "retentionInDays": group.get("retentionInDays", 0),
        "kmsKeyId": group.get("kmsKeyId", ""),
        "tagsAll": logs.list_tags_for_resource(resourceArn=arn).get("tags", {}),
    }


def _update_group(place: Place, name: str, old: Properties, new: Properties) -> Properties:
    logs = place.client("logs")
    if changed(old, new, "retentionInDays"):
        _retain(place, name, new)
    arn = now(place, name, new, _read_group)["arn"]
    retag(
        old,
        new,
        untag=lambda keys: logs.untag_resource(resourceArn=arn, tagKeys=keys),
        tag=lambda: logs.tag_resource(resourceArn=arn, tags=all_tags(new)),
    )
    return now(place, name, new, _read_group)


def _delete_group(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("logs").delete_log_group(logGroupName=name)


def _put_policy(place: Place, properties: Properties) -> None:
    place.client("logs").put_resource_policy(
        policyName=properties["policyName"], policyDocument=properties["policyDocument"]
    )


def _create_policy(place: Place, properties: Properties) -> Made:
    _put_policy(place, properties)
    return made(place, properties["policyName"], properties, _read_policy)


def _read_policy(place: Place, name: str, known: Properties) -> Properties | None:
    for policy in place.client("logs").describe_resource_policies()["resourcePolicies"]:
        if policy["policyName"] == name:
            return {
                **known,
                "id": name,
                "policyName": name,
                "policyDocument": policy["policyDocument"],
            }
    return None


def _update_policy(place: Place, name: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _put_policy(place, new)
    return now(place, name, new, _read_policy)


def _delete_policy(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("logs").delete_resource_policy(policyName=name)


TYPES = (
    ResourceType(
        token="aws:cloudwatch/logGroup:LogGroup",  # noqa: S106 - a Pulumi type token
        create=_create_group,
        read=_read_group,
        update=_update_group,
        delete=_delete_group,
        # The provider associates another key in place; moto cannot, so the sandbox replaces.
        replace_on=frozenset({"name", "kmsKeyId"}),
        inputs=frozenset({"name", "retentionInDays", "kmsKeyId", "tags"}),
        autoname=AutoName(max_length=512),
    ),
    ResourceType(
        token="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",  # noqa: S106
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
        replace_on=frozenset({"policyName"}),
        inputs=frozenset({"policyName", "policyDocument"}),
    ),
)
"""The rows of this noun family."""
