"""VPCs and subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
    forgiving_absence,
    found,
    made,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _create_vpc(place: Place, properties: Properties) -> Made:
    ec2 = place.client("ec2")
    vpc_id = ec2.create_vpc(
        CidrBlock=properties["cidrBlock"],
        TagSpecifications=tag_specifications("vpc", properties),
        **arguments(properties, {"instanceTenancy": "InstanceTenancy"}),
    )["Vpc"]["VpcId"]
    _set_dns(place, vpc_id, {}, properties)
    return made(place, vpc_id, properties, _read_vpc)


def _set_dns(place: Place, vpc_id: str, old: Properties, new: Properties) -> None:
    for name, attribute in (
        ("enableDnsSupport", "EnableDnsSupport"),
        ("enableDnsHostnames", "EnableDnsHostnames"),
    ):
        if new.get(name) is not None and old.get(name) != new[name]:
            # EC2 takes one attribute a call.
            place.client("ec2").modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": new[name]}})


def _read_vpc(place: Place, vpc_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    vpc = found(lambda: ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0])
    if vpc is None:
        return None

    def attribute(name: str, member: str) -> bool:
        return bool(ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)[member]["Value"])

    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    main = [*of_vpc, {"Name": "association.main", "Values": ["true"]}]
    tables = ec2.describe_route_tables(Filters=main)["RouteTables"]
    default = [*of_vpc, {"Name": "default", "Values": ["true"]}]
    acls = ec2.describe_network_acls(Filters=default)["NetworkAcls"]
    named = [*of_vpc, {"Name": "group-name", "Values": ["default"]}]
    groups = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    table = tables[0]["RouteTableId"] if tables else None
    return {
        **known,
        "id": vpc_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:vpc/{vpc_id}",
        "cidrBlock": vpc["CidrBlock"],
        "instanceTenancy": vpc["InstanceTenancy"],
        "enableDnsSupport": attribute("enableDnsSupport", "EnableDnsSupport"),
        "enableDnsHostnames": attribute("enableDnsHostnames", "EnableDnsHostnames"),
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultNetworkAclId": acls[0]["NetworkAclId"] if acls else None,
        "defaultSecurityGroupId": groups[0]["GroupId"] if groups else None,
        "dhcpOptionsId": vpc.get("DhcpOptionsId"),
        "ownerId": vpc["OwnerId"],
        "tagsAll": tag_map(vpc.get("Tags", [])),
    }


def _update_vpc(place: Place, vpc_id: str, old: Properties, new: Properties) -> Properties:
    _set_dns(place, vpc_id, old, new)
    retag_ec2(place, vpc_id, old, new)
    return now(place, vpc_id, new, _read_vpc)


def _delete_vpc(place: Place, vpc_id: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("ec2").delete_vpc(VpcId=vpc_id)


def _create_subnet(place: Place, properties: Properties) -> Made:
    ec2 = place.client("ec2")
    subnet = ec2.create_subnet(
        TagSpecifications=tag_specifications("subnet", properties),
        **arguments(
            properties,
            {
                "vpcId": "VpcId",
                "cidrBlock": "CidrBlock",
                "availabilityZone": "AvailabilityZone",
                "availabilityZoneId": "AvailabilityZoneId",
            },
        ),
    )["Subnet"]
    _set_addressing(place, subnet["SubnetId"], {"mapPublicIpOnLaunch": False}, properties)
    return made(place, subnet["SubnetId"], properties, _read_subnet)


def _set_addressing(place: Place, subnet_id: str, old: Properties, new: Properties) -> None:
    ec2 = place.client("ec2")
    if changed(old, new, "mapPublicIpOnLaunch"):
        value = bool(new.get("mapPublicIpOnLaunch", False))
        ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": value})
    if bool(old.get("assignIpv6AddressOnCreation")) != bool(new.get("assignIpv6AddressOnCreation")):
        value = bool(new.get("assignIpv6AddressOnCreation", False))
        ec2.modify_subnet_attribute(SubnetId=subnet_id, AssignIpv6AddressOnCreation={"Value": value})


def _read_subnet(place: Place, subnet_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    subnet = found(lambda: ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0])
    if subnet is None:
        return None
    return {
        **known,
        "id": subnet_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:subnet/{subnet_id}",
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "assignIpv6AddressOnCreation": subnet["AssignIpv6AddressOnCreation"],
        "ownerId": subnet["OwnerId"],
        "tagsAll": tag_map(subnet.get("Tags", [])),
    }


def _update_subnet(place: Place, subnet_id: str, old: Properties, new: Properties) -> Properties:
    _set_addressing(place, subnet_id, old, new)
    retag_ec2(place, subnet_id, old, new)
    return now(place, subnet_id, new, _read_subnet)


def _delete_subnet(place: Place, subnet_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ec2").delete_subnet(SubnetId=subnet_id)


TYPES = (
    ResourceType(
        token="aws:ec2/vpc:Vpc",  # noqa: S106 - a Pulumi type token
        create=_create_vpc,
        read=_read_vpc,
        update=_update_vpc,
        delete=_delete_vpc,
        replace_on=frozenset({"cidrBlock"}),
        inputs=frozenset({"cidrBlock", "instanceTenancy", "enableDnsSupport", "enableDnsHostnames", "tags"}),
    ),
    ResourceType(
        token="aws:ec2/subnet:Subnet",  # noqa: S106
        create=_create_subnet,
        read=_read_subnet,
        update=_update_subnet,
        delete=_delete_subnet,
        replace_on=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"}),
        inputs=frozenset(
            {
                "vpcId",
                "cidrBlock",
                "availabilityZone",
                "availabilityZoneId",
                "mapPublicIpOnLaunch",
                "assignIpv6AddressOnCreation",
                "tags",
            }
        ),
    ),
)
"""The rows of this noun family."""
