"""Network ACLs, and the adoption of a VPC's default one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    in_known_order,
    made,
    nothing_to_delete,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_IMPLIED_RULE = 32767
"""The last entry of every network ACL, which denies and cannot be removed."""
_PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}


def _set_entries(place: Place, acl: dict[str, Any], properties: Properties) -> None:
    """Makes the ACL's entries exactly the declared ones; `acl` is as AWS describes it."""
    ec2, acl_id = place.client("ec2"), acl["NetworkAclId"]
    for entry in acl["Entries"]:
        if entry["RuleNumber"] < _IMPLIED_RULE:
            ec2.delete_network_acl_entry(
                NetworkAclId=acl_id, RuleNumber=entry["RuleNumber"], Egress=entry["Egress"]
            )
    for name, egress in (("ingress", False), ("egress", True)):
        for rule in properties.get(name) or []:
            ec2.create_network_acl_entry(NetworkAclId=acl_id, Egress=egress, **_entry(rule))


def _entry(rule: Properties) -> dict[str, Any]:
    protocol = str(rule["protocol"])
    number = _PROTOCOLS.get(protocol, protocol)
    entry: dict[str, Any] = {
        "RuleNumber": rule["ruleNo"],
        "RuleAction": rule["action"],
        "Protocol": number,
        **arguments(rule, {"cidrBlock": "CidrBlock", "ipv6CidrBlock": "Ipv6CidrBlock"}),
    }
    if number in {"6", "17"}:
        entry["PortRange"] = {"From": rule["fromPort"], "To": rule["toPort"]}
    if number == "1":
        entry["IcmpTypeCode"] = {"Type": rule.get("icmpType", -1), "Code": rule.get("icmpCode", -1)}
    return entry


def _described(place: Place, acl_id: str) -> dict[str, Any]:
    acl: dict[str, Any] = place.client("ec2").describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"][0]
    return acl


def _associate(place: Place, acl: dict[str, Any], subnets: set[str]) -> None:
    """Moves exactly these subnets to the ACL; one that leaves goes back to the VPC's default."""
    ec2, acl_id = place.client("ec2"), acl["NetworkAclId"]
    filters = [{"Name": "vpc-id", "Values": [acl["VpcId"]]}]
    acls = ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    default = next(each["NetworkAclId"] for each in acls if each["IsDefault"])
    for each in acls:
        for association in each["Associations"]:
            joins = association["SubnetId"] in subnets and each["NetworkAclId"] != acl_id
            leaves = association["SubnetId"] not in subnets and each["NetworkAclId"] == acl_id
            if joins or leaves:
                ec2.replace_network_acl_association(
                    AssociationId=association["NetworkAclAssociationId"],
                    NetworkAclId=acl_id if joins else default,
                )


def _create(place: Place, properties: Properties) -> Made:
    acl = place.client("ec2").create_network_acl(
        VpcId=properties["vpcId"], TagSpecifications=tag_specifications("network-acl", properties)
    )["NetworkAcl"]
    _set_entries(place, acl, properties)
    _associate(place, acl, set(properties.get("subnetIds") or []))
    return made(place, acl["NetworkAclId"], properties, _read)


def _read(place: Place, acl_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    acl = found(lambda: ec2.describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"][0])
    if acl is None:
        return None
    return {
        **known,
        "id": acl_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:network-acl/{acl_id}",
        "vpcId": acl["VpcId"],
        "subnetIds": in_known_order(
            known.get("subnetIds"), [association["SubnetId"] for association in acl["Associations"]]
        ),
        "ownerId": acl["OwnerId"],
        "tagsAll": tag_map(acl.get("Tags", [])),
    }


def _update(place: Place, acl_id: str, old: Properties, new: Properties) -> Properties:
    acl = _described(place, acl_id)
    _set_entries(place, acl, new)
    if "subnetIds" in new:
        _associate(place, acl, set(new["subnetIds"] or []))
    retag_ec2(place, acl_id, old, new)
    return now(place, acl_id, new, _read)


def _delete(place: Place, acl_id: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        _associate(place, _described(place, acl_id), set())
        place.client("ec2").delete_network_acl(NetworkAclId=acl_id)


def _adopt(place: Place, properties: Properties) -> Made:
    acl_id = properties["defaultNetworkAclId"]
    # Adoption removes every entry that the program does not declare (provider documentation,
    # DefaultNetworkAcl).
    _set_entries(place, _described(place, acl_id), properties)
    retag_ec2(place, acl_id, {}, properties)
    return made(place, acl_id, properties, _read)


TYPES = (
    ResourceType(
        token="aws:ec2/networkAcl:NetworkAcl",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"vpcId"}),
        inputs=frozenset({"vpcId", "subnetIds", "ingress", "egress", "tags"}),
    ),
    ResourceType(
        token="aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",  # noqa: S106
        create=_adopt,
        read=_read,
        update=_update,
        delete=nothing_to_delete,
        replace_on=frozenset({"defaultNetworkAclId"}),
        inputs=frozenset({"defaultNetworkAclId", "ingress", "egress", "tags"}),
    ),
)
"""The rows of this noun family."""
