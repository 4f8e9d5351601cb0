"""VPCs and subnets, with what AWS makes along with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.draft import Draft, Item, Place, made_with, tags
from landline.estate.plan.reference import DEFAULT_VPC, SUBNET, VPC
from landline.estate.plan.translation import Translation, kept

if TYPE_CHECKING:
    from landline.estate.plan.resource import Resource

EVERYWHERE = ("0.0.0.0/0", "::/0")


def _vpc(draft: Draft, resource: Resource, place: Place) -> None:
    """A VPC comes with a main route table, a security group and an open network ACL (VPC guide)."""
    name = draft.identity(resource)
    item = draft.find("Vpcs", "VpcId", name)
    if item is not None:
        item["Tags"] = tags(resource)
        if resource.change == "update" and resource.changes(
            "assignGeneratedIpv6CidrBlock", "ipv6CidrBlock", "ipv6IpamPoolId"
        ):
            _v6(draft, resource, item)
        return
    block = resource.known("cidrBlock")
    if block is None:
        draft.unknown(resource, "cidrBlock")
    item = {
        "VpcId": name,
        "OwnerId": place.account,
        "State": "available",
        "IsDefault": False,
        "CidrBlockAssociationSet": [],
        "Ipv6CidrBlockAssociationSet": [],
        "Tags": tags(resource),
    }
    if block is not None:
        item["CidrBlock"] = block
        item["CidrBlockAssociationSet"] = [{"CidrBlock": block, "CidrBlockState": {"State": "associated"}}]
    draft.add(place, "Vpcs", item)
    _v6(draft, resource, item)
    _companions(draft, resource, place, item)


def _v6(draft: Draft, resource: Resource, vpc: Item) -> None:
    block = resource.known("ipv6CidrBlock")
    if block is not None:
        vpc["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"}}
        ]
    elif (
        resource.inputs.get("assignGeneratedIpv6CidrBlock")
        or resource.inputs.get("ipv6IpamPoolId")
        or resource.inputs.get("ipv6CidrBlock")
    ):
        draft.unknown(resource, "ipv6CidrBlock")


def _companions(draft: Draft, resource: Resource, place: Place, vpc: Item) -> None:
    name, owner = vpc["VpcId"], place.account
    table, group, acl = (
        resource.known(output) or made_with(name, output)
        for output in ("mainRouteTableId", "defaultSecurityGroupId", "defaultNetworkAclId")
    )
    draft.add(
        place,
        "RouteTables",
        {
            "RouteTableId": table,
            "VpcId": name,
            "OwnerId": owner,
            "Routes": local_routes(vpc),
            "Associations": [
                {"Main": True, "RouteTableId": table, "AssociationState": {"State": "associated"}}
            ],
        },
    )
    anyone: list[Item] = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    if vpc["Ipv6CidrBlockAssociationSet"]:
        anyone[0]["Ipv6Ranges"] = [{"CidrIpv6": "::/0"}]
    draft.add(
        place,
        "SecurityGroups",
        {
            "GroupId": group,
            "GroupName": "default",
            "VpcId": name,
            "OwnerId": owner,
            "IpPermissions": [
                {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group, "UserId": owner}]}
            ],
            "IpPermissionsEgress": anyone,
        },
    )
    draft.add(
        place,
        "NetworkAcls",
        {
            "NetworkAclId": acl,
            "VpcId": name,
            "OwnerId": owner,
            "IsDefault": True,
            "Entries": [
                {
                    "Egress": egress,
                    "Protocol": "-1",
                    "RuleAction": "allow",
                    "RuleNumber": number,
                    ("Ipv6CidrBlock" if ":" in block else "CidrBlock"): block,
                }
                for egress in (True, False)
                for number, block in ((100, "0.0.0.0/0"), (101, "::/0"))
            ],
            "Associations": [],
        },
    )


def blocks(vpc: Item) -> list[str]:
    """The address blocks of a VPC, both families."""
    found = [vpc.get("CidrBlock")]
    found += [part.get("CidrBlock") for part in vpc.get("CidrBlockAssociationSet", ())]
    found += [part.get("Ipv6CidrBlock") for part in vpc.get("Ipv6CidrBlockAssociationSet", ())]
    return list(dict.fromkeys(block for block in found if block))


def local_routes(vpc: Item) -> list[Item]:
    """The routes that every table of a VPC has."""
    return [
        {
            ("DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"): block,
            "GatewayId": "local",
            "Origin": "CreateRouteTable",
            "State": "active",
        }
        for block in blocks(vpc)
    ]


def _without_vpc(draft: Draft, resource: Resource, place: Place) -> None:
    vpc = resource.id
    for key, name in (
        ("RouteTables", "RouteTableId"),
        ("SecurityGroups", "GroupId"),
        ("NetworkAcls", "NetworkAclId"),
    ):
        doomed = [
            item[name]
            for _, item in draft.every(key)
            if item.get("VpcId") == vpc
            and (
                item.get("IsDefault")
                or item.get("GroupName") == "default"
                or any(part.get("Main") for part in item.get("Associations", ()))
            )
        ]
        for one in doomed:
            draft.drop(key, name, one)
    draft.drop("Vpcs", "VpcId", vpc)


def _subnet(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("Subnets", "SubnetId", name)
    if item is None:
        vpc = draft.required(resource, "vpcId")
        if vpc is None:
            return
        item = draft.add(place, "Subnets", {"SubnetId": name, "VpcId": vpc, "OwnerId": place.account})
        block = resource.known("cidrBlock")
        if block is not None:
            item["CidrBlock"] = block
        elif not resource.inputs.get("ipv6Native"):
            draft.unknown(resource, "cidrBlock")
        acl = draft.find("NetworkAcls", "NetworkAclId", draft.default_of("NetworkAcls", "NetworkAclId", vpc))
        if acl is not None:
            acl.setdefault("Associations", []).append({"NetworkAclId": acl["NetworkAclId"], "SubnetId": name})
    for theirs, ours in (
        ("availabilityZone", "AvailabilityZone"),
        ("availabilityZoneId", "AvailabilityZoneId"),
    ):
        if resource.known(theirs) is not None:
            item[ours] = resource.known(theirs)
    item["MapPublicIpOnLaunch"] = resource.inputs.get("mapPublicIpOnLaunch") not in (None, False)
    item["AssignIpv6AddressOnCreation"] = resource.inputs.get("assignIpv6AddressOnCreation") not in (
        None,
        False,
    )
    if resource.inputs.get("enableLniAtDeviceIndex"):
        draft.note(f"{resource}: an Outpost's local network interfaces are not modelled")
    item["Tags"] = tags(resource)
    v6 = resource.known("ipv6CidrBlock")
    if v6 is not None:
        item["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": {"State": "associated"}}
        ]
    elif resource.inputs.get("ipv6CidrBlock"):
        draft.unknown(resource, "ipv6CidrBlock")
    if resource.inputs.get("ipv4IpamPoolId") or resource.inputs.get("ipv6IpamPoolId"):
        draft.note(f"{resource}: its blocks come from an IPAM pool, which is not modelled")


def _without_subnet(draft: Draft, resource: Resource, place: Place) -> None:
    for key in ("NetworkAcls", "RouteTables"):
        for item in associated(draft, key, resource.id):
            item["Associations"] = [
                part for part in item["Associations"] if part.get("SubnetId") != resource.id
            ]
    draft.drop("Subnets", "SubnetId", resource.id)


def associated(draft: Draft, key: str, subnet: str | None) -> list[Item]:
    """The route tables or network ACLs that a subnet is associated with, for changing."""
    name = {"NetworkAcls": "NetworkAclId", "RouteTables": "RouteTableId"}[key]
    found = [
        item[name]
        for _, item in draft.every(key)
        if any(part.get("SubnetId") == subnet for part in item.get("Associations", ()))
    ]
    return [item for one in found if (item := draft.find(key, name, one)) is not None]


def _more_addresses(draft: Draft, resource: Resource, place: Place) -> None:
    vpc = draft.find("Vpcs", "VpcId", draft.required(resource, "vpcId"))
    block = resource.known("cidrBlock") or resource.known("ipv6CidrBlock")
    if vpc is None or block is None:
        draft.note(f"{resource}: the block or the VPC is unknown until it is made")
        return
    if block in blocks(vpc):
        return
    v6 = ":" in block
    vpc.setdefault("Ipv6CidrBlockAssociationSet" if v6 else "CidrBlockAssociationSet", []).append(
        {
            ("Ipv6CidrBlock" if v6 else "CidrBlock"): block,
            ("Ipv6CidrBlockState" if v6 else "CidrBlockState"): {"State": "associated"},
        }
    )
    # AWS adds the local route to every table of the VPC; the prover takes it for granted.


def _fewer_addresses(draft: Draft, resource: Resource, place: Place) -> None:
    vpc = draft.find("Vpcs", "VpcId", resource.known("vpcId"))
    block = resource.known("cidrBlock") or resource.known("ipv6CidrBlock")
    for key, name in (
        ("CidrBlockAssociationSet", "CidrBlock"),
        ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
    ):
        if vpc is not None and key in vpc:
            vpc[key] = [part for part in vpc[key] if part.get(name) != block]


def _default_vpc(draft: Draft, resource: Resource, place: Place) -> None:
    if draft.find("Vpcs", "VpcId", draft.identity(resource)) is None:
        draft.note(f"{resource}: adopts the default VPC, which no document shows")


TYPES = (
    Translation(VPC, _vpc, _without_vpc),
    Translation(DEFAULT_VPC, _default_vpc, kept),
    Translation(
        "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", _more_addresses, _fewer_addresses
    ),
    Translation(
        "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation", _more_addresses, _fewer_addresses
    ),
    Translation(SUBNET, _subnet, _without_subnet),
)
"""Rows for VPCs and subnets."""
