"""The estate as its describe calls show it, indexed. No judgement here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from landline.errors import UsageError
from landline.evidence import MARK_FILE, WIRING
from landline.network.dns_firewall import FirewallRule, ProfileResourceAssociation
from landline.network.documents import Document, OpenQuestion
from landline.network.endpoint_service import AllowedPrincipal
from landline.network.internet_gateway import CarrierGateway, EgressOnlyInternetGateway, InternetGateway
from landline.network.lattice import LatticeItem
from landline.network.load_balancer import Listener, LoadBalancer, TargetGroup, TargetHealthDescription
from landline.network.nat_gateway import NatGateway
from landline.network.network_acl import NetworkAcl
from landline.network.network_interface import NetworkInterface
from landline.network.noun import Noun
from landline.network.prefix_list import PrefixList, PrefixListEntry
from landline.network.remote_access import ClientVpnAuthorizationRule, ClientVpnTargetNetwork
from landline.network.route_table import RouteTable
from landline.network.security_group import SecurityGroup
from landline.network.subnet import Subnet
from landline.network.transit_gateway import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayPrefixListReference,
    TransitGatewayRoute,
    TransitGatewayRouteTablePropagation,
    TransitGatewayStaticRoutes,
    TransitGatewayVpcAttachment,
)
from landline.network.vpc import Vpc
from landline.network.vpc_endpoint import VpcEndpoint
from landline.network.vpc_peering_connection import VpcPeeringConnection
from landline.network.vpn_connection import VpnConnection
from landline.network.vpn_gateway import VpnGateway

N = TypeVar("N", bound=Noun)


class Place(NamedTuple):
    """An account and a Region: the folders of a snapshot."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


@dataclass(frozen=True, slots=True, order=True)
class Unreadable:
    """A file that could not be read, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Whose answers a snapshot holds: folders with documents that bear the sandbox's mark, and others."""

    sandbox: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def evidence(self) -> str:
        """Return `wiring` where the sandbox answered, else `snapshot`. Raises UsageError where both did."""
        if self.sandbox and self.others:
            raise UsageError(
                f"{self.sandbox[0] or '.'} holds what the sandbox answered (the file {MARK_FILE} says so), "
                f"{self.others[0] or '.'} does not say so: evidence is never mixed; verify them one by one"
            )
        return WIRING if self.sandbox else "snapshot"


@dataclass(frozen=True, slots=True)
class Index(Generic[N]):
    """Nouns by id, where each was described, and the ids of which documents contradict each other."""

    items: Mapping[str, N]
    places: Mapping[str, Place]
    contested: frozenset[str]

    def get(self, key: str | None) -> N | None:
        """Return the noun, or None."""
        return None if key is None else self.items.get(key)


@dataclass(frozen=True)
class Model:
    """A decoded snapshot.

    The same object described by two accounts (a shared subnet, a peering connection) counts once; its owner's
    account has the say. Ids are names and nothing else: nothing is inferred from how they begin.
    """

    places: Mapping[Place, Document]
    transit_gateway_routes: Mapping[str, tuple[TransitGatewayRoute, ...]]
    transit_gateway_route_propagations: Mapping[str, tuple[TransitGatewayRouteTablePropagation, ...]]
    prefix_list_entries: Mapping[str, tuple[PrefixListEntry, ...]]
    allowed_principals: Mapping[str, tuple[AllowedPrincipal, ...]]
    client_vpn_target_networks: Mapping[str, tuple[ClientVpnTargetNetwork, ...]]
    authorization_rules: Mapping[str, tuple[ClientVpnAuthorizationRule, ...]]
    target_health_descriptions: Mapping[str, tuple[TargetHealthDescription, ...]]
    firewall_rules: Mapping[str, tuple[FirewallRule, ...]]
    firewall_domains: Mapping[str, tuple[str, ...]]
    profile_resources: Mapping[str, tuple[ProfileResourceAssociation, ...]]
    dns_support: Mapping[str, bool]
    lattice: tuple[tuple[Place, LatticeItem], ...]
    unreadable: tuple[Unreadable, ...]
    unmodelled: tuple[tuple[str, Place], ...]
    open_questions: tuple[OpenQuestion, ...] = ()
    """What a plan leaves unknown (`landline-plan.json`)."""
    assumptions: tuple[str, ...] = ()
    """What was assumed to read that plan."""
    origins: Origins = Origins()

    def lacks(self, place: Place, kind: str) -> bool:
        """Tell whether an account and Region has no document of a kind (a field of `Document`)."""
        return place not in self.places or not isinstance(getattr(self.places[place], kind), (list, Noun))

    @cached_property
    def vpcs(self) -> Index[Vpc]:
        """VPCs by id; their place is where the owner describes them, if the snapshot has that."""
        return _index(self.places, "vpcs", "vpc_id")

    @cached_property
    def subnets(self) -> Index[Subnet]:
        """Subnets by id."""
        return _index(self.places, "subnets", "subnet_id")

    @cached_property
    def route_tables(self) -> Index[RouteTable]:
        """Route tables by id."""
        return _index(self.places, "route_tables", "route_table_id")

    @cached_property
    def network_acls(self) -> Index[NetworkAcl]:
        """Network ACLs by id."""
        return _index(self.places, "network_acls", "network_acl_id")

    @cached_property
    def security_groups(self) -> Index[SecurityGroup]:
        """Security groups by id."""
        return _index(self.places, "security_groups", "group_id")

    @cached_property
    def network_interfaces(self) -> Index[NetworkInterface]:
        """Network interfaces by id, with those that only an instance shows."""
        index: Index[NetworkInterface] = _index(self.places, "network_interfaces", "network_interface_id")
        items, places = dict(index.items), dict(index.places)
        for place, document in self.places.items():
            for reservation in document.reservations or ():
                for instance in reservation.instances:
                    for interface in instance.interfaces():
                        if interface.network_interface_id not in items:
                            items[interface.network_interface_id] = interface
                            places[interface.network_interface_id] = place
        return Index(items, places, index.contested)

    @cached_property
    def internet_gateways(self) -> Index[InternetGateway]:
        """Internet gateways by id."""
        return _index(self.places, "internet_gateways", "internet_gateway_id")

    @cached_property
    def egress_only_internet_gateways(self) -> Index[EgressOnlyInternetGateway]:
        """Egress-only internet gateways by id."""
        return _index(self.places, "egress_only_internet_gateways", "egress_only_internet_gateway_id")

    @cached_property
    def carrier_gateways(self) -> Index[CarrierGateway]:
        """Carrier gateways by id."""
        return _index(self.places, "carrier_gateways", "carrier_gateway_id")

    @cached_property
    def nat_gateways(self) -> Index[NatGateway]:
        """NAT gateways by id."""
        return _index(self.places, "nat_gateways", "nat_gateway_id")

    @cached_property
    def vpn_gateways(self) -> Index[VpnGateway]:
        """Virtual private gateways by id."""
        return _index(self.places, "vpn_gateways", "vpn_gateway_id")

    @cached_property
    def transit_gateways(self) -> Index[TransitGateway]:
        """Transit gateways by id."""
        return _index(self.places, "transit_gateways", "transit_gateway_id")

    @cached_property
    def transit_gateway_vpc_attachments(self) -> Index[TransitGatewayVpcAttachment]:
        """VPC attachments by id."""
        return _index(self.places, "transit_gateway_vpc_attachments", "transit_gateway_attachment_id")

    @cached_property
    def transit_gateway_attachments(self) -> Mapping[str, Index[TransitGatewayAttachment]]:
        """Attachments by transit gateway and id: a peering attachment has one id at both of its ends."""
        by_gateway: dict[str, dict[Place, Document]] = defaultdict(dict)
        for place, document in self.places.items():
            for item in document.transit_gateway_attachments or ():
                part = by_gateway[item.transit_gateway_id].setdefault(
                    place, Document(transit_gateway_attachments=[])
                )
                part.transit_gateway_attachments = [*(part.transit_gateway_attachments or ()), item]
        return {
            gateway: _index(
                parts,
                "transit_gateway_attachments",
                "transit_gateway_attachment_id",
                "transit_gateway_owner_id",
            )
            for gateway, parts in by_gateway.items()
        }

    @cached_property
    def transit_gateway_static_routes(self) -> Mapping[str, tuple[TransitGatewayStaticRoutes, ...]]:
        """Static routes of transit gateways by route table, where they were searched for by themselves."""
        found: dict[str, tuple[TransitGatewayStaticRoutes, ...]] = {}
        for document in self.places.values():
            for item in document.transit_gateway_static_routes or ():
                table = item.transit_gateway_route_table_id
                found[table] = (*found.get(table, ()), item)
        return found

    @cached_property
    def transit_gateway_propagations(self) -> Mapping[str, tuple[TransitGatewayRouteTablePropagation, ...]]:
        """What propagates to a transit gateway's route tables, by table."""
        found = dict(self.transit_gateway_route_propagations)
        for document in self.places.values():
            for item in document.transit_gateway_propagations or ():
                table = item.transit_gateway_route_table_id
                more = item.transit_gateway_route_table_propagations
                found[table] = (*found.get(table, ()), *more)
        return found

    @cached_property
    def transit_gateway_prefix_list_references(
        self,
    ) -> Mapping[str, tuple[TransitGatewayPrefixListReference, ...]]:
        """Prefix lists that transit gateways route by, by route table."""
        found: dict[str, tuple[TransitGatewayPrefixListReference, ...]] = {}
        for document in self.places.values():
            for item in document.transit_gateway_prefix_list_references or ():
                table = item.transit_gateway_route_table_id
                found[table] = (*found.get(table, ()), item)
        return found

    @cached_property
    def vpc_peering_connections(self) -> Index[VpcPeeringConnection]:
        """Peering connections by id.

        The two ends may see each other's blocks differently; one that lives, lives.
        """
        index: Index[VpcPeeringConnection] = _index(
            self.places, "vpc_peering_connections", "vpc_peering_connection_id"
        )
        items = dict(index.items)
        for document in self.places.values():
            for item in document.vpc_peering_connections or ():
                if item.live():
                    items[item.vpc_peering_connection_id] = item
        return Index(items, index.places, frozenset())

    @cached_property
    def vpn_connections(self) -> Index[VpnConnection]:
        """Site-to-Site VPN connections by id."""
        return _index(self.places, "vpn_connections", "vpn_connection_id")

    @cached_property
    def load_balancers(self) -> tuple[LoadBalancer, ...]:
        """Load balancers, in the order of their ARNs."""
        index: Index[LoadBalancer] = _index(self.places, "load_balancers", "load_balancer_arn")
        return tuple(_ordered(index.items))

    @cached_property
    def listeners(self) -> Mapping[str, tuple[Listener, ...]]:
        """Listeners by their load balancer's ARN. A load balancer of which nothing tells them is absent."""
        found: dict[str, dict[str, Listener]] = defaultdict(dict)
        for document in self.places.values():
            for item in (
                *(document.listeners or ()),
                *(one for group in document.load_balancer_listeners or () for one in group.listeners),
            ):
                found[item.load_balancer_arn][item.listener_arn] = item
        return {arn: tuple(_ordered(items)) for arn, items in found.items()}

    @cached_property
    def target_groups(self) -> Index[TargetGroup]:
        """Target groups by ARN."""
        return _index(self.places, "target_groups", "target_group_arn")

    def targets(self, group: TargetGroup) -> tuple[TargetHealthDescription, ...] | None:
        """Return a target group's targets, or None where no document shows them."""
        found: list[TargetHealthDescription] = []
        seen = group.target_group_name in self.target_health_descriptions
        found += self.target_health_descriptions.get(group.target_group_name, ())
        for document in self.places.values():
            for item in document.load_balancer_target_health or ():
                if item.target_group_arn == group.target_group_arn:
                    seen = True
                    found += item.target_health_descriptions
        return tuple(dict.fromkeys(found)) if seen else None

    @cached_property
    def vpc_endpoints(self) -> Index[VpcEndpoint]:
        """VPC endpoints by id."""
        return _index(self.places, "vpc_endpoints", "vpc_endpoint_id")

    @cached_property
    def prefix_lists(self) -> Index[PrefixList]:
        """Prefix lists by id.

        One that AWS manages is listed by two calls; the one with its blocks has the say.
        """
        index: Index[PrefixList] = _index(self.places, "prefix_lists", "prefix_list_id")
        items = dict(index.items)
        for document in self.places.values():
            for item in document.prefix_lists or ():
                if item.cidrs is not None:
                    items[item.prefix_list_id] = item
        return Index(items, index.places, frozenset())

    @cached_property
    def subnets_of(self) -> Mapping[str, tuple[Subnet, ...]]:
        """Subnets by VPC, in the order of their ids."""
        return _by_vpc(self.subnets)

    @cached_property
    def route_tables_of(self) -> Mapping[str, tuple[RouteTable, ...]]:
        """Route tables by VPC, in the order of their ids."""
        return _by_vpc(self.route_tables)

    @cached_property
    def network_acls_of(self) -> Mapping[str, tuple[NetworkAcl, ...]]:
        """Network ACLs by VPC, in the order of their ids."""
        return _by_vpc(self.network_acls)

    @cached_property
    def network_interfaces_of(self) -> Mapping[str, tuple[NetworkInterface, ...]]:
        """Network interfaces by VPC, in the order of their ids."""
        return _by_vpc(self.network_interfaces)


def _index(places: Mapping[Place, Document], kind: str, key: str, owner: str = "owner_id") -> Index[Any]:
    items: dict[str, Noun] = {}
    home: dict[str, Place] = {}
    rivals: dict[str, list[tuple[Place, Noun]]] = {}
    for place, document in places.items():
        for item in getattr(document, kind) or ():
            name = getattr(item, key)
            known = items.setdefault(name, item)
            if known is item:
                home[name] = place
            elif known != item or home[name] != place:
                rivals.setdefault(name, [(home[name], known)]).append((place, item))
    contested: set[str] = set()
    for name, claims in rivals.items():
        own = [claim for claim in claims if getattr(claim[1], owner, None) == claim[0].account]
        home[name], items[name] = (own or claims)[0]
        if any(item != items[name] for _, item in own or claims):
            contested.add(name)
    return Index(items, home, frozenset(contested))


def _by_vpc(index: Index[N]) -> Mapping[str, tuple[N, ...]]:
    groups: dict[str, list[N]] = defaultdict(list)
    for item in _ordered(index.items):
        vpc_id = getattr(item, "vpc_id", None)
        if vpc_id is not None:
            groups[vpc_id].append(item)
    return {vpc_id: tuple(items) for vpc_id, items in groups.items()}


def _ordered(items: Mapping[str, N]) -> Iterable[N]:
    return (items[name] for name in sorted(items))
