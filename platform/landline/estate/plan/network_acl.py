"""Network ACLs, their entries, and the subnets that they guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.estate.plan.draft import Draft, Item, Place, tags
from landline.estate.plan.reference import DEFAULT_NETWORK_ACL, NETWORK_ACL
from landline.estate.plan.resource import has_unknown
from landline.estate.plan.translation import Translation, kept
from landline.estate.plan.vpc import associated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.estate.plan.resource import Resource

NUMBERS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
"""Names of protocols that Pulumi takes → as AWS shows them."""


def _entry(
    draft: Draft, resource: Resource, values: Mapping[str, Any], *, egress: bool, within: str | None
) -> Item:
    if has_unknown(dict(values) | {"networkAclId": None}):
        draft.unknown(resource, within or "its rule")
    protocol = NUMBERS.get(str(values.get("protocol", "-1")), str(values.get("protocol", "-1")))
    entry: Item = {
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": values.get("action") or values.get("ruleAction"),
        "RuleNumber": values.get("ruleNo", values.get("ruleNumber")),
    }
    for theirs, ours in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock")):
        if values.get(theirs):
            entry[ours] = values[theirs]
    if protocol in ("6", "17"):
        entry["PortRange"] = {"From": values.get("fromPort", 0), "To": values.get("toPort", 65535)}
    if protocol in ("1", "58"):
        entry["IcmpTypeCode"] = {"Type": values.get("icmpType", -1), "Code": values.get("icmpCode", -1)}
    return entry


def _refusal(*, egress: bool) -> Item:
    return {
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": "deny",
        "RuleNumber": 32767,
        "CidrBlock": "0.0.0.0/0",
    }


def _inline(draft: Draft, resource: Resource, acl: Item) -> None:
    for name, egress in (("ingress", False), ("egress", True)):
        rules = resource.inputs.get(name)
        if rules is None or not resource.changes(name):
            continue
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            draft.unknown(resource, name)
            continue
        acl["Entries"] = [
            entry for entry in acl["Entries"] if entry["Egress"] is not egress or entry["RuleNumber"] >= 32767
        ] + [_entry(draft, resource, rule, egress=egress, within=name) for rule in rules]


def _guard(draft: Draft, acl: Item, subnet: str) -> None:
    for other in associated(draft, "NetworkAcls", subnet):
        other["Associations"] = [part for part in other["Associations"] if part.get("SubnetId") != subnet]
    acl.setdefault("Associations", []).append({"NetworkAclId": acl["NetworkAclId"], "SubnetId": subnet})


def _guards(draft: Draft, resource: Resource, acl: Item) -> None:
    if resource.inputs.get("subnetIds") is None or not resource.changes("subnetIds"):
        return
    wanted = draft.references(resource, "subnetIds")
    for part in list(acl.get("Associations", ())):
        if part["SubnetId"] not in wanted:
            _release(draft, acl, part["SubnetId"])
    for subnet in wanted:
        _guard(draft, acl, subnet)


def _release(draft: Draft, acl: Item, subnet: str) -> None:
    """A subnet that an ACL no longer guards falls back to its VPC's default ACL."""
    name = draft.default_of("NetworkAcls", "NetworkAclId", acl.get("VpcId"))
    default = draft.find("NetworkAcls", "NetworkAclId", name)
    if default is not None:
        _guard(draft, default, subnet)


def _acl(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("NetworkAcls", "NetworkAclId", name)
    if item is None:
        vpc = draft.required(resource, "vpcId")
        if vpc is None:
            return
        item = draft.add(
            place,
            "NetworkAcls",
            {
                "NetworkAclId": name,
                "VpcId": vpc,
                "OwnerId": place.account,
                "IsDefault": False,
                "Entries": [_refusal(egress=True), _refusal(egress=False)],
                "Associations": [],
            },
        )
    item["Tags"] = tags(resource)
    _inline(draft, resource, item)
    _guards(draft, resource, item)


def _without_acl(draft: Draft, resource: Resource, place: Place) -> None:
    acl = draft.find("NetworkAcls", "NetworkAclId", resource.id)
    if acl is not None:
        for part in list(acl.get("Associations", ())):
            _release(draft, acl, part["SubnetId"])
        draft.drop("NetworkAcls", "NetworkAclId", resource.id)


def _default_acl(draft: Draft, resource: Resource, place: Place) -> None:
    """Taking over a VPC's default ACL removes its rules (pulumi_aws, DefaultNetworkAcl)."""
    acl = draft.find("NetworkAcls", "NetworkAclId", draft.identity(resource))
    if acl is None:
        draft.note(f"{resource}: the network ACL that it takes over is in no document")
        return
    acl["Tags"] = tags(resource)
    if resource.change == "create":
        acl["Entries"] = [_refusal(egress=True), _refusal(egress=False)]
    _inline(draft, resource, acl)
    if resource.inputs.get("subnetIds") is not None and resource.changes("subnetIds"):
        for subnet in draft.references(resource, "subnetIds"):
            _guard(draft, acl, subnet)


def _rule(draft: Draft, resource: Resource, place: Place) -> None:
    acl = draft.find("NetworkAcls", "NetworkAclId", draft.required(resource, "networkAclId"))
    if acl is None:
        draft.note(f"{resource}: its network ACL is in no document")
        return
    egress = resource.inputs.get("egress") is True
    if resource.change == "update":
        _take_out(acl, resource, resource.old)
    _take_out(acl, resource, resource.inputs)
    acl["Entries"].append(_entry(draft, resource, resource.inputs, egress=egress, within=None))


def _take_out(acl: Item, resource: Resource, values: Mapping[str, Any]) -> None:
    egress, number = values.get("egress") is True, values.get("ruleNumber")
    acl["Entries"] = [
        entry for entry in acl["Entries"] if (entry["Egress"], entry["RuleNumber"]) != (egress, number)
    ]


def _without_rule(draft: Draft, resource: Resource, place: Place) -> None:
    acl = draft.find("NetworkAcls", "NetworkAclId", resource.known("networkAclId"))
    if acl is not None:
        _take_out(acl, resource, resource.inputs)


def _association(draft: Draft, resource: Resource, place: Place) -> None:
    acl = draft.find("NetworkAcls", "NetworkAclId", draft.required(resource, "networkAclId"))
    subnet = draft.required(resource, "subnetId")
    if acl is None or subnet is None:
        draft.note(f"{resource}: which network ACL guards which subnet is unknown, or in no document")
        return
    _guard(draft, acl, subnet)


def _without_association(draft: Draft, resource: Resource, place: Place) -> None:
    acl = draft.find("NetworkAcls", "NetworkAclId", resource.known("networkAclId"))
    if acl is not None:
        _release(draft, acl, str(resource.known("subnetId")))


TYPES = (
    Translation(NETWORK_ACL, _acl, _without_acl),
    Translation(DEFAULT_NETWORK_ACL, _default_acl, kept),
    Translation("aws:ec2/networkAclRule:NetworkAclRule", _rule, _without_rule),
    Translation("aws:ec2/networkAclAssociation:NetworkAclAssociation", _association, _without_association),
)
"""Rows for network ACLs."""
