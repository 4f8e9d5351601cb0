"""The whole resource table, and what both doors do with a resource's inputs before a row sees them."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from landline.errors import UsageError
from landline.sandbox.resources import (
    account_floor,
    alarm,
    cloudtrail,
    connection_notification,
    dashboard,
    delegated_administration,
    dns_firewall,
    ecs,
    endpoint,
    endpoint_service,
    events,
    firehose,
    flow_log,
    iam,
    kms,
    load_balancer,
    logs,
    network_acl,
    parameter_store,
    prefix_list,
    query_log,
    route53,
    route_table,
    s3,
    secrets_manager,
    security_group,
    sns,
    vpc,
)
from landline.sandbox.resources.data_sources import INVOKES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.sandbox.resource_type import Properties, ResourceType

_DIGITS = 7
"""Hexadecimal digits that Pulumi's automatic names end in."""

__all__ = ["INVOKES", "RESOURCE_TYPES", "named", "row_of", "unsupported"]

_FAMILIES = (
    account_floor,
    alarm,
    cloudtrail,
    connection_notification,
    dashboard,
    delegated_administration,
    dns_firewall,
    ecs,
    endpoint,
    endpoint_service,
    events,
    firehose,
    flow_log,
    iam,
    kms,
    load_balancer,
    logs,
    network_acl,
    parameter_store,
    prefix_list,
    query_log,
    route53,
    route_table,
    s3,
    secrets_manager,
    security_group,
    sns,
    vpc,
)

RESOURCE_TYPES: Mapping[str, ResourceType] = {row.token: row for family in _FAMILIES for row in family.TYPES}
"""Pulumi type token → row."""


def row_of(token: str) -> ResourceType:
    """The row of a type; UsageError that names the type when the sandbox has none."""
    row = RESOURCE_TYPES.get(token)
    if row is None:
        message = (
            f"the sandbox has no resource type {token}. Add its row to landline.sandbox.resources, "
            "or leave it out of the sandbox's stacks."
        )
        raise UsageError(message)
    return row


def unsupported(row: ResourceType, inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Inputs that the row does not understand, in order; ``tagsAll`` is the doors' own."""
    given = {name for name, value in inputs.items() if value is not None}
    return tuple(sorted(given - row.inputs - {"tagsAll"}))


def named(
    row: ResourceType,
    urn: str,
    inputs: Properties,
    old: Mapping[str, Any] | None = None,
    *,
    salt: str = "",
) -> Properties:
    """The inputs with a name made up where the program gave none, as the provider's Check does.

    The name is the logical name and seven hexadecimal digits that follow from the URN and `salt`. A
    resource keeps the name it has (`old`: its checked inputs), so that a second run changes nothing; one
    that is replaced gets another through another salt, so that the new one can stand beside the old.
    """
    if row.autoname is None or inputs.get(row.autoname.property):
        return inputs
    rule = row.autoname
    logical = urn.rsplit("::", 1)[-1]
    # S3 and ELB take letters, digits and hyphens only.
    plain = re.sub(r"[^A-Za-z0-9-]", "-", logical)
    if rule.property == "bucket":
        plain = plain.lower()
    room = rule.max_length - len(rule.prefix) - _DIGITS - 1
    stem = f"{rule.prefix}{plain[:room].rstrip('-')}-"
    kept = str((old or {}).get(rule.property) or "")
    if re.fullmatch(re.escape(stem) + f"[0-9a-f]{{{_DIGITS}}}", kept):
        return {**inputs, rule.property: kept}
    return {**inputs, rule.property: stem + sha256((urn + salt).encode()).hexdigest()[:_DIGITS]}
