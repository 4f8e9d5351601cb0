"""What plain boto3 reads say of an estate. Shares no code with the prover, on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landline.sandbox.estate import Sandbox

WAYS_OUT = (
    ("describe_internet_gateways", "InternetGateways"),
    ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"),
    ("describe_nat_gateways", "NatGateways"),
    ("describe_vpc_peering_connections", "VpcPeeringConnections"),
    ("describe_transit_gateways", "TransitGateways"),
    ("describe_transit_gateway_attachments", "TransitGatewayAttachments"),
    ("describe_vpn_gateways", "VpnGateways"),
    ("describe_addresses", "Addresses"),
)


def ec2(sandbox: Sandbox, account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return sandbox.session(account, region).client("ec2", region_name=region)


def routes_beyond(client: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - as above
    """Every route that is neither a VPC's own nor a gateway endpoint's, by route table."""
    return [
        (table["RouteTableId"], route)
        for table in client.describe_route_tables()["RouteTables"]
        for route in table["Routes"]
        if not (
            route.get("GatewayId") == "local"
            or (route.get("GatewayId", "").startswith("vpce-") and "DestinationPrefixListId" in route)
        )
    ]


def ways_out(client: Any) -> dict[str, list[Any]]:  # noqa: ANN401 - as above
    """Everything that could join a VPC to another network, where there is any."""
    found = {key: getattr(client, operation)()[key] for operation, key in WAYS_OUT}
    return {key: items for key, items in found.items() if items}


def public_addresses(client: Any) -> list[str]:  # noqa: ANN401 - as above
    """Every interface with a public IPv4 address or any IPv6 address."""
    return [
        interface["NetworkInterfaceId"]
        for interface in client.describe_network_interfaces()["NetworkInterfaces"]
        if "Association" in interface or interface.get("Ipv6Addresses")
    ]


def connected(client: Any) -> set[tuple[str, str]]:  # noqa: ANN401 - as above
    """Account and service name of every connection that carries traffic, asked for in the hub's account."""
    names = {
        service["ServiceId"]: {tag["Key"]: tag["Value"] for tag in service["Tags"]}["Name"]
        for service in client.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    }
    return {
        (connection["VpcEndpointOwner"], names[connection["ServiceId"]])
        for connection in client.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
        if connection["VpcEndpointState"] == "available"
    }


def service_names(client: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    """Service name of ours → the name that AWS gave its endpoint service."""
    return {
        {tag["Key"]: tag["Value"] for tag in service["Tags"]}["Name"]: service["ServiceName"]
        for service in client.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    }
