"""Which kinds of route targets stand in an estate's documents: nothing else about them."""

from collections.abc import Iterator

from .documents import Item
from .estate import Estate

KINDS = (
    "blackhole",
    "carrier gateway",
    "core network",
    "egress-only internet gateway",
    "gateway endpoint",
    "Gateway Load Balancer endpoint",
    "instance",
    "internet gateway",
    "local gateway",
    "NAT gateway, private",
    "NAT gateway, regional",
    "NAT gateway, zonal",
    "network interface",
    "next hop of VPC Route Server",
    "ODB network",
    "peering connection",
    "peering connection with a stranger",
    "prefix list",
    "prefix list of a stranger",
    "gateway route table, internet gateway",
    "gateway route table, virtual private gateway",
    "transit gateway",
    "transit gateway route, blackhole",
    "transit gateway route, connect",
    "transit gateway route, direct-connect-gateway",
    "transit gateway route, peering",
    "transit gateway route, prefix list",
    "transit gateway route, propagated",
    "transit gateway route, vpc",
    "transit gateway route, vpn",
    "virtual private gateway, propagated",
    "virtual private gateway, static",
)

FIELDS = {
    "CarrierGatewayId": "carrier gateway",
    "CoreNetworkArn": "core network",
    "EgressOnlyInternetGatewayId": "egress-only internet gateway",
    "InstanceId": "instance",
    "IpAddress": "next hop of VPC Route Server",
    "LocalGatewayId": "local gateway",
    "NetworkInterfaceId": "network interface",
    "OdbNetworkArn": "ODB network",
    "TransitGatewayId": "transit gateway",
}


def kinds(estate: Estate) -> frozenset[str]:
    """The kinds of route targets in an estate."""
    return frozenset(_kinds(estate))


def _kinds(estate: Estate) -> Iterator[str]:
    for table in estate.all("RouteTables"):
        for association in table["Associations"]:
            if estate.one("InternetGateways", association.get("GatewayId")):
                yield "gateway route table, internet gateway"
            if estate.one("VpnGateways", association.get("GatewayId")):
                yield "gateway route table, virtual private gateway"
        for route in table["Routes"]:
            yield from _of(estate, route)
    for document in estate.named.values():
        for route in document.get("Routes", []):
            yield from _transit(route)
    for item in estate.all("TransitGatewayPrefixListReferences"):
        yield "transit gateway route, prefix list"
        yield from _transit({"TransitGatewayAttachments": [item.get("TransitGatewayAttachment") or {}]})


def _transit(route: Item) -> Iterator[str]:
    if route.get("State") == "blackhole":
        yield "transit gateway route, blackhole"
    if route.get("Type") == "propagated":
        yield "transit gateway route, propagated"
    for attachment in route["TransitGatewayAttachments"]:
        if "ResourceType" in attachment:
            yield f"transit gateway route, {attachment['ResourceType']}"


def _of(estate: Estate, route: Item) -> Iterator[str]:
    if route["State"] == "blackhole":
        yield "blackhole"
    yield from (kind for field, kind in FIELDS.items() if field in route)
    listed = route.get("DestinationPrefixListId")
    if listed:
        yield "prefix list of a stranger" if listed in estate.shared_lists() else "prefix list"
    peering = estate.one("VpcPeeringConnections", route.get("VpcPeeringConnectionId"))
    if peering:
        known = estate.one("Vpcs", peering["AccepterVpcInfo"]["VpcId"])
        yield "peering connection" if known else "peering connection with a stranger"
    nat = estate.one("NatGateways", route.get("NatGatewayId"))
    if nat:
        shape = "private" if nat["ConnectivityType"] == "private" else nat["AvailabilityMode"]
        yield f"NAT gateway, {shape}"
    gateway = route.get("GatewayId")
    if estate.one("InternetGateways", gateway):
        yield "internet gateway"
    if estate.one("VpnGateways", gateway):
        learned = route["Origin"] == "EnableVgwRoutePropagation"
        yield "virtual private gateway, " + ("propagated" if learned else "static")
    endpoint = estate.one("VpcEndpoints", gateway)
    if endpoint:
        balancer = endpoint["VpcEndpointType"] == "GatewayLoadBalancer"
        yield "Gateway Load Balancer endpoint" if balancer else "gateway endpoint"
