"""Transit gateways: attachments, and the route tables that decide where their packets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.draft import Draft, Item, Place, made_with, tags
from landline.estate.plan.interface import put
from landline.estate.plan.reference import TRANSIT_GATEWAY, TRANSIT_ROUTE_TABLE, TRANSIT_VPC_ATTACHMENT
from landline.estate.plan.translation import Translation, dropped, kept
from landline.estate.plan.vpc import blocks

if TYPE_CHECKING:
    from landline.estate.plan.resource import Resource

DEFAULT_TABLES = ("associationDefaultRouteTableId", "propagationDefaultRouteTableId")
_ATTACHMENT, _TABLE = "TransitGatewayAttachmentId", "TransitGatewayRouteTableId"


def _gateway(draft: Draft, resource: Resource, place: Place) -> None:
    """A transit gateway comes with a default route table, for both purposes, unless both are declined."""
    name = draft.identity(resource)
    if draft.find("TransitGateways", "TransitGatewayId", name) is not None:
        if resource.change == "update":
            draft.note(f"{resource}: a change of a transit gateway is not modelled")
        return
    options: Item = {"MulticastSupport": resource.inputs.get("multicastSupport") or "disable"}
    for purpose, ours in (("Association", "association"), ("Propagation", "propagation")):
        wanted = resource.inputs.get(f"defaultRouteTable{purpose}") != "disable"
        options[f"DefaultRouteTable{purpose}"] = "enable" if wanted else "disable"
        if wanted:
            output = f"{ours}DefaultRouteTableId"
            table = resource.known(output) or made_with(name, DEFAULT_TABLES[0])
            options[f"{purpose}DefaultRouteTableId"] = table
            if draft.find("TransitGatewayRouteTables", _TABLE, table) is None:
                _new_table(draft, place, table, name)
    item = {
        "TransitGatewayId": name,
        "OwnerId": place.account,
        "State": "available",
        "Options": options,
        "Tags": tags(resource),
    }
    draft.add(place, "TransitGateways", item)


def _new_table(draft: Draft, place: Place, name: str, gateway: str) -> None:
    item = {_TABLE: name, "TransitGatewayId": gateway, "State": "available"}
    draft.add(place, "TransitGatewayRouteTables", item)
    draft.put(place, "Routes", name, [])


def _table(draft: Draft, resource: Resource, place: Place) -> None:
    name, gateway = draft.identity(resource), draft.required(resource, "transitGatewayId")
    if gateway is not None and draft.find("TransitGatewayRouteTables", _TABLE, name) is None:
        _new_table(draft, place, name, gateway)


def _attachment(draft: Draft, resource: Resource, place: Place) -> None:
    """A VPC that is attached uses the default tables, unless told otherwise."""
    name = draft.identity(resource)
    if draft.find("TransitGatewayVpcAttachments", _ATTACHMENT, name) is not None:
        if resource.change == "update":
            draft.note(f"{resource}: a change of a transit gateway attachment is not modelled")
        return
    gateway, vpc = draft.required(resource, "transitGatewayId"), draft.required(resource, "vpcId")
    if gateway is None or vpc is None:
        return
    subnets = draft.references(resource, "subnetIds")
    mode = resource.known("applianceModeSupport") or "disable"
    draft.add(
        place,
        "TransitGatewayVpcAttachments",
        {
            _ATTACHMENT: name,
            "TransitGatewayId": gateway,
            "VpcId": vpc,
            "VpcOwnerId": place.account,
            "State": "available",
            "SubnetIds": subnets,
            "Options": {"ApplianceModeSupport": mode},
        },
    )
    item: Item = {
        _ATTACHMENT: name,
        "TransitGatewayId": gateway,
        "ResourceType": "vpc",
        "ResourceId": vpc,
        "State": "available",
    }
    draft.add(place, "TransitGatewayAttachments", item)
    for number, subnet in enumerate(subnets, 1):
        put(draft, place, f"{name}:{number}", subnet, [], kind="transit_gateway")
    _defaults(draft, resource, gateway, item)


def _defaults(draft: Draft, resource: Resource, gateway: str, attachment: Item) -> None:
    known = next((i for _, i in draft.every("TransitGateways") if i.get("TransitGatewayId") == gateway), None)
    if known is None:
        draft.note(f"{resource}: the default route tables of {gateway} are in no document")
        return
    attachment["TransitGatewayOwnerId"] = known.get("OwnerId")
    options = known.get("Options", {})
    for purpose in ("Association", "Propagation"):
        asked = resource.inputs.get(f"transitGatewayDefaultRouteTable{purpose}")
        table = options.get(f"{purpose}DefaultRouteTableId")
        if asked is False or options.get(f"DefaultRouteTable{purpose}") == "disable":
            continue
        if table is None:
            draft.note(f"{resource}: the default route table of {gateway} is in no document")
        elif purpose == "Association":
            attachment["Association"] = {_TABLE: table, "State": "associated"}
        else:
            _propagate(draft, resource, table, attachment)


def _propagate(draft: Draft, resource: Resource, table: str, attachment: Item) -> None:
    vpc = next((i for _, i in draft.every("Vpcs") if i.get("VpcId") == attachment["ResourceId"]), None)
    if vpc is None:
        draft.note(f"{resource}: the blocks of {attachment['ResourceId']} are in no document")
        return
    for block in blocks(vpc):
        _add_route(draft, resource, table, block, attachment, "propagated")


def _add_route(
    draft: Draft, resource: Resource, table: str, block: str, attachment: Item | None, kind: str
) -> None:
    place = draft.home("TransitGatewayRouteTables", _TABLE, table)
    if place is None or not draft.shows(place, "Routes", table):
        draft.note(f"{resource}: the routes of {table} are in no document")
        return
    route: Item = {"DestinationCidrBlock": block, "Type": kind, "State": "active"}
    if attachment is None:
        route["State"] = "blackhole"
    else:
        route["TransitGatewayAttachments"] = [
            {
                _ATTACHMENT: attachment[_ATTACHMENT],
                "ResourceId": attachment.get("ResourceId"),
                "ResourceType": attachment.get("ResourceType"),
            }
        ]
    others = draft.items(place, "Routes", table)
    # A static route wins over a propagated one (VPC guide, Transit gateway route evaluation order).
    if kind == "static":
        others = [one for one in others if one.get("DestinationCidrBlock") != block]
    elif any(one.get("DestinationCidrBlock") == block for one in others):
        return
    draft.put(place, "Routes", table, [*others, route])


def _found(draft: Draft, resource: Resource) -> tuple[str | None, Item | None]:
    table = draft.required(resource, "transitGatewayRouteTableId")
    attachment = draft.find(
        "TransitGatewayAttachments", _ATTACHMENT, draft.required(resource, "transitGatewayAttachmentId")
    )
    if table is None or attachment is None:
        draft.note(f"{resource}: its table or its attachment is unknown, or in no document")
    return table, attachment


def _association(draft: Draft, resource: Resource, place: Place) -> None:
    table, attachment = _found(draft, resource)
    if table is not None and attachment is not None:
        attachment["Association"] = {_TABLE: table, "State": "associated"}


def _without_association(draft: Draft, resource: Resource, place: Place) -> None:
    name = resource.known("transitGatewayAttachmentId")
    attachment = draft.find("TransitGatewayAttachments", _ATTACHMENT, name)
    if attachment is not None:
        attachment.pop("Association", None)


def _propagation(draft: Draft, resource: Resource, place: Place) -> None:
    table, attachment = _found(draft, resource)
    if table is not None and attachment is not None:
        if attachment.get("ResourceType") == "vpc":
            _propagate(draft, resource, table, attachment)
        else:
            draft.note(
                f"{resource}: what a {attachment.get('ResourceType')} attachment propagates is unknown"
            )


def _route(draft: Draft, resource: Resource, place: Place) -> None:
    table = draft.required(resource, "transitGatewayRouteTableId")
    block = resource.known("destinationCidrBlock")
    if table is None or block is None:
        draft.note(f"{resource}: its table or its destination is unknown")
    elif resource.inputs.get("blackhole") is True:
        _add_route(draft, resource, table, block, None, "static")
    else:
        _, attachment = _found(draft, resource)
        if attachment is not None:
            _add_route(draft, resource, table, block, attachment, "static")


def _without_route(draft: Draft, resource: Resource, place: Place) -> None:
    draft.note(f"{resource}: which route takes its place is not known before it is deleted")


def _without_attachment(draft: Draft, resource: Resource, place: Place) -> None:
    for key in ("TransitGatewayVpcAttachments", "TransitGatewayAttachments"):
        draft.drop(key, _ATTACHMENT, resource.id)
    draft.note(f"{resource}: which routes remain where it led is not known before it is deleted")


def _vpn(draft: Draft, resource: Resource, place: Place) -> None:
    """A tunnel that ends at a virtual private gateway is judged by the routes that lead there."""
    if not resource.inputs.get("vpnGatewayId") or resource.inputs.get("transitGatewayId"):
        draft.note(f"{resource}: a VPN that ends elsewhere than at a virtual private gateway is not modelled")


TYPES = (
    Translation(TRANSIT_GATEWAY, _gateway, dropped("TransitGateways", "TransitGatewayId")),
    Translation(TRANSIT_ROUTE_TABLE, _table, dropped("TransitGatewayRouteTables", _TABLE)),
    Translation(TRANSIT_VPC_ATTACHMENT, _attachment, _without_attachment),
    Translation(
        "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        _association,
        _without_association,
    ),
    Translation("aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation", _propagation, kept),
    Translation("aws:ec2transitgateway/route:Route", _route, _without_route),
    Translation("aws:ec2/vpnConnection:VpnConnection", _vpn, kept),
)
"""Rows for transit gateways."""
