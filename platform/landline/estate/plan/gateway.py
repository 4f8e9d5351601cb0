"""What stands between a VPC and other networks: gateways of all kinds, and peering connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.draft import Draft, Item, Place, made_with, tags
from landline.estate.plan.interface import UNKNOWN_PUBLIC, put
from landline.estate.plan.reference import (
    CARRIER_GATEWAY,
    EGRESS_ONLY_GATEWAY,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    PEERING,
    VPN_GATEWAY,
)
from landline.estate.plan.translation import Translation, dropped, kept
from landline.estate.plan.vpc import blocks

if TYPE_CHECKING:
    from landline.estate.plan.resource import Resource


def _internet(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("InternetGateways", "InternetGatewayId", name)
    if item is None:
        item = draft.add(
            place,
            "InternetGateways",
            {"InternetGatewayId": name, "OwnerId": place.account, "Attachments": []},
        )
    item["Tags"] = tags(resource)
    if resource.inputs.get("vpcId") or resource.known("vpcId"):
        vpc = draft.reference(resource, "vpcId")
        item["Attachments"] = [] if vpc is None else [{"VpcId": vpc, "State": "available"}]


def _egress_only(draft: Draft, resource: Resource, place: Place) -> None:
    name, vpc = draft.identity(resource), draft.required(resource, "vpcId")
    key, field = "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"
    if vpc is not None and draft.find(key, field, name) is None:
        attachments = [{"VpcId": vpc, "State": "attached"}]
        draft.add(place, key, {field: name, "Attachments": attachments, "Tags": tags(resource)})


def _carrier(draft: Draft, resource: Resource, place: Place) -> None:
    name, vpc = draft.identity(resource), draft.required(resource, "vpcId")
    if vpc is not None and draft.find("CarrierGateways", "CarrierGatewayId", name) is None:
        item = {"CarrierGatewayId": name, "VpcId": vpc, "State": "available", "OwnerId": place.account}
        draft.add(place, "CarrierGateways", item)


def _nat(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if draft.find("NatGateways", "NatGatewayId", name) is not None:
        if resource.change == "update" and resource.changes(
            "secondaryAllocationIds", "secondaryPrivateIpAddresses", "availabilityZoneAddresses"
        ):
            draft.note(f"{resource}: a change of a NAT gateway's addresses is not modelled")
        return
    if resource.known("availabilityMode") == "regional":
        draft.note(f"{resource}: a regional NAT gateway is not modelled before it is made")
        return
    subnet = draft.required(resource, "subnetId")
    if subnet is None:
        return
    kind = resource.inputs.get("connectivityType") or "public"
    interface = resource.known("networkInterfaceId") or made_with(name, "networkInterfaceId")
    own = resource.known("privateIp")
    public = kind != "private"
    item = put(draft, place, interface, subnet, [], kind="nat_gateway", address=own, public=public)
    if item is None:
        return
    address: Item = {
        "NetworkInterfaceId": interface,
        "PrivateIp": item["PrivateIpAddresses"][0]["PrivateIpAddress"]
        if item["PrivateIpAddresses"]
        else None,
        "Status": "succeeded",
    }
    if public:
        address["PublicIp"] = resource.known("publicIp") or UNKNOWN_PUBLIC
    draft.add(
        place,
        "NatGateways",
        {
            "NatGatewayId": name,
            "VpcId": item["VpcId"],
            "SubnetId": subnet,
            "State": "available",
            "ConnectivityType": kind if isinstance(kind, str) else "public",
            "NatGatewayAddresses": [address],
            "Tags": tags(resource),
        },
    )


def _without_nat(draft: Draft, resource: Resource, place: Place) -> None:
    item = draft.find("NatGateways", "NatGatewayId", resource.id)
    for address in () if item is None else item.get("NatGatewayAddresses", ()):
        draft.drop("NetworkInterfaces", "NetworkInterfaceId", address.get("NetworkInterfaceId"))
    draft.drop("NatGateways", "NatGatewayId", resource.id)


def _vpn(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("VpnGateways", "VpnGatewayId", name)
    if item is None:
        item = draft.add(
            place, "VpnGateways", {"VpnGatewayId": name, "State": "available", "VpcAttachments": []}
        )
    if resource.inputs.get("vpcId") or resource.known("vpcId"):
        vpc = draft.reference(resource, "vpcId")
        item["VpcAttachments"] = [] if vpc is None else [{"VpcId": vpc, "State": "attached"}]


def _peering(draft: Draft, resource: Resource, place: Place) -> None:
    """A connection waits for the other side, unless it is accepted along with it."""
    name = draft.identity(resource)
    item = draft.find("VpcPeeringConnections", "VpcPeeringConnectionId", name)
    if item is None:
        vpc, peer = draft.required(resource, "vpcId"), draft.required(resource, "peerVpcId")
        if vpc is None or peer is None:
            return
        region = resource.known("peerRegion") or place.region
        item = draft.add(
            place,
            "VpcPeeringConnections",
            {
                "VpcPeeringConnectionId": name,
                "RequesterVpcInfo": _end(draft, vpc, place.account, place.region),
                "AccepterVpcInfo": _end(draft, peer, resource.known("peerOwnerId") or place.account, region),
                "Status": {"Code": "pending-acceptance"},
                "Tags": tags(resource),
            },
        )
    if resource.inputs.get("autoAccept") or resource.known("acceptStatus") == "active":
        item["Status"] = {"Code": "active"}


def _end(draft: Draft, vpc: str, owner: str, region: str) -> Item:
    home = next((item for _, item in draft.every("Vpcs") if item.get("VpcId") == vpc), None)
    end: Item = {"VpcId": vpc, "OwnerId": owner, "Region": region}
    found = [] if home is None else blocks(home)
    end["CidrBlockSet"] = [{"CidrBlock": block} for block in found if ":" not in block]
    end["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": block} for block in found if ":" in block]
    return end


def _accepter(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.required(resource, "vpcPeeringConnectionId")
    if not resource.inputs.get("autoAccept"):
        return
    shown = [i for _, i in draft.every("VpcPeeringConnections") if i.get("VpcPeeringConnectionId") == name]
    for item in shown:
        draft.find("VpcPeeringConnections", "VpcPeeringConnectionId", name)
        item["Status"] = {"Code": "active"}
    if not shown:
        draft.note(f"{resource}: the peering connection that it accepts is unknown, or in no document")


def _attachment(token: str, key: str, name: str, attachments: str, state: str) -> Translation:
    """The row of a resource that attaches a gateway to a VPC; `state` is that of an attachment in use."""
    argument = name[0].lower() + name[1:]

    def lay(draft: Draft, resource: Resource, place: Place) -> None:
        item = draft.find(key, name, draft.required(resource, argument))
        vpc = draft.required(resource, "vpcId")
        if item is None or vpc is None:
            draft.note(f"{resource}: the gateway or the VPC is unknown, or in no document")
            return
        item[attachments] = [{"VpcId": vpc, "State": state}]

    def lift(draft: Draft, resource: Resource, place: Place) -> None:
        item = draft.find(key, name, resource.known(argument))
        if item is not None:
            item[attachments] = []

    return Translation(token, lay, lift)


TYPES = (
    Translation(INTERNET_GATEWAY, _internet, dropped("InternetGateways", "InternetGatewayId")),
    _attachment(
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        "InternetGateways",
        "InternetGatewayId",
        "Attachments",
        "available",
    ),
    Translation(
        EGRESS_ONLY_GATEWAY,
        _egress_only,
        dropped("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ),
    Translation(CARRIER_GATEWAY, _carrier, dropped("CarrierGateways", "CarrierGatewayId")),
    Translation(NAT_GATEWAY, _nat, _without_nat),
    Translation(VPN_GATEWAY, _vpn, dropped("VpnGateways", "VpnGatewayId")),
    _attachment(
        "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
        "VpnGateways",
        "VpnGatewayId",
        "VpcAttachments",
        "attached",
    ),
    Translation(PEERING, _peering, dropped("VpcPeeringConnections", "VpcPeeringConnectionId")),
    Translation("aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter", _accepter, kept),
)
"""Rows for gateways and peering connections."""
