"""What lets people into a VPC without a route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.interface import put
from landline.estate.plan.translation import Translation, dropped, kept

if TYPE_CHECKING:
    from landline.estate.plan.draft import Draft, Place
    from landline.estate.plan.resource import Resource


def _connect(draft: Draft, resource: Resource, place: Place) -> None:
    name, key = draft.identity(resource), "InstanceConnectEndpoints"
    if draft.find(key, "InstanceConnectEndpointId", name) is not None:
        return
    subnet = draft.required(resource, "subnetId")
    item = draft.add(place, key, {"InstanceConnectEndpointId": name, "State": "create-complete"})
    if subnet is None:
        return
    groups = draft.references(resource, "securityGroupIds")
    interface = put(
        draft, place, f"{name}:1", subnet, groups, description=f"EC2 Instance Connect Endpoint {name}"
    )
    if interface is not None:
        item |= {"SubnetId": subnet, "VpcId": interface["VpcId"], "NetworkInterfaceIds": [f"{name}:1"]}


def _client_vpn(draft: Draft, resource: Resource, place: Place) -> None:
    name, key = draft.identity(resource), "ClientVpnEndpoints"
    if draft.find(key, "ClientVpnEndpointId", name) is not None:
        return
    item = draft.add(place, key, {"ClientVpnEndpointId": name, "Status": {"Code": "available"}})
    vpc = draft.reference(resource, "vpcId") if resource.inputs.get("vpcId") else None
    if vpc is not None:
        item["VpcId"] = vpc


def _verified_access(draft: Draft, resource: Resource, place: Place) -> None:
    name, key = draft.identity(resource), "VerifiedAccessEndpoints"
    if draft.find(key, "VerifiedAccessEndpointId", name) is None:
        item = {"VerifiedAccessEndpointId": name, "Status": {"Code": "active"}}
        item |= {"SecurityGroupIds": draft.references(resource, "securityGroupIds")}
        draft.add(place, key, item)


def _network_association(draft: Draft, resource: Resource, place: Place) -> None:
    """Without documents of its own a Client VPN endpoint counts as joined; to those that there are, add."""
    name, subnet = draft.required(resource, "clientVpnEndpointId"), draft.required(resource, "subnetId")
    if name is None or not draft.shows(place, "ClientVpnTargetNetworks", name):
        return
    home = next((item for _, item in draft.every("Subnets") if item.get("SubnetId") == subnet), {})
    item = {"ClientVpnEndpointId": name, "VpcId": home.get("VpcId"), "Status": {"Code": "associated"}}
    draft.add(place, "ClientVpnTargetNetworks", item, name)


def _authorization(draft: Draft, resource: Resource, place: Place) -> None:
    """As `_network_association`, for who may reach what."""
    name = draft.required(resource, "clientVpnEndpointId")
    if name is None or not draft.shows(place, "AuthorizationRules", name):
        return
    item = {"ClientVpnEndpointId": name, "DestinationCidr": resource.known("targetNetworkCidr")}
    draft.add(place, "AuthorizationRules", item, name)


TYPES = (
    Translation(
        "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
        _connect,
        dropped("InstanceConnectEndpoints", "InstanceConnectEndpointId"),
    ),
    Translation(
        "aws:ec2clientvpn/endpoint:Endpoint",
        _client_vpn,
        dropped("ClientVpnEndpoints", "ClientVpnEndpointId"),
    ),
    Translation("aws:ec2clientvpn/networkAssociation:NetworkAssociation", _network_association, kept),
    Translation("aws:ec2clientvpn/authorizationRule:AuthorizationRule", _authorization, kept),
    Translation(
        "aws:verifiedaccess/endpoint:Endpoint",
        _verified_access,
        dropped("VerifiedAccessEndpoints", "VerifiedAccessEndpointId"),
    ),
)
"""Rows for remote access."""
