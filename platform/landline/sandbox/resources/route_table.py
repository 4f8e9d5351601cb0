"""Route tables, their associations with subnets, and the adoption of a VPC's main table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    forgiving_absence,
    found,
    made,
    nothing_to_delete,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_TARGETS = {
    "cidrBlock": "DestinationCidrBlock",
    "destinationCidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
}
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def _route(route: Properties) -> dict[str, str]:
    """A route of the program as CreateRoute takes it."""
    unknown = sorted(set(route) - set(_TARGETS))
    if unknown:
        message = f"routes: the sandbox does not model {', '.join(unknown)}"
        raise NotImplementedError(message)
    return {_TARGETS[name]: value for name, value in route.items() if value}


def _destination(route: dict[str, Any]) -> dict[str, str]:
    return {name: route[name] for name in _DESTINATIONS if name in route}


def _set_routes(place: Place, table: dict[str, Any], routes: list[Properties]) -> None:
    """Makes the table's own routes exactly these; local routes and those of gateway endpoints are AWS's."""
    ec2, table_id = place.client("ec2"), table["RouteTableId"]
    wanted = [_route(route) for route in routes]
    for route in table["Routes"]:
        gateway = route.get("GatewayId", "")
        if gateway == "local" or gateway.startswith("vpce-"):
            continue
        ec2.delete_route(RouteTableId=table_id, **_destination(route))
    for route in wanted:
        ec2.create_route(RouteTableId=table_id, **route)


def _described(place: Place, table_id: str) -> dict[str, Any]:
    table: dict[str, Any] = place.client("ec2").describe_route_tables(RouteTableIds=[table_id])[
        "RouteTables"
    ][0]
    return table


def _create_table(place: Place, properties: Properties) -> Made:
    ec2 = place.client("ec2")
    table = ec2.create_route_table(
        VpcId=properties["vpcId"], TagSpecifications=tag_specifications("route-table", properties)
    )["RouteTable"]
    if properties.get("routes"):
        _set_routes(place, table, properties["routes"])
    return Made(table["RouteTableId"], _table_outputs(place, table, properties))


def _read_table(place: Place, table_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    table = found(lambda: ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0])
    return None if table is None else _table_outputs(place, table, known)


def _table_outputs(place: Place, table: dict[str, Any], known: Properties) -> Properties:
    table_id = table["RouteTableId"]
    return {
        **known,
        "id": table_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:route-table/{table_id}",
        "vpcId": table["VpcId"],
        "ownerId": table["OwnerId"],
        "tagsAll": tag_map(table.get("Tags", [])),
    }


def _update_table(place: Place, table_id: str, old: Properties, new: Properties) -> Properties:
    if (old.get("routes") or []) != (new.get("routes") or []):
        _set_routes(place, _described(place, table_id), new.get("routes") or [])
    retag_ec2(place, table_id, old, new)
    return now(place, table_id, new, _read_table)


def _delete_table(place: Place, table_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ec2").delete_route_table(RouteTableId=table_id)


def _adopt_table(place: Place, properties: Properties) -> Made:
    table_id = properties["defaultRouteTableId"]
    # Adoption removes every route that the program does not declare (provider documentation,
    # DefaultRouteTable).
    _set_routes(place, _described(place, table_id), properties.get("routes") or [])
    retag_ec2(place, table_id, {}, properties)
    return made(place, table_id, properties, _read_table)


def _create_association(place: Place, properties: Properties) -> Made:
    association = place.client("ec2").associate_route_table(
        RouteTableId=properties["routeTableId"], SubnetId=properties["subnetId"]
    )["AssociationId"]
    return Made(association, {**properties, "id": association})


def _read_association(place: Place, association: str, known: Properties) -> Properties | None:
    chosen = [{"Name": "association.route-table-association-id", "Values": [association]}]
    tables = place.client("ec2").describe_route_tables(Filters=chosen)["RouteTables"]
    for table in tables:
        for each in table["Associations"]:
            if each["RouteTableAssociationId"] == association:
                return {
                    **known,
                    "id": association,
                    "routeTableId": table["RouteTableId"],
                    "subnetId": each["SubnetId"],
                }
    return None


def _update_association(place: Place, association: str, old: Properties, new: Properties) -> Properties:
    if old.get("routeTableId") == new["routeTableId"]:
        return now(place, association, new, _read_association)
    replaced = place.client("ec2").replace_route_table_association(
        AssociationId=association, RouteTableId=new["routeTableId"]
    )["NewAssociationId"]
    return now(place, replaced, new, _read_association)


def _delete_association(place: Place, association: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ec2").disassociate_route_table(AssociationId=association)


TYPES = (
    ResourceType(
        token="aws:ec2/routeTable:RouteTable",  # noqa: S106 - a Pulumi type token
        create=_create_table,
        read=_read_table,
        update=_update_table,
        delete=_delete_table,
        replace_on=frozenset({"vpcId"}),
        inputs=frozenset({"vpcId", "routes", "tags"}),
    ),
    ResourceType(
        token="aws:ec2/defaultRouteTable:DefaultRouteTable",  # noqa: S106
        create=_adopt_table,
        read=_read_table,
        update=_update_table,
        delete=nothing_to_delete,
        replace_on=frozenset({"defaultRouteTableId"}),
        inputs=frozenset({"defaultRouteTableId", "routes", "tags"}),
    ),
    ResourceType(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",  # noqa: S106
        create=_create_association,
        read=_read_association,
        update=_update_association,
        delete=_delete_association,
        # The provider changes the table in place; the sandbox replaces, because the association's id
        # changes with it.
        replace_on=frozenset({"subnetId", "routeTableId"}),
        inputs=frozenset({"subnetId", "routeTableId"}),
    ),
)
"""The rows of this noun family."""
