"""The calls that read an estate, as data. The dump, its file names and its IAM policy come from here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

IAM_PREFIX = {
    "ec2": "ec2",
    "elbv2": "elasticloadbalancing",
    "route53profiles": "route53profiles",
    "route53resolver": "route53resolver",
    "vpc-lattice": "vpc-lattice",
}
"""boto3's name of a service → the prefix of its actions (Service Authorization Reference)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One read-only operation that describes an account and Region without being told of what."""

    service: str
    """The service as boto3 names it, such as ``elbv2``."""
    operation: str
    """The operation as the AWS API names it, such as ``DescribeVpcs``."""
    key: str
    """The top-level key of its document, such as ``Vpcs``."""
    arguments: Mapping[str, object] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    """Fields, at any depth of an item, that a snapshot does not keep: secrets that no verdict needs."""

    @property
    def action(self) -> str:
        """The IAM action that allows it, such as ``ec2:DescribeVpcs``."""
        return f"{IAM_PREFIX[self.service]}:{self.operation}"

    @property
    def command(self) -> str:
        """The operation as the AWS CLI spells it, such as ``describe-vpcs``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", self.operation).lower()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An operation that has to be told of what: called once for each item that another call found."""

    call: Call
    after: str
    """The operation whose items it is called for."""
    argument: str
    """Its parameter, given the item's `identifier`."""
    identifier: str
    """The item's field that names it to AWS."""
    suffix: str
    """The item's field that names it in the file name: the document itself does not say of what it is."""
    unless: str | None = None
    """Items that have this field are left out."""


def _ec2(operation: str, key: str) -> Call:
    return Call("ec2", operation, key)


def _of(
    argument: str,
    call: Call,
    *,
    after: str,
    identifier: str | None = None,
    suffix: str | None = None,
    unless: str | None = None,
) -> FollowUp:
    """A follow-up; what is not said of its items is that one field, called like the parameter, names them."""
    named = identifier or argument
    return FollowUp(call, after, argument, named, suffix or named, unless)


REGIONAL: tuple[Call, ...] = (
    _ec2("DescribeCarrierGateways", "CarrierGateways"),
    _ec2("DescribeClientVpnEndpoints", "ClientVpnEndpoints"),
    _ec2("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"),
    _ec2("DescribeFlowLogs", "FlowLogs"),
    _ec2("DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints"),
    _ec2("DescribeInstances", "Reservations"),
    _ec2("DescribeInternetGateways", "InternetGateways"),
    _ec2("DescribeManagedPrefixLists", "PrefixLists"),
    _ec2("DescribeNatGateways", "NatGateways"),
    _ec2("DescribeNetworkAcls", "NetworkAcls"),
    _ec2("DescribeNetworkInterfacePermissions", "NetworkInterfacePermissions"),
    _ec2("DescribeNetworkInterfaces", "NetworkInterfaces"),
    _ec2("DescribePrefixLists", "PrefixLists"),
    _ec2("DescribeRouteTables", "RouteTables"),
    _ec2("DescribeSecurityGroups", "SecurityGroups"),
    _ec2("DescribeSubnets", "Subnets"),
    _ec2("DescribeTrafficMirrorSessions", "TrafficMirrorSessions"),
    _ec2("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
    _ec2("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"),
    _ec2("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
    _ec2("DescribeTransitGateways", "TransitGateways"),
    _ec2("DescribeVerifiedAccessEndpoints", "VerifiedAccessEndpoints"),
    _ec2("DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions"),
    _ec2("DescribeVpcBlockPublicAccessOptions", "VpcBlockPublicAccessOptions"),
    _ec2("DescribeVpcEndpointConnections", "VpcEndpointConnections"),
    _ec2("DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations"),
    _ec2("DescribeVpcEndpoints", "VpcEndpoints"),
    _ec2("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    _ec2("DescribeVpcs", "Vpcs"),
    Call(
        "ec2",
        "DescribeVpnConnections",
        "VpnConnections",
        # Both hold the tunnels' keys (Amazon EC2 API Reference, VpnConnection and TunnelOption).
        withheld=frozenset({"CustomerGatewayConfiguration", "PreSharedKey"}),
    ),
    _ec2("DescribeVpnGateways", "VpnGateways"),
    Call("elbv2", "DescribeLoadBalancers", "LoadBalancers"),
    Call("elbv2", "DescribeTargetGroups", "TargetGroups"),
    Call("route53profiles", "ListProfileAssociations", "ProfileAssociations"),
    Call("route53resolver", "ListFirewallConfigs", "FirewallConfigs"),
    Call("route53resolver", "ListFirewallDomainLists", "FirewallDomainLists"),
    Call("route53resolver", "ListFirewallRuleGroupAssociations", "FirewallRuleGroupAssociations"),
    Call("route53resolver", "ListFirewallRuleGroups", "FirewallRuleGroups"),
    Call(
        "route53resolver",
        "ListResolverQueryLogConfigAssociations",
        "ResolverQueryLogConfigAssociations",
    ),
    Call("route53resolver", "ListResolverQueryLogConfigs", "ResolverQueryLogConfigs"),
    Call("vpc-lattice", "ListResourceConfigurations", "items"),
    Call("vpc-lattice", "ListResourceGateways", "items"),
    Call("vpc-lattice", "ListServiceNetworkVpcAssociations", "items"),
)
"""Called once in each account and Region."""

FOLLOW_UPS: tuple[FollowUp, ...] = (
    _of(
        "TransitGatewayRouteTableId",
        Call(
            "ec2",
            "SearchTransitGatewayRoutes",
            "Routes",
            {"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]},
        ),
        after="DescribeTransitGatewayRouteTables",
    ),
    _of(
        "ServiceId",
        _ec2("DescribeVpcEndpointServicePermissions", "AllowedPrincipals"),
        after="DescribeVpcEndpointServiceConfigurations",
    ),
    _of(
        "ClientVpnEndpointId",
        _ec2("DescribeClientVpnAuthorizationRules", "AuthorizationRules"),
        after="DescribeClientVpnEndpoints",
    ),
    _of(
        "ClientVpnEndpointId",
        _ec2("DescribeClientVpnTargetNetworks", "ClientVpnTargetNetworks"),
        after="DescribeClientVpnEndpoints",
    ),
    _of(
        "PrefixListId",
        _ec2("GetManagedPrefixListEntries", "Entries"),
        after="DescribeManagedPrefixLists",
    ),
    _of(
        "VpcId",
        Call("ec2", "DescribeVpcAttribute", "EnableDnsSupport", {"Attribute": "enableDnsSupport"}),
        after="DescribeVpcs",
    ),
    _of(
        "ProfileId",
        Call("route53profiles", "ListProfileResourceAssociations", "ProfileResourceAssociations"),
        after="ListProfileAssociations",
    ),
    _of(
        "LoadBalancerArn",
        Call("elbv2", "DescribeListeners", "Listeners"),
        after="DescribeLoadBalancers",
        suffix="LoadBalancerName",
    ),
    _of(
        "TargetGroupArn",
        Call("elbv2", "DescribeTargetHealth", "TargetHealthDescriptions"),
        after="DescribeTargetGroups",
        suffix="TargetGroupName",
    ),
    _of(
        "FirewallRuleGroupId",
        Call("route53resolver", "ListFirewallRules", "FirewallRules"),
        after="ListFirewallRuleGroups",
        identifier="Id",
    ),
    _of(
        # The domains of a list that AWS manages cannot be read (Route 53 guide, Managed Domain Lists).
        "FirewallDomainListId",
        Call("route53resolver", "ListFirewallDomains", "Domains"),
        after="ListFirewallDomainLists",
        identifier="Id",
        unless="ManagedOwnerName",
    ),
)
"""Called after those of `REGIONAL`, once for each thing that they found."""
