"""Route tables, their routes, and who uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.estate.plan.draft import Draft, Item, Place, tags
from landline.estate.plan.reference import DEFAULT_ROUTE_TABLE, ROUTE_TABLE
from landline.estate.plan.resource import UNKNOWN
from landline.estate.plan.translation import Translation, dropped, kept
from landline.estate.plan.vpc import local_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.estate.plan.resource import Resource

DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "cidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
"""Names of a destination in a route of its own and inside a table → AWS's."""

TARGETS = {
    "gatewayId": "GatewayId",
    "vpcEndpointId": "GatewayId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "natGatewayId": "NatGatewayId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "networkInterfaceId": "NetworkInterfaceId",
    "instanceId": "InstanceId",
    "localGatewayId": "LocalGatewayId",
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "odbNetworkArn": "OdbNetworkArn",
}
"""Names of a target → AWS's."""


def _route(draft: Draft, resource: Resource, values: Mapping[str, Any], within: str | None) -> Item:
    """A route as AWS shows it.

    An unknown target is one that no document shows: the prover doubts the packets that take it.
    """
    route: Item = {"State": "active", "Origin": "CreateRoute"}
    for theirs, ours in DESTINATIONS.items():
        value = values.get(theirs)
        if value == UNKNOWN or (value and theirs == "destinationPrefixListId"):
            found = draft.references(resource, theirs, [value], within or theirs)
            value = found[0] if len(found) == 1 else None
            if value is None and theirs != "destinationPrefixListId":
                draft.unknown(resource, within or theirs)
        if value:
            route[ours] = value
    for theirs, ours in TARGETS.items():
        value = values.get(theirs)
        if value == UNKNOWN:
            found = draft.origins(resource, within or theirs, theirs)
            value = found[0] if len(found) == 1 else f"unknown: {within or theirs} of {resource}"
        if value:
            route[ours] = value
    unread = set(values) - DESTINATIONS.keys() - TARGETS.keys() - {"routeTableId", "region"}
    if any(values[name] for name in unread):
        draft.note(f"{resource}: {', '.join(sorted(unread))} of a route is not modelled")
    return route


def _goes_to(route: Item) -> tuple[object, ...]:
    return tuple(route.get(name) for name in dict.fromkeys(DESTINATIONS.values()))


def _own(draft: Draft, route: Item) -> bool:
    """Whether a table's owner put a route in: neither local, nor a gateway endpoint's, nor learnt."""
    gateway = route.get("GatewayId")
    by_endpoint = route.get("DestinationPrefixListId") and draft.leads_to_service(gateway)
    learnt = route.get("Origin") == "EnableVgwRoutePropagation"
    return not (gateway == "local" or by_endpoint or learnt)


def _inline(draft: Draft, resource: Resource, table: Item) -> None:
    """Routes inside a table are all that it has, beside those that AWS puts there itself."""
    routes = resource.inputs.get("routes")
    if routes is not None and resource.changes("routes"):
        table["Routes"] = [route for route in table["Routes"] if not _own(draft, route)]
        if routes == UNKNOWN:
            draft.unknown(resource, "routes")
            return
        for values in routes:
            if values == UNKNOWN:
                draft.unknown(resource, "routes")
            else:
                _put(table, _route(draft, resource, values, "routes"))
    if resource.inputs.get("propagatingVgws") and resource.changes("propagatingVgws"):
        draft.note(f"{resource}: the routes that it learns from a virtual private gateway are unknown")


def _put(table: Item, route: Item) -> None:
    table["Routes"] = [one for one in table["Routes"] if _goes_to(one) != _goes_to(route)] + [route]


def _table(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("RouteTables", "RouteTableId", name)
    if item is None:
        vpc = draft.required(resource, "vpcId")
        if vpc is None:
            return
        owner = draft.find("Vpcs", "VpcId", vpc)
        item = draft.add(
            place,
            "RouteTables",
            {
                "RouteTableId": name,
                "VpcId": vpc,
                "OwnerId": place.account,
                "Routes": [] if owner is None else local_routes(owner),
                "Associations": [],
            },
        )
    item["Tags"] = tags(resource)
    _inline(draft, resource, item)


def _default_table(draft: Draft, resource: Resource, place: Place) -> None:
    """Taking over a VPC's main table removes its routes (pulumi_aws, DefaultRouteTable)."""
    table = draft.find("RouteTables", "RouteTableId", draft.identity(resource))
    if table is None:
        draft.note(f"{resource}: the route table that it takes over is in no document")
        return
    table["Tags"] = tags(resource)
    if resource.change == "create":
        table["Routes"] = [route for route in table["Routes"] if not _own(draft, route)]
    _inline(draft, resource, table)


def _alone(draft: Draft, resource: Resource, place: Place) -> None:
    table = draft.find("RouteTables", "RouteTableId", draft.required(resource, "routeTableId"))
    if table is None:
        draft.note(f"{resource}: its route table is in no document")
        return
    if resource.change == "update":
        _take_out(table, resource.old)
    _put(table, _route(draft, resource, resource.inputs, None))


def _take_out(table: Item, values: Mapping[str, Any]) -> None:
    gone = {ours: values[theirs] for theirs, ours in DESTINATIONS.items() if values.get(theirs)}
    table["Routes"] = [
        route
        for route in table["Routes"]
        if not gone or any(route.get(name) != value for name, value in gone.items())
    ]


def _without_route(draft: Draft, resource: Resource, place: Place) -> None:
    table = draft.find("RouteTables", "RouteTableId", resource.known("routeTableId"))
    if table is not None:
        _take_out(table, resource.inputs)


def _association(draft: Draft, resource: Resource, place: Place) -> None:
    user = "gatewayId" if resource.inputs.get("gatewayId") else "subnetId"
    name = draft.required(resource, user)
    table = draft.find("RouteTables", "RouteTableId", draft.required(resource, "routeTableId"))
    if table is None or name is None:
        draft.note(f"{resource}: which table {user} uses is unknown, or in no document")
        return
    key = "GatewayId" if user == "gatewayId" else "SubnetId"
    _dissociate(draft, key, name)
    table["Associations"].append(
        {
            "Main": False,
            "RouteTableId": table["RouteTableId"],
            key: name,
            "AssociationState": {"State": "associated"},
        }
    )


def _dissociate(draft: Draft, key: str, name: str | None) -> None:
    for _, item in draft.every("RouteTables"):
        if any(part.get(key) == name for part in item.get("Associations", ())):
            draft.find("RouteTables", "RouteTableId", item["RouteTableId"])
            item["Associations"] = [part for part in item["Associations"] if part.get(key) != name]


def _without_association(draft: Draft, resource: Resource, place: Place) -> None:
    for name, key in (("gatewayId", "GatewayId"), ("subnetId", "SubnetId")):
        if resource.known(name) is not None:
            _dissociate(draft, key, resource.known(name))


def _main(draft: Draft, resource: Resource, place: Place) -> None:
    _make_main(draft, resource, draft.required(resource, "vpcId"), draft.required(resource, "routeTableId"))


def _make_main(draft: Draft, resource: Resource, vpc: str | None, name: str | None) -> None:
    table = draft.find("RouteTables", "RouteTableId", name)
    if table is None or vpc is None:
        draft.note(f"{resource}: which table is the VPC's main one is unknown, or in no document")
        return
    for _, item in draft.every("RouteTables"):
        if item.get("VpcId") == vpc and any(part.get("Main") for part in item.get("Associations", ())):
            draft.find("RouteTables", "RouteTableId", item["RouteTableId"])
            item["Associations"] = [part for part in item["Associations"] if not part.get("Main")]
    table["Associations"].append(
        {"Main": True, "RouteTableId": name, "AssociationState": {"State": "associated"}}
    )


def _without_main(draft: Draft, resource: Resource, place: Place) -> None:
    _make_main(draft, resource, resource.known("vpcId"), resource.known("originalRouteTableId"))


def _propagation(draft: Draft, resource: Resource, place: Place) -> None:
    draft.note(f"{resource}: the routes that its table learns from a virtual private gateway are unknown")


TYPES = (
    Translation(ROUTE_TABLE, _table, dropped("RouteTables", "RouteTableId")),
    Translation(DEFAULT_ROUTE_TABLE, _default_table, kept),
    Translation("aws:ec2/route:Route", _alone, _without_route),
    Translation("aws:ec2/routeTableAssociation:RouteTableAssociation", _association, _without_association),
    Translation("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", _main, _without_main),
    Translation("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation", _propagation, kept),
)
"""Rows for route tables."""
