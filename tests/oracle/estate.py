"""The documents of an estate as plain dictionaries, indexed the slow and obvious way for the oracle."""

import ipaddress
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Item = dict[str, Any]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@cache
def as_network(cidr: str) -> Network:
    """A CIDR, parsed once."""
    return ipaddress.ip_network(cidr)


@cache
def as_address(text: str) -> Address:
    """An address, parsed once."""
    return ipaddress.ip_address(text)


CORE = (
    "Vpcs",
    "Subnets",
    "RouteTables",
    "NetworkAcls",
    "SecurityGroups",
    "NetworkInterfaces",
    "InternetGateways",
)
"""Without one of these nothing can be said of an account and Region that has a VPC."""

TARGETS = {
    "NatGateways": "NatGatewayId",
    "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId",
    "VpcPeeringConnections": "VpcPeeringConnectionId",
    "TransitGateways": "TransitGatewayId",
    "CarrierGateways": "CarrierGatewayId",
}
"""Documents whose lack matters only where a route names one of their things."""


@dataclass
class Estate:
    """Every item of every kind, by id, with the account and Region it was listed in."""

    items: dict[str, dict[str, Item]] = field(default_factory=lambda: defaultdict(dict))
    named: dict[str, Item] = field(default_factory=dict)
    place: dict[str, tuple[str, str]] = field(default_factory=dict)
    block: dict[tuple[str, str], str] = field(default_factory=dict)
    kinds: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    known: dict[tuple[object, ...], Item | None] = field(init=False, default_factory=dict)
    """What was looked up before: an estate does not change."""

    def all(self, kind: str) -> list[Item]:
        """The items of a kind."""
        return list(self.items.get(kind, {}).values())

    def one(self, kind: str, item_id: str | None) -> Item | None:
        """The item of this id, or None."""
        return self.items.get(kind, {}).get(item_id or "")

    def entries(self, prefix_list: str) -> list[Network] | None:
        """The CIDRs of a prefix list, None when its entries are not in the snapshot."""
        document = self.named.get(f"get-managed-prefix-list-entries-{prefix_list}")
        return None if document is None else [as_network(e["Cidr"]) for e in document["Entries"]]

    def cidrs(self, vpc: str) -> list[Network]:
        """The CIDR blocks of a VPC that are associated."""
        item = self.items["Vpcs"][vpc]
        found = [
            a["CidrBlock"]
            for a in item["CidrBlockAssociationSet"]
            if a["CidrBlockState"]["State"] == "associated"
        ]
        found += [
            a["Ipv6CidrBlock"]
            for a in item.get("Ipv6CidrBlockAssociationSet", [])
            if a["Ipv6CidrBlockState"]["State"] == "associated"
        ]
        return [as_network(c) for c in found]

    def table(self, subnet: Item) -> Item | None:
        """The route table a subnet uses: its own, else the VPC's main one."""
        key = ("table", subnet["SubnetId"])
        if key not in self.known:
            self.known[key] = self._table(subnet)
        return self.known[key]

    def _table(self, subnet: Item) -> Item | None:
        main = None
        for table in self.all("RouteTables"):
            for association in table["Associations"]:
                if association.get("SubnetId") == subnet["SubnetId"]:
                    return table
                if association.get("Main") and table["VpcId"] == subnet["VpcId"]:
                    main = table
        return main

    def edge_table(self, gateway: str) -> Item | None:
        """The route table associated with a gateway, if any."""
        for table in self.all("RouteTables"):
            if any(a.get("GatewayId") == gateway for a in table["Associations"]):
                return table
        return None

    def acl(self, subnet: str) -> Item:
        """The network ACL of a subnet: every subnet has exactly one, and AWS lists the association."""
        for acl in self.all("NetworkAcls"):
            if any(a["SubnetId"] == subnet for a in acl["Associations"]):
                return acl
        raise LookupError(subnet)

    def holder(self, vpc: str, address: Address) -> Item | None:
        """The interface of a VPC that holds an address."""
        key = ("holder", vpc, address)
        if key not in self.known:
            self.known[key] = self._holder(vpc, address)
        return self.known[key]

    def _holder(self, vpc: str, address: Address) -> Item | None:
        for interface in self.all("NetworkInterfaces"):
            if interface["VpcId"] == vpc and address in addresses(interface):
                return interface
        return None

    def sides(self, interface: Item) -> list[Item]:
        """The interfaces in a VPC of what an interface is attached to, itself among them."""
        instance = interface.get("Attachment", {}).get("InstanceId")
        return [
            item
            for item in self.all("NetworkInterfaces")
            if item is interface
            or (
                instance
                and item.get("Attachment", {}).get("InstanceId") == instance
                and item["VpcId"] == interface["VpcId"]
            )
        ]

    def shared_lists(self) -> set[str]:
        """Customer-managed prefix lists whose owner is no account of the estate."""
        accounts = {account for account, _ in self.kinds}
        return {p["PrefixListId"] for p in self.all("PrefixLists") if p["OwnerId"] not in {"AWS", *accounts}}


def addresses(interface: Item) -> list[Address]:
    """All private IPv4 and all IPv6 addresses of an interface."""
    return [as_address(a["PrivateIpAddress"]) for a in interface["PrivateIpAddresses"]] + [
        as_address(a["Ipv6Address"]) for a in interface["Ipv6Addresses"]
    ]


def _id(kind: str, item: Item) -> str:
    names = {
        "Vpcs": "VpcId",
        "Subnets": "SubnetId",
        "RouteTables": "RouteTableId",
        "NetworkAcls": "NetworkAclId",
        "SecurityGroups": "GroupId",
        "NetworkInterfaces": "NetworkInterfaceId",
        "Reservations": "ReservationId",
        "InternetGateways": "InternetGatewayId",
        "TransitGatewayAttachments": "TransitGatewayAttachmentId",
        "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId",
        "VpnGateways": "VpnGatewayId",
        "TransitGatewayRouteTables": "TransitGatewayRouteTableId",
        "VpcEndpoints": "VpcEndpointId",
        "PrefixLists": "PrefixListId",
        "VpcBlockPublicAccessExclusions": "ExclusionId",
        **TARGETS,
    }
    if kind == "TransitGatewayAttachments":  # a peering attachment has one id at both of its ends
        return f"{item['TransitGatewayAttachmentId']}@{item['TransitGatewayId']}"
    return str(item[names[kind]]) if kind in names else json.dumps(item, sort_keys=True)


def read(snapshot: Mapping[str, bytes]) -> Estate:
    """Reads a snapshot; what is no JSON is listed as unreadable."""
    estate = Estate()
    for path, data in sorted(snapshot.items()):
        account, region, name = path.split("/")
        place = (account, region)
        kinds = estate.kinds.setdefault(place, set())
        try:
            document = json.loads(data)
        except ValueError:
            estate.unreadable.append(path)
            continue
        if {"Routes", "Entries"} & set(document):
            estate.named[name.removesuffix(".json")] = document
            continue
        for kind, value in document.items():
            if kind == "NextToken":
                continue
            kinds.add(kind)
            if kind == "VpcBlockPublicAccessOptions":
                estate.block[place] = value["InternetGatewayBlockMode"]
                continue
            for item in value:
                known = estate.items.setdefault(kind, {})
                item_id = _id(kind, item)
                # A shared attachment is listed twice; only the transit gateway's owner sees its association.
                if item_id not in known or "Association" in item:
                    known[item_id] = item
                    estate.place[item_id] = place
    return estate


def missing(estate: Estate) -> Iterator[str]:
    """The documents a verdict hangs on that are not there."""
    for place, kinds in sorted(estate.kinds.items()):
        home = "/".join(place)
        if "Vpcs" not in kinds:
            yield f"{home}: Vpcs"
            continue
        vpcs = {v["VpcId"] for v in estate.all("Vpcs") if estate.place[v["VpcId"]] == place}
        if not vpcs:
            continue
        yield from (f"{home}: {kind}" for kind in CORE if kind not in kinds)
        for table in estate.all("RouteTables"):
            if table["VpcId"] not in vpcs:
                continue
            for route in table["Routes"]:
                yield from (f"{home}: {k}" for k, f in TARGETS.items() if k not in kinds and f in route)
