"""Which VPCs have anything that could let packets through: the others are done at a glance."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from landline.network import Model
from landline.network.target import Kind, closed
from landline.network.transit_gateway import attached
from landline.network.vpc_network import VpcNetwork


@dataclass(frozen=True, slots=True)
class Door:
    """Something attached to a VPC that a packet could pass, if a route led there: for latent findings."""

    rule: str
    vpc: str
    resource: str
    what: str


def gateway_endpoints(model: Model) -> frozenset[str]:
    """Return the ids of the estate's gateway endpoints."""
    return frozenset(
        item.vpc_endpoint_id
        for document in model.places.values()
        for item in document.vpc_endpoints or ()
        if item.vpc_endpoint_type == "Gateway"
    )


def open_tables(model: Model) -> frozenset[str]:
    """Return the VPCs with a route that may lead further than the VPC and its gateway endpoints."""
    endpoints = gateway_endpoints(model)
    return frozenset(
        table.vpc_id
        for document in model.places.values()
        for table in document.route_tables or ()
        for route in table.routes
        if route.gateway_id != "local" and not closed(route, endpoints)
    )


def doors(model: Model) -> Iterator[Door]:
    """Name everything attached to a VPC that leads out of it."""
    for document in model.places.values():
        for gateway in document.internet_gateways or ():
            for attachment in gateway.attachments:
                if attachment.live():
                    for rule in ("internet-egress", "internet-ingress"):
                        yield Door(
                            rule,
                            attachment.vpc_id,
                            gateway.internet_gateway_id,
                            "an internet gateway is attached",
                        )
        for outward in document.egress_only_internet_gateways or ():
            for attachment in outward.attachments:
                if attachment.live():
                    name = outward.egress_only_internet_gateway_id
                    yield Door(
                        "internet-egress",
                        attachment.vpc_id,
                        name,
                        "an egress-only internet gateway is attached",
                    )
        for carrier in document.carrier_gateways or ():
            if carrier.live():
                what = "a carrier gateway is attached"
                yield Door("internet-egress", carrier.vpc_id, carrier.carrier_gateway_id, what)
        for vpn in document.vpn_gateways or ():
            for attachment in vpn.vpc_attachments:
                if attachment.live():
                    what = "a virtual private gateway is attached"
                    yield Door("external-network", attachment.vpc_id, vpn.vpn_gateway_id, what)
        for peering in document.vpc_peering_connections or ():
            if peering.live():
                ends = (peering.requester_vpc_info, peering.accepter_vpc_info)
                for end, other in (ends, ends[::-1]):
                    rule = "network-link" if other.vpc_id in model.vpcs.items else "external-network"
                    what = f"a peering connection with {other.vpc_id} is active"
                    yield Door(rule, end.vpc_id, peering.vpc_peering_connection_id, what)
        for joined in document.transit_gateway_vpc_attachments or ():
            if attached(joined.state):
                what = "the VPC is attached to a transit gateway"
                yield Door("network-link", joined.vpc_id, joined.transit_gateway_id, what)


OUTSIDE = {
    Kind.VPN_GATEWAY: "a virtual private gateway",
    Kind.LOCAL_GATEWAY: "a local gateway",
    Kind.CORE_NETWORK: "a core network",
    Kind.ODB_NETWORK: "an ODB network",
}


def routes(network: VpcNetwork) -> Iterator[Door]:
    """Name the routes to networks outside, in use or not."""
    for name in sorted(network.tables):
        for target in network.tables[name].targets():
            if target.kind in OUTSIDE:
                what = f"a route in {name} leads to {OUTSIDE[target.kind]}"
                yield Door("external-network", network.id, target.id, what)


def bridges(model: Model) -> dict[str, tuple[str, ...]]:
    """Return instances with interfaces in several VPCs, with those interfaces."""
    homes: dict[str, set[str]] = defaultdict(set)
    pairs: dict[str, set[str]] = defaultdict(set)
    for document in model.places.values():
        for item in document.network_interfaces or ():
            if item.attachment is not None and item.attachment.instance_id and item.vpc_id:
                homes[item.attachment.instance_id].add(item.vpc_id)
                pairs[item.attachment.instance_id].add(item.network_interface_id)
        for reservation in document.reservations or ():
            for instance in reservation.instances:
                for interface in instance.network_interfaces:
                    if interface.vpc_id:
                        homes[instance.instance_id].add(interface.vpc_id)
                        pairs[instance.instance_id].add(interface.network_interface_id)
    return {name: tuple(sorted(pairs[name])) for name in sorted(homes) if len(homes[name]) > 1}
