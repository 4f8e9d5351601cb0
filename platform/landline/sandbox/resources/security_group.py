"""Security groups, their rules one resource each, and the adoption of a VPC's default group."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    made,
    nothing_to_delete,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _strip(place: Place, group: dict[str, Any]) -> None:
    """Removes all rules of the group, which is as AWS describes it."""
    ec2, group_id = place.client("ec2"), group["GroupId"]
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=group["IpPermissionsEgress"])


def _create_group(place: Place, properties: Properties) -> Made:
    ec2 = place.client("ec2")
    group_id = ec2.create_security_group(
        GroupName=properties["name"],
        Description=properties.get("description") or "Managed by Pulumi",
        VpcId=properties["vpcId"],
        TagSpecifications=tag_specifications("security-group", properties),
    )["GroupId"]
    group = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    # The provider removes the allow-all egress rule that AWS gives a new group.
    _strip(place, group)
    return Made(group_id, _group_outputs(place, group, properties))


def _read_group(place: Place, group_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    group = found(lambda: ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0])
    return None if group is None else _group_outputs(place, group, known)


def _group_outputs(place: Place, group: dict[str, Any], known: Properties) -> Properties:
    group_id = group["GroupId"]
    return {
        **known,
        "id": group_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:security-group/{group_id}",
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group["VpcId"],
        "ownerId": group["OwnerId"],
        "tagsAll": tag_map(group.get("Tags", [])),
    }


def _update_group(place: Place, group_id: str, old: Properties, new: Properties) -> Properties:
    retag_ec2(place, group_id, old, new)
    return now(place, group_id, new, _read_group)


def _delete_group(place: Place, group_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ec2").delete_security_group(GroupId=group_id)


def _adopt_group(place: Place, properties: Properties) -> Made:
    chosen = [
        {"Name": "vpc-id", "Values": [properties["vpcId"]]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    group = place.client("ec2").describe_security_groups(Filters=chosen)["SecurityGroups"][0]
    group_id = group["GroupId"]
    # Adoption removes every rule that the program does not declare (provider documentation,
    # DefaultSecurityGroup).
    _strip(place, group)
    retag_ec2(place, group_id, {}, properties)
    return made(place, group_id, properties, _read_group)


def _permission(properties: Properties) -> dict[str, Any]:
    """The rule as AuthorizeSecurityGroupIngress and -Egress take it."""
    described = arguments(properties, {"description": "Description"})
    sources = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    given = [name for name in sources if properties.get(name)]
    if len(given) != 1:
        named = ", ".join(given) or "none"
        message = f"a security group rule needs exactly one of {', '.join(sources)}; given: {named}"
        raise ValueError(message)
    member, key = sources[given[0]]
    return {
        "IpProtocol": str(properties["ipProtocol"]),
        **arguments(properties, {"fromPort": "FromPort", "toPort": "ToPort"}),
        member: [{key: properties[given[0]], **described}],
    }


def _create_rule(egress: bool, place: Place, properties: Properties) -> Made:  # noqa: FBT001 - bound once, below
    ec2 = place.client("ec2")
    authorize = ec2.authorize_security_group_egress if egress else ec2.authorize_security_group_ingress
    [rule] = authorize(
        GroupId=properties["securityGroupId"],
        IpPermissions=[_permission(properties)],
        TagSpecifications=tag_specifications("security-group-rule", properties),
    )["SecurityGroupRules"]
    return Made(rule["SecurityGroupRuleId"], _rule_outputs(place, rule, properties))


def _read_rule(place: Place, rule_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    filters = [{"Name": "group-id", "Values": [known["securityGroupId"]]}]
    described = found(lambda: ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"])
    rule = next((r for r in described or () if r["SecurityGroupRuleId"] == rule_id), None)
    return None if rule is None else _rule_outputs(place, rule, known)


def _rule_outputs(place: Place, rule: dict[str, Any], known: Properties) -> Properties:
    rule_id = rule["SecurityGroupRuleId"]
    return {
        **known,
        "id": rule_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:security-group-rule/{rule_id}",
        "securityGroupRuleId": rule_id,
        "securityGroupId": rule["GroupId"],
        "ipProtocol": rule["IpProtocol"],
        "tagsAll": tag_map(rule.get("Tags", [])),
    }


def _update_rule(place: Place, rule_id: str, old: Properties, new: Properties) -> Properties:
    retag_ec2(place, rule_id, old, new)
    return now(place, rule_id, new, _read_rule)


def _delete_rule(egress: bool, place: Place, rule_id: str, outputs: Properties) -> None:  # noqa: FBT001
    ec2 = place.client("ec2")
    revoke = ec2.revoke_security_group_egress if egress else ec2.revoke_security_group_ingress
    with forgiving_absence():
        revoke(GroupId=outputs["securityGroupId"], SecurityGroupRuleIds=[rule_id])


_RULE_INPUTS = frozenset(
    {
        "securityGroupId",
        "ipProtocol",
        "fromPort",
        "toPort",
        "cidrIpv4",
        "cidrIpv6",
        "prefixListId",
        "referencedSecurityGroupId",
        "description",
        "tags",
    }
)


def _rule(token: str, *, egress: bool) -> ResourceType:
    return ResourceType(
        token=token,
        create=partial(_create_rule, egress),
        read=_read_rule,
        update=_update_rule,
        delete=partial(_delete_rule, egress),
        # The provider modifies a rule in place; the sandbox replaces it, which leaves the same rules.
        replace_on=_RULE_INPUTS - {"tags"},
        inputs=_RULE_INPUTS,
    )


TYPES = (
    ResourceType(
        token="aws:ec2/securityGroup:SecurityGroup",  # noqa: S106 - a Pulumi type token
        create=_create_group,
        read=_read_group,
        update=_update_group,
        delete=_delete_group,
        replace_on=frozenset({"vpcId", "name", "description"}),
        inputs=frozenset({"vpcId", "name", "description", "tags"}),
        autoname=AutoName(max_length=255),
    ),
    ResourceType(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",  # noqa: S106
        create=_adopt_group,
        read=_read_group,
        update=_update_group,
        delete=nothing_to_delete,
        replace_on=frozenset({"vpcId"}),
        inputs=frozenset({"vpcId", "tags"}),
    ),
    _rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", egress=False),
    _rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", egress=True),
)
"""The rows of this noun family."""
