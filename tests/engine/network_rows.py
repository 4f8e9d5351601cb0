"""A small resource table of the tests' own: a VPC and its subnets, as AWS describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import Made, Place, Properties, ResourceType

if TYPE_CHECKING:
    from collections.abc import Callable


def _tags(place: Place, resource: str, tags: dict[str, str]) -> None:
    old = place.client("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])["Tags"]
    if old:
        place.client("ec2").delete_tags(Resources=[resource], Tags=[{"Key": tag["Key"]} for tag in old])
    if tags:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        place.client("ec2").create_tags(Resources=[resource], Tags=pairs)


def _read(describe: Callable[[Place, str], Properties], gone: str) -> Callable[..., Properties | None]:
    def read(place: Place, resource: str, known: Properties) -> Properties | None:
        try:
            found = describe(place, resource)
        except ClientError as error:
            if f"({gone})" in str(error):
                return None
            raise
        tags = {tag["Key"]: tag["Value"] for tag in found.pop("Tags", [])}
        return known | found | {"tagsAll": tags, "region": place.region}

    return read


def _vpc(place: Place, resource: str) -> Properties:
    found = place.client("ec2").describe_vpcs(VpcIds=[resource])["Vpcs"][0]
    return {"cidrBlock": found["CidrBlock"], "ownerId": found["OwnerId"], "Tags": found.get("Tags", [])}


def _subnet(place: Place, resource: str) -> Properties:
    found = place.client("ec2").describe_subnets(SubnetIds=[resource])["Subnets"][0]
    kept = {"cidrBlock": "CidrBlock", "vpcId": "VpcId", "availabilityZoneId": "AvailabilityZoneId"}
    return {name: found[key] for name, key in kept.items()} | {"Tags": found.get("Tags", [])}


_read_vpc = _read(_vpc, "InvalidVpcID.NotFound")
_read_subnet = _read(_subnet, "InvalidSubnetID.NotFound")


def _create_vpc(place: Place, inputs: Properties) -> Made:
    made = place.client("ec2").create_vpc(CidrBlock=inputs["cidrBlock"])["Vpc"]["VpcId"]
    _tags(place, made, inputs["tagsAll"])
    return Made(made, _read_vpc(place, made, inputs) or {})


def _create_subnet(place: Place, inputs: Properties) -> Made:
    made = place.client("ec2").create_subnet(
        VpcId=inputs["vpcId"], CidrBlock=inputs["cidrBlock"], AvailabilityZoneId=inputs["availabilityZoneId"]
    )["Subnet"]["SubnetId"]
    _tags(place, made, inputs["tagsAll"])
    return Made(made, _read_subnet(place, made, inputs) or {})


def _update(read: Callable[..., Properties | None]) -> Callable[..., Properties]:
    def update(place: Place, resource: str, old: Properties, new: Properties) -> Properties:
        _tags(place, resource, new["tagsAll"])
        return read(place, resource, new) or {}

    return update


def _delete_vpc(place: Place, resource: str, known: Properties) -> None:
    place.client("ec2").delete_vpc(VpcId=resource)


def _delete_subnet(place: Place, resource: str, known: Properties) -> None:
    place.client("ec2").delete_subnet(SubnetId=resource)


ROWS = {
    row.token: row
    for row in (
        ResourceType(
            token="aws:ec2/vpc:Vpc",
            create=_create_vpc,
            read=_read_vpc,
            update=_update(_read_vpc),
            delete=_delete_vpc,
            replace_on=frozenset({"cidrBlock"}),
            inputs=frozenset({"cidrBlock", "tags"}),
        ),
        ResourceType(
            token="aws:ec2/subnet:Subnet",
            create=_create_subnet,
            read=_read_subnet,
            update=_update(_read_subnet),
            delete=_delete_subnet,
            replace_on=frozenset({"vpcId", "cidrBlock", "availabilityZoneId"}),
            inputs=frozenset({"vpcId", "cidrBlock", "availabilityZoneId", "tags"}),
        ),
    )
}


def _vpcs(place: Place, arguments: Properties) -> Properties:
    found = place.client("ec2").describe_vpcs()["Vpcs"]
    return {"id": place.region, "ids": sorted(vpc["VpcId"] for vpc in found), "region": place.region}


INVOKES = {"aws:ec2/getVpcs:getVpcs": _vpcs}
