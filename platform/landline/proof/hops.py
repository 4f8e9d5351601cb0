"""What each hop of a path is, in words: looked up in the model, never read out of an id."""

from collections.abc import Iterator

from landline.network import Model
from landline.network.route_table import Route, RouteTable
from landline.proof.hop import Path


def described(model: Model, path: Path) -> tuple[str, ...]:
    """Return one line for each hop: its kind, its id, and of a route table the route taken.

    What stands in for a subnet's interfaces is named like the subnet, and is one hop with it.
    """
    return tuple(_hop(model, path, at) for at in range(len(path)) if not at or path[at] != path[at - 1])


def _hop(model: Model, path: Path, at: int) -> str:
    name, ahead = path[at], path[at + 1 :]
    for index, kind in (
        (model.network_interfaces, "network interface"),
        (model.subnets, "subnet"),
        (model.vpcs, "VPC"),
        (model.internet_gateways, "internet gateway"),
        (model.egress_only_internet_gateways, "egress-only internet gateway"),
        (model.carrier_gateways, "carrier gateway"),
        (model.nat_gateways, "NAT gateway"),
        (model.vpn_gateways, "virtual private gateway"),
        (model.vpc_peering_connections, "peering connection"),
        (model.transit_gateways, "transit gateway"),
        (model.transit_gateway_vpc_attachments, "transit gateway attachment"),
        (model.vpc_endpoints, "VPC endpoint"),
    ):
        if name in index.items:
            return f"{kind} {name}"
    table = model.route_tables.get(name)
    if table is not None:
        taken = ", ".join(dict.fromkeys(_taken(table, ahead)))
        return f"route table {name}" + (f" {taken}" if taken else "")
    if any(name in index.items for index in model.transit_gateway_attachments.values()):
        return f"transit gateway attachment {name}"
    if name in model.transit_gateway_routes or any(
        one.transit_gateway_route_table_id == name
        for document in model.places.values()
        for one in document.transit_gateway_route_tables or ()
    ):
        routes = [
            f"{route.destination_cidr_block} → {one.transit_gateway_attachment_id}"
            for route in model.transit_gateway_routes.get(name, ())
            for one in route.transit_gateway_attachments
            if one.transit_gateway_attachment_id in ahead[:1]
        ]
        taken = ", ".join(dict.fromkeys(routes))
        return f"transit gateway route table {name}" + (f" {taken}" if taken else "")
    if any(name == balancer.load_balancer_arn for balancer in model.load_balancers):
        return f"load balancer {name}"
    if any(name == item.service_id for d in model.places.values() for item in d.service_configurations or ()):
        return f"endpoint service {name}"
    return name


def _taken(table: RouteTable, ahead: Path) -> Iterator[str]:
    """Yield the routes that lead to the next hop, or the local ones where that is inside the VPC."""
    named = [(route, target) for route in table.routes for target in _targets(route)]
    direct = [(route, target) for route, target in named if target in ahead[:1]]
    if not direct and ahead:
        direct = [(route, target) for route, target in named if target == "local"]
    for route, target in direct:
        yield f"{route.destination()} → {target}"


def _targets(route: Route) -> Iterator[str]:
    for target in (
        route.gateway_id,
        route.egress_only_internet_gateway_id,
        route.nat_gateway_id,
        route.transit_gateway_id,
        route.vpc_peering_connection_id,
        route.network_interface_id,
        route.instance_id,
        route.local_gateway_id,
        route.carrier_gateway_id,
        route.core_network_arn,
        route.odb_network_arn,
    ):
        if target:
            yield target
