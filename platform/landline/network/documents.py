"""One file of a snapshot: what the AWS CLI prints for one describe, get, search or list call."""

import json
import re

import msgspec
from msgspec import UNSET, UnsetType

from landline.network.block_public_access import VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions
from landline.network.dns_firewall import (
    AttributeValue,
    FirewallConfig,
    FirewallDomainList,
    FirewallRule,
    FirewallRuleGroupAssociation,
    ProfileAssociation,
    ProfileResourceAssociation,
)
from landline.network.endpoint_service import (
    AllowedPrincipal,
    ServiceConfiguration,
    ServiceDetail,
    VpcEndpointConnection,
)
from landline.network.instance import Reservation, SecondaryInterface
from landline.network.internet_gateway import CarrierGateway, EgressOnlyInternetGateway, InternetGateway
from landline.network.load_balancer import (
    Listener,
    LoadBalancer,
    LoadBalancerListeners,
    LoadBalancerTargetHealth,
    TargetGroup,
    TargetHealthDescription,
)
from landline.network.logs import FlowLog, ResolverQueryLogConfig, ResolverQueryLogConfigAssociation
from landline.network.nat_gateway import NatGateway
from landline.network.network_acl import NetworkAcl
from landline.network.network_interface import NetworkInterface
from landline.network.noun import Noun
from landline.network.prefix_list import PrefixList, PrefixListEntry
from landline.network.remote_access import (
    ClientVpnAuthorizationRule,
    ClientVpnEndpoint,
    ClientVpnTargetNetwork,
    InstanceConnectEndpoint,
    VerifiedAccessEndpoint,
)
from landline.network.route_table import RouteTable
from landline.network.security_group import SecurityGroup
from landline.network.sharing import NetworkInterfacePermission, TrafficMirrorSession
from landline.network.subnet import Subnet
from landline.network.transit_gateway import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayMulticastDomain,
    TransitGatewayPrefixListReference,
    TransitGatewayPropagations,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitGatewayRouteTablePropagation,
    TransitGatewayStaticRoutes,
    TransitGatewayVpcAttachment,
)
from landline.network.vpc import Vpc
from landline.network.vpc_endpoint import VpcEndpoint
from landline.network.vpc_peering_connection import VpcPeeringConnection
from landline.network.vpn_connection import VpnConnection
from landline.network.vpn_gateway import VpnGateway


class Document(msgspec.Struct, gc=False, rename="pascal"):
    """The documents of one account and Region, by their top-level key; UNSET where there is none."""

    vpcs: list[Vpc] | UnsetType = UNSET
    subnets: list[Subnet] | UnsetType = UNSET
    route_tables: list[RouteTable] | UnsetType = UNSET
    network_acls: list[NetworkAcl] | UnsetType = UNSET
    security_groups: list[SecurityGroup] | UnsetType = UNSET
    network_interfaces: list[NetworkInterface] | UnsetType = UNSET
    reservations: list[Reservation] | UnsetType = UNSET
    internet_gateways: list[InternetGateway] | UnsetType = UNSET
    egress_only_internet_gateways: list[EgressOnlyInternetGateway] | UnsetType = UNSET
    carrier_gateways: list[CarrierGateway] | UnsetType = UNSET
    nat_gateways: list[NatGateway] | UnsetType = UNSET
    transit_gateways: list[TransitGateway] | UnsetType = UNSET
    transit_gateway_attachments: list[TransitGatewayAttachment] | UnsetType = UNSET
    transit_gateway_vpc_attachments: list[TransitGatewayVpcAttachment] | UnsetType = UNSET
    transit_gateway_route_tables: list[TransitGatewayRouteTable] | UnsetType = UNSET
    transit_gateway_static_routes: list[TransitGatewayStaticRoutes] | UnsetType = UNSET
    transit_gateway_propagations: list[TransitGatewayPropagations] | UnsetType = UNSET
    transit_gateway_prefix_list_references: list[TransitGatewayPrefixListReference] | UnsetType = UNSET
    transit_gateway_multicast_domains: list[TransitGatewayMulticastDomain] | UnsetType = UNSET
    secondary_interfaces: list[SecondaryInterface] | UnsetType = UNSET
    vpc_peering_connections: list[VpcPeeringConnection] | UnsetType = UNSET
    vpn_gateways: list[VpnGateway] | UnsetType = UNSET
    vpn_connections: list[VpnConnection] | UnsetType = UNSET
    vpc_endpoints: list[VpcEndpoint] | UnsetType = UNSET
    service_configurations: list[ServiceConfiguration] | UnsetType = UNSET
    service_details: list[ServiceDetail] | UnsetType = UNSET
    vpc_endpoint_connections: list[VpcEndpointConnection] | UnsetType = UNSET
    prefix_lists: list[PrefixList] | UnsetType = UNSET
    vpc_block_public_access_options: VpcBlockPublicAccessOptions | UnsetType = UNSET
    vpc_block_public_access_exclusions: list[VpcBlockPublicAccessExclusion] | UnsetType = UNSET
    instance_connect_endpoints: list[InstanceConnectEndpoint] | UnsetType = UNSET
    client_vpn_endpoints: list[ClientVpnEndpoint] | UnsetType = UNSET
    verified_access_endpoints: list[VerifiedAccessEndpoint] | UnsetType = UNSET
    load_balancers: list[LoadBalancer] | UnsetType = UNSET
    listeners: list[Listener] | UnsetType = UNSET
    load_balancer_listeners: list[LoadBalancerListeners] | UnsetType = UNSET
    target_groups: list[TargetGroup] | UnsetType = UNSET
    load_balancer_target_health: list[LoadBalancerTargetHealth] | UnsetType = UNSET
    firewall_rule_group_associations: list[FirewallRuleGroupAssociation] | UnsetType = UNSET
    firewall_domain_lists: list[FirewallDomainList] | UnsetType = UNSET
    firewall_configs: list[FirewallConfig] | UnsetType = UNSET
    profile_associations: list[ProfileAssociation] | UnsetType = UNSET
    traffic_mirror_sessions: list[TrafficMirrorSession] | UnsetType = UNSET
    network_interface_permissions: list[NetworkInterfacePermission] | UnsetType = UNSET
    flow_logs: list[FlowLog] | UnsetType = UNSET
    resolver_query_log_configs: list[ResolverQueryLogConfig] | UnsetType = UNSET
    resolver_query_log_config_associations: list[ResolverQueryLogConfigAssociation] | UnsetType = UNSET


KINDS: dict[str, str] = dict(zip(Document.__struct_fields__, Document.__struct_encode_fields__, strict=True))
"""Field to top-level key, for every kind of document that the model reads."""


class OpenQuestion(Noun, frozen=True):
    """What a plan leaves unknown, and the rule that it leaves open; `all` for every one."""

    rule: str
    why: str


class Page(Document, gc=False, rename="pascal"):
    """One file: a document, or a page of one, or one of those that do not name their subject."""

    next_token: str | UnsetType | None = UNSET
    next_marker: str | UnsetType | None = UNSET
    """What Elastic Load Balancing's calls print in place of a NextToken."""
    routes: list[TransitGatewayRoute] | UnsetType = UNSET
    additional_routes_available: bool = False
    transit_gateway_route_table_propagations: list[TransitGatewayRouteTablePropagation] | UnsetType = UNSET
    entries: list[PrefixListEntry] | UnsetType = UNSET
    allowed_principals: list[AllowedPrincipal] | UnsetType = UNSET
    client_vpn_target_networks: list[ClientVpnTargetNetwork] | UnsetType = UNSET
    authorization_rules: list[ClientVpnAuthorizationRule] | UnsetType = UNSET
    unknown: list[OpenQuestion] | UnsetType = UNSET
    assumptions: list[str] | UnsetType = UNSET
    target_health_descriptions: list[TargetHealthDescription] | UnsetType = UNSET
    firewall_rules: list[FirewallRule] | UnsetType = UNSET
    domains: list[str | dict[str, msgspec.Raw]] | UnsetType = UNSET
    profile_resource_associations: list[ProfileResourceAssociation] | UnsetType = UNSET
    items: msgspec.Raw | UnsetType = msgspec.field(name="items", default=UNSET)
    vpc_id: str | UnsetType = UNSET
    enable_dns_support: AttributeValue | UnsetType = UNSET

    def of_another_service(self) -> bool:
        """Tell whether the file's `Domains` are another service's: DNS Firewall's are plain names."""
        return self.domains is not UNSET and not all(isinstance(name, str) for name in self.domains)

    def open_ended(self) -> bool:
        """Tell whether more pages follow."""
        return bool(self.next_token or self.next_marker)

    def kinds(self) -> tuple[str, ...]:
        """Return the fields of the documents in this file."""
        return tuple(field for field in KINDS if getattr(self, field) is not UNSET)


SUBJECT_IN_NAME = {
    "routes": re.compile(r"search-transit-gateway-routes-(?P<id>[^.]+)"),
    "transit_gateway_route_table_propagations": re.compile(
        r"get-transit-gateway-route-table-propagations-(?P<id>[^.]+)"
    ),
    "entries": re.compile(r"get-managed-prefix-list-entries-(?P<id>[^.]+)"),
    "allowed_principals": re.compile(r"describe-vpc-endpoint-service-permissions-(?P<id>[^.]+)"),
    "client_vpn_target_networks": re.compile(r"describe-client-vpn-target-networks-(?P<id>[^.]+)"),
    "authorization_rules": re.compile(r"describe-client-vpn-authorization-rules-(?P<id>[^.]+)"),
    "target_health_descriptions": re.compile(r"describe-target-health-(?P<id>[^.]+)"),
    "firewall_rules": re.compile(r"list-firewall-rules-(?P<id>[^.]+)"),
    "domains": re.compile(r"list-firewall-domains-(?P<id>[^.]+)"),
    "profile_resource_associations": re.compile(r"list-profile-resource-associations-(?P<id>[^.]+)"),
}
"""Documents that do not say what they are about: the file's name does, up to the first dot."""

_ID_IN_NAME = {
    "routes": re.compile(r"tgw-rtb-[0-9a-f]+"),
    "transit_gateway_route_table_propagations": re.compile(r"tgw-rtb-[0-9a-f]+"),
    "entries": re.compile(r"(?<![a-z])pl-[0-9a-f]+"),
    "allowed_principals": re.compile(r"vpce-svc-[0-9a-f]+"),
    "client_vpn_target_networks": re.compile(r"cvpn-endpoint-[0-9a-f]+"),
    "authorization_rules": re.compile(r"cvpn-endpoint-[0-9a-f]+"),
    "firewall_rules": re.compile(r"rslvr-frg-[0-9a-f]+"),
    "domains": re.compile(r"rslvr-fdl-[0-9a-f]+"),
    "profile_resource_associations": re.compile(r"(?<![a-z])rp-[0-9a-f]+"),
}


def subject_in_name(field: str, name: str) -> str | None:
    """Return the id that a file's name says it is about, Landline's own or any with one AWS id."""
    match = SUBJECT_IN_NAME[field].match(name)
    if match:
        return match["id"]
    pattern = _ID_IN_NAME.get(field)
    found = set(pattern.findall(name)) if pattern else set()
    return found.pop() if len(found) == 1 else None


SUBJECT_IN_ITEM = {
    "allowed_principals": "service_id",
    "client_vpn_target_networks": "client_vpn_endpoint_id",
    "authorization_rules": "client_vpn_endpoint_id",
    "firewall_rules": "firewall_rule_group_id",
    "profile_resource_associations": "profile_id",
}
"""Those of `SUBJECT_IN_NAME` whose items name it: such a file may be called anything, unless it is empty."""

_KEYS_OF_PAGE = dict(zip(Page.__struct_fields__, Page.__struct_encode_fields__, strict=True))

SMALL = 1 << 16
"""Bytes up to which a file is small enough to be looked at twice."""

_PAGE = msgspec.json.Decoder(Page)
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def decode(data: bytes) -> Page:
    """Decode a file. Raises ValueError (msgspec's errors are) or RecursionError on what is no such JSON.

    A key that stands twice in one object is no such JSON either: readers differ in which one they take. In
    files over `SMALL` bytes only the outermost object is looked at for that.
    """
    text = _utf_8(data)
    page = _PAGE.decode(text)
    there = (name for field, name in _KEYS_OF_PAGE.items() if getattr(page, field) is not UNSET)
    if len(text) <= SMALL or b"\\u" in text or any(text.count(b'"%s"' % name.encode()) > 1 for name in there):
        json.loads(text, object_pairs_hook=once)
    return page


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object from its pairs. Raises ValueError when a key stands twice in it."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _utf_8(data: bytes) -> bytes:
    """Return JSON without its byte order mark; output that PowerShell redirected is UTF-16.

    Raises ValueError on bytes that are neither.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16").encode()
    if not data.isascii():
        data.decode()  # msgspec skips what it is not asked for without a look at its bytes
    return data.removeprefix(b"\xef\xbb\xbf")


def top_level_keys(data: bytes) -> tuple[str, ...]:
    """Return the keys of a JSON object that `decode` has read, for a file in which it knew none."""
    return tuple(sorted(_KEYS.decode(_utf_8(data))))
