"""An estate in the making: its size, its documents, its ids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

HUB = "111111111111"


ORGANIZATION = "o-a1b2c3d4e5"


REGIONS = ("eu-west-1", "eu-central-1")


ZONES = {"eu-west-1": "euw1", "eu-central-1": "euc1"}


EMPTY = {
    "describe-carrier-gateways": "CarrierGateways",
    "describe-client-vpn-endpoints": "ClientVpnEndpoints",
    "describe-egress-only-internet-gateways": "EgressOnlyInternetGateways",
    "describe-instance-connect-endpoints": "InstanceConnectEndpoints",
    "describe-instances": "Reservations",
    "describe-internet-gateways": "InternetGateways",
    "describe-load-balancers": "LoadBalancers",
    "describe-nat-gateways": "NatGateways",
    "describe-network-acls": "NetworkAcls",
    "describe-network-interfaces": "NetworkInterfaces",
    "describe-route-tables": "RouteTables",
    "describe-security-groups": "SecurityGroups",
    "describe-subnets": "Subnets",
    "describe-target-groups": "TargetGroups",
    "describe-transit-gateway-attachments": "TransitGatewayAttachments",
    "describe-transit-gateway-route-tables": "TransitGatewayRouteTables",
    "describe-transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
    "describe-transit-gateways": "TransitGateways",
    "describe-verified-access-endpoints": "VerifiedAccessEndpoints",
    "describe-vpc-block-public-access-exclusions": "VpcBlockPublicAccessExclusions",
    "describe-vpc-endpoint-connections": "VpcEndpointConnections",
    "describe-vpc-endpoint-service-configurations": "ServiceConfigurations",
    "describe-vpc-endpoints": "VpcEndpoints",
    "describe-vpc-peering-connections": "VpcPeeringConnections",
    "describe-vpcs": "Vpcs",
    "describe-vpn-gateways": "VpnGateways",
    "list-firewall-configs": "FirewallConfigs",
    "list-profile-associations": "ProfileAssociations",
    "list-firewall-rule-group-associations": "FirewallRuleGroupAssociations",
}
"""Documents that every account and Region has, if only with nothing in them."""


Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """What an estate has."""

    vpcs: int
    mesh: int = 0
    """Route tables of the transit gateway that joins all VPCs; 0 for isolated VPCs."""
    clients: bool = False
    """Whether each VPC has an instance whose security group lets everything out and its neighbours in."""


class Estate:
    """Gathers the documents of one estate."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.documents: dict[tuple[str, str], dict[str, list[Item]]] = defaultdict(
            lambda: {name: [] for name in EMPTY}
        )
        self.files: dict[str, Item] = {}
        self.connections: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._ids = 0

    def id(self, prefix: str) -> str:
        """A new id as AWS writes them: no two alike, and none that tells which came first."""
        self._ids += 1
        return f"{prefix}-{(self._ids * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF:016x}0"
