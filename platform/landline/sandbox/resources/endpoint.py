"""VPC endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
    forgiving_absence,
    found,
    in_known_order,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _create(place: Place, properties: Properties) -> Made:
    endpoint = place.client("ec2").create_vpc_endpoint(
        # The provider's defaults: a gateway, and no private DNS.
        VpcEndpointType=properties.get("vpcEndpointType") or "Gateway",
        PrivateDnsEnabled=bool(properties.get("privateDnsEnabled")),
        TagSpecifications=tag_specifications("vpc-endpoint", properties),
        **arguments(
            properties,
            {
                "vpcId": "VpcId",
                "serviceName": "ServiceName",
                "serviceRegion": "ServiceRegion",
                "policy": "PolicyDocument",
                "routeTableIds": "RouteTableIds",
                "subnetIds": "SubnetIds",
                "securityGroupIds": "SecurityGroupIds",
                "ipAddressType": "IpAddressType",
            },
        ),
    )["VpcEndpoint"]
    return Made(endpoint["VpcEndpointId"], _outputs(place, endpoint, properties))


def _read(place: Place, endpoint_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    endpoint = found(lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0])
    return None if endpoint is None else _outputs(place, endpoint, known)


def _outputs(place: Place, endpoint: dict[str, Any], known: Properties) -> Properties:
    ec2, endpoint_id = place.client("ec2"), endpoint["VpcEndpointId"]
    outputs: Properties = {
        **known,
        "id": endpoint_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:vpc-endpoint/{endpoint_id}",
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "serviceRegion": endpoint["ServiceRegion"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "state": endpoint["State"],
        "policy": endpoint["PolicyDocument"],
        "routeTableIds": in_known_order(known.get("routeTableIds"), endpoint["RouteTableIds"]),
        "subnetIds": in_known_order(known.get("subnetIds"), endpoint["SubnetIds"]),
        "securityGroupIds": in_known_order(
            known.get("securityGroupIds"), [group["GroupId"] for group in endpoint["Groups"]]
        ),
        "networkInterfaceIds": endpoint["NetworkInterfaceIds"],
        "privateDnsEnabled": endpoint["PrivateDnsEnabled"],
        "requesterManaged": endpoint["RequesterManaged"],
        "ipAddressType": endpoint["IpAddressType"],
        "ownerId": endpoint["OwnerId"],
        "dnsEntries": [
            {"dnsName": entry["DnsName"], "hostedZoneId": entry["HostedZoneId"]}
            for entry in endpoint["DnsEntries"]
        ],
        "cidrBlocks": [],
        "tagsAll": tag_map(endpoint["Tags"]),
    }
    if endpoint["VpcEndpointType"] == "Gateway":
        named = [{"Name": "prefix-list-name", "Values": [endpoint["ServiceName"]]}]
        lists = ec2.describe_managed_prefix_lists(Filters=named)["PrefixLists"]
        outputs["prefixListId"] = lists[0]["PrefixListId"]
        entries = ec2.get_managed_prefix_list_entries(PrefixListId=outputs["prefixListId"])["Entries"]
        outputs["cidrBlocks"] = [entry["Cidr"] for entry in entries]
    return outputs


def _update(place: Place, endpoint_id: str, old: Properties, new: Properties) -> Properties:
    changes: dict[str, Any] = {}
    for name, member in (
        ("routeTableIds", "RouteTableIds"),
        ("subnetIds", "SubnetIds"),
        ("securityGroupIds", "SecurityGroupIds"),
    ):
        before, after = set(old.get(name) or ()), set(new.get(name) or ())
        if after - before:
            changes[f"Add{member}"] = sorted(after - before)
        if before - after:
            changes[f"Remove{member}"] = sorted(before - after)
    if changed(old, new, "policy"):
        if new.get("policy"):
            changes["PolicyDocument"] = new["policy"]
        else:
            changes["ResetPolicy"] = True
    if bool(old.get("privateDnsEnabled")) != bool(new.get("privateDnsEnabled")):
        changes["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
    if changes:
        place.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, **changes)
    retag_ec2(place, endpoint_id, old, new)
    return now(place, endpoint_id, new, _read)


def _delete(place: Place, endpoint_id: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])


TYPES = (
    ResourceType(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"vpcId", "serviceName", "serviceRegion", "vpcEndpointType"}),
        inputs=frozenset(
            {
                "vpcId",
                "serviceName",
                "serviceRegion",
                "vpcEndpointType",
                "policy",
                "routeTableIds",
                "subnetIds",
                "securityGroupIds",
                "privateDnsEnabled",
                "ipAddressType",
                "tags",
            }
        ),
    ),
)
"""The rows of this noun family."""
