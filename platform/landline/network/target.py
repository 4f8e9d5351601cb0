"""Where a route leads: a route's target, looked up in the model."""

from dataclasses import dataclass
from enum import Enum

from landline.network import address
from landline.network.model import Model, Place
from landline.network.packets import SURE, Doubts
from landline.network.route_table import Route, RouteTable


class Kind(Enum):
    """What a route can lead to."""

    LOCAL = "local"
    BLACKHOLE = "blackhole"
    GATEWAY_ENDPOINT = "gateway endpoint"
    INTERNET_GATEWAY = "internet gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only internet gateway"
    CARRIER_GATEWAY = "carrier gateway"
    NAT_GATEWAY = "NAT gateway"
    TRANSIT_GATEWAY = "transit gateway"
    PEERING = "peering connection"
    VPN_GATEWAY = "virtual private gateway"
    LOCAL_GATEWAY = "local gateway"
    CORE_NETWORK = "core network"
    ODB_NETWORK = "ODB network"
    INTERFACE = "network interface"
    LOAD_BALANCER_ENDPOINT = "Gateway Load Balancer endpoint"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """A route's target: its kind and id, for UNKNOWN the reason, and the doubts about the route itself."""

    kind: Kind
    id: str
    route_table: str
    doubts: Doubts = SURE


def resolve(model: Model, place: Place, table: RouteTable, route: Route) -> Target:
    """Return where a route leads. What the documents do not show is UNKNOWN, with the reason as id."""
    kind, name = _resolve(model, place, table.vpc_id, route)
    if kind is Kind.UNKNOWN:
        name = f"route {route.destination()} in {table.route_table_id}: {name}"
    return Target(kind, name, table.route_table_id)


def _resolve(model: Model, place: Place, vpc: str, route: Route) -> tuple[Kind, str]:
    if route.state == "blackhole":
        return Kind.BLACKHOLE, ""
    if route.state != "active":
        return Kind.UNKNOWN, f"its state {route.state!r} is not modelled"
    if route.gateway_id == "local":
        return Kind.LOCAL, ""
    plain = (
        (route.egress_only_internet_gateway_id, Kind.EGRESS_ONLY_INTERNET_GATEWAY),
        (route.nat_gateway_id, Kind.NAT_GATEWAY),
        (route.transit_gateway_id, Kind.TRANSIT_GATEWAY),
        (route.vpc_peering_connection_id, Kind.PEERING),
        (route.local_gateway_id, Kind.LOCAL_GATEWAY),
        (route.carrier_gateway_id, Kind.CARRIER_GATEWAY),
        (route.core_network_arn, Kind.CORE_NETWORK),
        (route.odb_network_arn, Kind.ODB_NETWORK),
        (route.network_interface_id, Kind.INTERFACE),
    )
    named = [(name, kind) for name, kind in plain if name]
    if route.instance_id and not route.network_interface_id:
        named.append((_primary_interface(model, route.instance_id), Kind.INTERFACE))
    if route.gateway_id:
        kind, name = _gateway(model, place, route)
        named.append((name, kind))
    if route.ip_address and not named:
        return _next_hop(model, vpc, route.ip_address)
    if len(named) != 1:
        what = ", ".join(name for name, _ in named) or "none"
        return Kind.UNKNOWN, f"its target is not modelled ({what})"
    name, kind = named[0]
    return kind, name


def _primary_interface(model: Model, instance: str) -> str:
    attached = [
        (interface.attachment.device_index, name)
        for name, interface in model.network_interfaces.items.items()
        if interface.attachment is not None and interface.attachment.instance_id == instance
    ]
    return min(attached)[1] if attached else instance


def _next_hop(model: Model, vpc: str, text: str) -> tuple[Kind, str]:
    """Return the interface that a route of VPC Route Server leads to: the VPC's one with that address.

    Route Server puts next hops into tables as addresses ("EC2 API, Route": IpAddress).
    """
    try:
        hop = address.cidr(text)
        for interface in model.network_interfaces_of.get(vpc, ()):
            if any(address.cidr(own) == hop for own in interface.addresses()):
                return Kind.INTERFACE, interface.network_interface_id
    except ValueError as error:
        return Kind.UNKNOWN, f"its next hop cannot be told: {error}"
    return Kind.UNKNOWN, f"its next hop {text} is no interface of {vpc} in the documents"


def _gateway(model: Model, place: Place, route: Route) -> tuple[Kind, str]:
    name = route.gateway_id or ""
    if name in model.internet_gateways.items:
        return Kind.INTERNET_GATEWAY, name
    if name in model.vpn_gateways.items:
        return Kind.VPN_GATEWAY, name
    if name in model.carrier_gateways.items:
        return Kind.CARRIER_GATEWAY, name
    endpoint = model.vpc_endpoints.get(name)
    if endpoint is None:
        return Kind.UNKNOWN, f"its target {name} is in no document of {place}"
    if endpoint.vpc_endpoint_type == "GatewayLoadBalancer":
        return Kind.LOAD_BALANCER_ENDPOINT, name
    # AWS puts such routes in itself, for its own lists ("AWS PrivateLink guide, Gateway endpoints").
    if endpoint.vpc_endpoint_type == "Gateway" and route.destination_prefix_list_id:
        return Kind.GATEWAY_ENDPOINT, name
    return Kind.UNKNOWN, f"its target {name} is a {endpoint.vpc_endpoint_type} endpoint"


def closed(route: Route, gateway_endpoints: frozenset[str]) -> bool:
    """Tell whether a route surely leads nowhere outside, at a glance."""
    return (
        route.gateway_id == "local"
        or route.state == "blackhole"
        or (route.destination_prefix_list_id is not None and route.gateway_id in gateway_endpoints)
    )
