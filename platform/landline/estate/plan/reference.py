"""What an id in an input can refer to, and where a resource that it comes from has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VPC = "aws:ec2/vpc:Vpc"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_ROUTE_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
NETWORK_ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_NETWORK_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
EGRESS_ONLY_GATEWAY = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
VPN_GATEWAY = "aws:ec2/vpnGateway:VpnGateway"
CARRIER_GATEWAY = "aws:ec2/carrierGateway:CarrierGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
NETWORK_INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
INSTANCE = "aws:ec2/instance:Instance"
EIP = "aws:ec2/eip:Eip"
TRANSIT_GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
TRANSIT_ROUTE_TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
TRANSIT_VPC_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
CLIENT_VPN = "aws:ec2clientvpn/endpoint:Endpoint"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
SERVICE_NETWORK = "aws:vpclattice/serviceNetwork:ServiceNetwork"
RESOURCE_GATEWAY = "aws:vpclattice/resourceGateway:ResourceGateway"
FIREWALL_RULE_GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
QUERY_LOG_CONFIG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
FIREWALL_DOMAIN_LIST = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"

_ID = "id"
_VPC: Mapping[str, str] = {
    VPC: _ID,
    DEFAULT_VPC: _ID,
    SUBNET: "vpcId",
    SECURITY_GROUP: "vpcId",
    ROUTE_TABLE: "vpcId",
    NETWORK_ACL: "vpcId",
    INTERNET_GATEWAY: "vpcId",
}
_SUBNET = {SUBNET: _ID}
_ROUTE_TABLE = {ROUTE_TABLE: _ID, DEFAULT_ROUTE_TABLE: _ID, VPC: "mainRouteTableId"}
_SECURITY_GROUP = {SECURITY_GROUP: _ID, DEFAULT_SECURITY_GROUP: _ID, VPC: "defaultSecurityGroupId"}
_NETWORK_ACL = {NETWORK_ACL: _ID, DEFAULT_NETWORK_ACL: _ID, VPC: "defaultNetworkAclId"}
_INTERFACE = {NETWORK_INTERFACE: _ID, INSTANCE: "primaryNetworkInterfaceId"}
_SERVICE = {ENDPOINT_SERVICE: _ID}

PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "vpcId": _VPC,
    "peerVpcId": _VPC,
    "subnetId": _SUBNET,
    "subnetIds": _SUBNET,
    "subnets": _SUBNET,
    "routeTableId": _ROUTE_TABLE,
    "routeTableIds": _ROUTE_TABLE,
    "defaultRouteTableId": {VPC: "mainRouteTableId"},
    "securityGroupId": _SECURITY_GROUP,
    "sourceSecurityGroupId": _SECURITY_GROUP,
    "referencedSecurityGroupId": _SECURITY_GROUP,
    "securityGroupIds": _SECURITY_GROUP,
    "vpcSecurityGroupIds": _SECURITY_GROUP,
    "securityGroups": _SECURITY_GROUP,
    "networkAclId": _NETWORK_ACL,
    "defaultNetworkAclId": {VPC: "defaultNetworkAclId"},
    "internetGatewayId": {INTERNET_GATEWAY: _ID},
    "gatewayId": {
        INTERNET_GATEWAY: _ID,
        VPN_GATEWAY: _ID,
    },
    "egressOnlyGatewayId": {EGRESS_ONLY_GATEWAY: _ID},
    "natGatewayId": {NAT_GATEWAY: _ID},
    "carrierGatewayId": {CARRIER_GATEWAY: _ID},
    "vpnGatewayId": {VPN_GATEWAY: _ID},
    "transitGatewayId": {TRANSIT_GATEWAY: _ID},
    "transitGatewayRouteTableId": {
        TRANSIT_ROUTE_TABLE: _ID,
        TRANSIT_GATEWAY: "associationDefaultRouteTableId",
    },
    "transitGatewayAttachmentId": {TRANSIT_VPC_ATTACHMENT: _ID},
    "clientVpnEndpointId": {CLIENT_VPN: _ID},
    "vpcPeeringConnectionId": {PEERING: _ID},
    "vpcEndpointId": {ENDPOINT: _ID},
    "networkInterfaceId": _INTERFACE,
    "eniId": _INTERFACE,
    "instanceId": {INSTANCE: _ID},
    "instance": {INSTANCE: _ID},
    "networkInterface": _INTERFACE,
    "allocationId": {EIP: _ID},
    "vpcEndpointServiceId": _SERVICE,
    "serviceName": {ENDPOINT_SERVICE: "serviceName"},
    "resourceId": _VPC,
    "vpcIdentifier": _VPC,
    "serviceNetworkIdentifier": {SERVICE_NETWORK: _ID},
    "resourceGatewayIdentifier": {RESOURCE_GATEWAY: _ID},
    "firewallRuleGroupId": {FIREWALL_RULE_GROUP: _ID},
    "firewallDomainListId": {FIREWALL_DOMAIN_LIST: _ID},
    "resolverQueryLogConfigId": {QUERY_LOG_CONFIG: _ID},
    "prefixListId": {PREFIX_LIST: _ID, ENDPOINT: "prefixListId"},
    "destinationPrefixListId": {PREFIX_LIST: _ID, ENDPOINT: "prefixListId"},
    "prefixListIds": {PREFIX_LIST: _ID, ENDPOINT: "prefixListId"},
}
"""An input that holds ids → the types that such an id comes from, each with its output that gives it."""

ADOPTED: Mapping[str, str] = {
    DEFAULT_ROUTE_TABLE: "defaultRouteTableId",
    DEFAULT_NETWORK_ACL: "defaultNetworkAclId",
}
"""Types that take over what AWS made along with a VPC → the input that says which."""
