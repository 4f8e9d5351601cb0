"""Network interfaces: a program's own, an instance's, and those that services put into subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.draft import ANY_ADDRESS, Draft, Item, Place, made_with
from landline.estate.plan.reference import EIP, INSTANCE, NETWORK_INTERFACE
from landline.estate.plan.resource import UNKNOWN
from landline.estate.plan.translation import Translation, dropped

if TYPE_CHECKING:
    from landline.estate.plan.resource import Resource

UNKNOWN_PUBLIC = "planned"
"""Stands for a public address that AWS has yet to give."""


def put(
    draft: Draft,
    place: Place,
    name: str,
    subnet: str,
    groups: list[str],
    *,
    kind: str = "interface",
    description: str = "",
    address: str | None = None,
    public: bool = False,
    checked: bool = True,
) -> Item | None:
    """Put an interface into a subnet. Without an address of its own it has all of the subnet's."""
    home = next((item for _, item in draft.every("Subnets") if item.get("SubnetId") == subnet), None)
    if home is None:
        draft.note(f"{name} is put into subnet {subnet}, which no document shows")
        return None
    if not groups and kind in ("interface", "vpc_endpoint"):
        groups = [draft.default_of("SecurityGroups", "GroupId", home["VpcId"])]
    item: Item = {
        "NetworkInterfaceId": name,
        "SubnetId": subnet,
        "VpcId": home["VpcId"],
        "OwnerId": place.account,
        "InterfaceType": kind,
        "Description": description,
        "SourceDestCheck": checked,
        "Groups": [{"GroupId": group} for group in dict.fromkeys(groups)],
        "PrivateIpAddresses": [],
    }
    if address is None:
        draft.assume(ANY_ADDRESS)
        address = home.get("CidrBlock")
    if address is not None:
        outside = {"Association": {"PublicIp": UNKNOWN_PUBLIC}} if public else {}
        item["PrivateIpAddresses"] = [{"PrivateIpAddress": address, **outside}]
    v6 = [part["Ipv6CidrBlock"] for part in home.get("Ipv6CidrBlockAssociationSet", ())]
    if v6:
        item["Ipv6Prefixes"] = [{"Ipv6Prefix": block} for block in v6]
    return draft.add(place, "NetworkInterfaces", item)


def _interface(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("NetworkInterfaces", "NetworkInterfaceId", name)
    groups = draft.references(resource, "securityGroups")
    checked = resource.inputs.get("sourceDestCheck") in (None, True)
    if item is None:
        subnet = draft.required(resource, "subnetId")
        if subnet is not None:
            item = put(draft, place, name, subnet, groups, checked=checked)
    else:
        if resource.changes("sourceDestCheck"):
            item["SourceDestCheck"] = checked
        if groups and resource.changes("securityGroups"):
            item["Groups"] = [{"GroupId": group} for group in groups]
    if item is not None and resource.inputs.get("attachments"):
        draft.note(f"{resource}: attachments given inside an interface are not modelled")


def _attachment(draft: Draft, resource: Resource, place: Place) -> None:
    instance = draft.required(resource, "instanceId")
    item = draft.find(
        "NetworkInterfaces", "NetworkInterfaceId", draft.required(resource, "networkInterfaceId")
    )
    if item is None or instance is None:
        draft.note(f"{resource}: its interface or instance is unknown, or in no document")
        return
    item["Attachment"] = {"InstanceId": instance, "DeviceIndex": resource.known("deviceIndex") or 1}


def _detached(draft: Draft, resource: Resource, place: Place) -> None:
    item = draft.find("NetworkInterfaces", "NetworkInterfaceId", resource.known("networkInterfaceId"))
    if item is not None:
        item.pop("Attachment", None)


def _group_attachment(draft: Draft, resource: Resource, place: Place) -> None:
    group = draft.required(resource, "securityGroupId")
    item = draft.find(
        "NetworkInterfaces", "NetworkInterfaceId", draft.required(resource, "networkInterfaceId")
    )
    if item is None or group is None:
        draft.note(f"{resource}: its interface or security group is unknown, or in no document")
        return
    item.setdefault("Groups", []).append({"GroupId": group})


def _group_detached(draft: Draft, resource: Resource, place: Place) -> None:
    """An interface keeps at least one group, and which one AWS would leave is not modelled: it keeps all."""


def _instance(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if resource.change == "update":
        if resource.changes("vpcSecurityGroupIds", "sourceDestCheck"):
            _changed_instance(draft, resource, name)
        return
    if any(
        item.get("InstanceId") == name
        for _, part in draft.every("Reservations")
        for item in part.get("Instances", ())
    ):
        return
    draft.add(place, "Reservations", {"OwnerId": place.account, "Instances": [{"InstanceId": name}]})
    own = resource.inputs.get("networkInterfaces")
    primary = resource.inputs.get("primaryNetworkInterface")
    if own or primary or resource.inputs.get("secondaryNetworkInterfaces"):
        draft.note(f"{resource}: interfaces given inside an instance are not modelled")
        return
    if resource.inputs.get("launchTemplate"):
        draft.note(f"{resource}: a launch template is not modelled")
    subnet = draft.required(resource, "subnetId")
    if subnet is None:
        return
    home = next((item for _, item in draft.every("Subnets") if item.get("SubnetId") == subnet), {})
    public = resource.inputs.get("associatePublicIpAddress")
    item = put(
        draft,
        place,
        resource.known("primaryNetworkInterfaceId") or made_with(name, "primaryNetworkInterfaceId"),
        subnet,
        draft.references(resource, "vpcSecurityGroupIds"),
        # What is unknown counts as public: an address too many can only open a way.
        public=bool(home.get("MapPublicIpOnLaunch")) if public is None else public is not False,
        checked=resource.inputs.get("sourceDestCheck") in (None, True),
    )
    if item is not None:
        item["Attachment"] = {"InstanceId": name, "DeviceIndex": 0}


def _changed_instance(draft: Draft, resource: Resource, name: str) -> None:
    groups = draft.references(resource, "vpcSecurityGroupIds")
    for _, item in draft.every("NetworkInterfaces"):
        attachment = item.get("Attachment") or {}
        if attachment.get("InstanceId") == name and attachment.get("DeviceIndex", 0) == 0:
            draft.find("NetworkInterfaces", "NetworkInterfaceId", item["NetworkInterfaceId"])
            item["SourceDestCheck"] = resource.inputs.get("sourceDestCheck") in (None, True)
            if groups:
                item["Groups"] = [{"GroupId": group} for group in groups]
            return
    draft.note(f"{resource}: its network interface is in no document")


def _without_instance(draft: Draft, resource: Resource, place: Place) -> None:
    for _, part in draft.every("Reservations"):
        part["Instances"] = [
            item for item in part.get("Instances", ()) if item.get("InstanceId") != resource.id
        ]
    draft.drop("Reservations", "Instances", None)
    for name in [
        item["NetworkInterfaceId"]
        for _, item in draft.every("NetworkInterfaces")
        if (item.get("Attachment") or {}).get("InstanceId") == resource.id
        and (item["Attachment"].get("DeleteOnTermination", True))
    ]:
        draft.drop("NetworkInterfaces", "NetworkInterfaceId", name)


def _eip(draft: Draft, resource: Resource, place: Place) -> None:
    """An address is nobody's way until something has it."""
    if resource.inputs.get("instance") or resource.inputs.get("networkInterface"):
        _associate(draft, resource, "instance", "networkInterface")


def _eip_association(draft: Draft, resource: Resource, place: Place) -> None:
    _associate(draft, resource, "instanceId", "networkInterfaceId")


def _associate(draft: Draft, resource: Resource, instance: str, interface: str) -> None:
    wanted = draft.reference(resource, interface) if resource.inputs.get(interface) else None
    machine = draft.reference(resource, instance) if resource.inputs.get(instance) else None
    for _, item in draft.every("NetworkInterfaces"):
        attachment = item.get("Attachment") or {}
        if (wanted is not None and item["NetworkInterfaceId"] == wanted) or (
            wanted is None
            and machine is not None
            and attachment.get("InstanceId") == machine
            and attachment.get("DeviceIndex", 0) == 0
        ):
            draft.find("NetworkInterfaces", "NetworkInterfaceId", item["NetworkInterfaceId"])
            for one in item.get("PrivateIpAddresses", ())[:1]:
                one["Association"] = {"PublicIp": resource.known("publicIp") or UNKNOWN_PUBLIC}
            if item.get("PrivateIpAddress") and not item.get("PrivateIpAddresses"):
                item["Association"] = {"PublicIp": resource.known("publicIp") or UNKNOWN_PUBLIC}
            return
    draft.note(f"{resource}: the interface that gets the address is unknown, or in no document")


def _dissociated(draft: Draft, resource: Resource, place: Place) -> None:
    address = resource.known("publicIp")
    for _, item in draft.every("NetworkInterfaces"):
        parts = [item, *item.get("PrivateIpAddresses", ())]
        if address is not None and any(
            (part.get("Association") or {}).get("PublicIp") == address for part in parts
        ):
            draft.find("NetworkInterfaces", "NetworkInterfaceId", item["NetworkInterfaceId"])
            for part in parts:
                if (part.get("Association") or {}).get("PublicIp") == address:
                    del part["Association"]


TYPES = (
    Translation(NETWORK_INTERFACE, _interface, dropped("NetworkInterfaces", "NetworkInterfaceId")),
    Translation(INSTANCE, _instance, _without_instance),
    Translation("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", _attachment, _detached),
    Translation(
        "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment",
        _group_attachment,
        _group_detached,
    ),
    Translation(EIP, _eip, _dissociated),
    Translation("aws:ec2/eipAssociation:EipAssociation", _eip_association, _dissociated),
)
"""Rows for network interfaces."""

__all__ = ["TYPES", "UNKNOWN", "put"]
