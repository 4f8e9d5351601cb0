"""VPC Lattice: what joins VPCs without a route of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.reference import RESOURCE_GATEWAY
from landline.estate.plan.translation import Translation, dropped

if TYPE_CHECKING:
    from landline.estate.plan.draft import Draft, Item, Place
    from landline.estate.plan.resource import Resource


def _put(draft: Draft, resource: Resource, place: Place, kind: str, item: Item) -> None:
    """Each item has a file of its own: all of VPC Lattice's lists print `items`."""
    name = draft.identity(resource)
    own = {"id": name, "arn": _arn(place, kind, name), "status": "ACTIVE"}
    draft.put(place, "items", name, [own | item])


def _arn(place: Place, kind: str, name: str) -> str:
    if name.startswith("arn:"):
        return name
    return f"arn:aws:vpc-lattice:{place.region}:{place.account}:{kind}/{name}"


def _association(draft: Draft, resource: Resource, place: Place) -> None:
    vpc = draft.required(resource, "vpcIdentifier")
    network = draft.required(resource, "serviceNetworkIdentifier")
    if vpc is not None and network is not None:
        item = {"vpcId": vpc, "serviceNetworkArn": _arn(place, "servicenetwork", network)}
        _put(draft, resource, place, "servicenetworkvpcassociation", item)


def _gateway(draft: Draft, resource: Resource, place: Place) -> None:
    vpc = draft.required(resource, "vpcId")
    if vpc is not None:
        _put(draft, resource, place, "resourcegateway", {"vpcIdentifier": vpc})


def _configuration(draft: Draft, resource: Resource, place: Place) -> None:
    gateway = draft.reference(resource, "resourceGatewayIdentifier")
    item = {} if gateway is None else {"resourceGatewayId": gateway}
    _put(draft, resource, place, "resourceconfiguration", item)


_GONE = dropped("items", "id")

TYPES = (
    Translation(
        "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation", _association, _GONE
    ),
    Translation(RESOURCE_GATEWAY, _gateway, _GONE),
    Translation("aws:vpclattice/resourceConfiguration:ResourceConfiguration", _configuration, _GONE),
)
"""Rows for VPC Lattice."""
