"""Security groups and their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.estate.plan.draft import Draft, Item, Place, tags
from landline.estate.plan.reference import DEFAULT_SECURITY_GROUP, SECURITY_GROUP
from landline.estate.plan.resource import UNKNOWN
from landline.estate.plan.translation import Translation, dropped, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.estate.plan.resource import Resource

DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
_RANGES = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")


def _permission(draft: Draft, resource: Resource, values: Mapping[str, Any], within: str | None) -> Item:
    """A permission from a rule of any shape: inside a group, SecurityGroupRule, or one rule, one source."""
    protocol = values.get("ipProtocol") or values.get("protocol") or "-1"
    permission: Item = {"IpProtocol": "-1" if protocol == "all" else protocol}
    for theirs, ours in (("fromPort", "FromPort"), ("toPort", "ToPort")):
        if values.get(theirs) == UNKNOWN:
            draft.unknown(resource, within or theirs)
        elif values.get(theirs) is not None and permission["IpProtocol"] != "-1":
            permission[ours] = int(values[theirs])
    if protocol == UNKNOWN:
        draft.unknown(resource, within or "protocol")
        permission["IpProtocol"] = "-1"
    for names, ours, field in (
        (("cidrBlocks", "cidrIpv4"), "IpRanges", "CidrIp"),
        (("ipv6CidrBlocks", "cidrIpv6"), "Ipv6Ranges", "CidrIpv6"),
    ):
        permission[ours] = [{field: block} for block in _texts(draft, resource, values, names, within)]
    permission["PrefixListIds"] = [
        {"PrefixListId": name}
        for theirs in ("prefixListIds", "prefixListId")
        for name in draft.references(resource, theirs, values.get(theirs), within or theirs)
    ]
    groups = [
        name.rsplit("/", 1)[-1]
        for theirs in ("securityGroups", "sourceSecurityGroupId", "referencedSecurityGroupId")
        for name in draft.references(resource, theirs, values.get(theirs), within or theirs)
    ]
    if values.get("self") is True:
        groups.append(
            draft.identity(resource) if within else draft.reference(resource, "securityGroupId") or "?"
        )
    permission["UserIdGroupPairs"] = [{"GroupId": name} for name in groups]
    return permission


def _texts(
    draft: Draft, resource: Resource, values: Mapping[str, Any], names: tuple[str, ...], within: str | None
) -> list[str]:
    found: list[str] = []
    for name in names:
        value = values.get(name)
        listed = value if isinstance(value, list) else [value] if value else []
        if UNKNOWN in listed:
            draft.unknown(resource, within or name)
        found += [item for item in listed if item and item != UNKNOWN]
    return found


def _inline(draft: Draft, resource: Resource, group: Item) -> None:
    for name, key in DIRECTIONS.items():
        rules = resource.inputs.get(name)
        if rules is None or not resource.changes(name):
            continue
        group[key] = []
        if rules == UNKNOWN or UNKNOWN in rules:
            draft.unknown(resource, name)
            rules = [] if rules == UNKNOWN else [rule for rule in rules if rule != UNKNOWN]
        group[key] += [_permission(draft, resource, rule, name) for rule in rules]


def _group(draft: Draft, resource: Resource, place: Place) -> None:
    """A group made through Pulumi has no egress rule but those given (pulumi_aws, SecurityGroup)."""
    name = draft.identity(resource)
    item = draft.find("SecurityGroups", "GroupId", name)
    if item is None:
        vpc = draft.required(resource, "vpcId")
        item = draft.add(
            place,
            "SecurityGroups",
            {
                "GroupId": name,
                "GroupName": resource.known("name") or resource.name,
                "OwnerId": place.account,
                "IpPermissions": [],
                "IpPermissionsEgress": [],
            },
        )
        if vpc is not None:
            item["VpcId"] = vpc
    item["Tags"] = tags(resource)
    _inline(draft, resource, item)


def _default_group(draft: Draft, resource: Resource, place: Place) -> None:
    """Taking over a VPC's default group removes its rules (pulumi_aws, DefaultSecurityGroup)."""
    item = draft.find("SecurityGroups", "GroupId", draft.identity(resource))
    if item is None:
        draft.note(f"{resource}: the security group that it takes over is in no document")
        return
    item["Tags"] = tags(resource)
    if resource.change == "create":
        item["IpPermissions"], item["IpPermissionsEgress"] = [], []
    _inline(draft, resource, item)


def _direction(resource: Resource) -> str | None:
    noun = resource.noun
    if noun == "SecurityGroupRule":
        return DIRECTIONS.get(str(resource.known("type")))
    return DIRECTIONS["egress" if "Egress" in noun else "ingress"]


def _rule(draft: Draft, resource: Resource, place: Place) -> None:
    group = draft.find("SecurityGroups", "GroupId", draft.required(resource, "securityGroupId"))
    key = _direction(resource)
    if group is None or key is None:
        draft.note(f"{resource}: its security group is in no document, or its direction unknown")
        return
    if resource.change == "update":
        _take_out(draft, group, key, resource, resource.old)
    group.setdefault(key, []).append(_permission(draft, resource, resource.inputs, None))


def _without_rule(draft: Draft, resource: Resource, place: Place) -> None:
    group = draft.find("SecurityGroups", "GroupId", resource.known("securityGroupId"))
    key = _direction(resource)
    if group is not None and key is not None:
        _take_out(draft, group, key, resource, resource.inputs)


def _take_out(draft: Draft, group: Item, key: str, resource: Resource, values: Mapping[str, Any]) -> None:
    """Remove what a rule allowed. AWS shows rules of one protocol and ports as one permission."""
    gone = _permission(draft, resource, values, None)
    for permission in group.get(key, ()):
        alike = all(
            str(permission.get(name, "")) == str(gone.get(name, ""))
            for name in ("IpProtocol", "FromPort", "ToPort")
        )
        for ranges in _RANGES if alike else ():
            rest = [
                one
                for one in permission.get(ranges, ())
                if not any(mine.items() <= one.items() for mine in gone[ranges])
            ]
            permission[ranges] = rest


_RULES = (
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)

TYPES = (
    Translation(SECURITY_GROUP, _group, dropped("SecurityGroups", "GroupId")),
    Translation(DEFAULT_SECURITY_GROUP, _default_group, kept),
    *(Translation(token, _rule, _without_rule) for token in _RULES),
)
"""Rows for security groups."""
