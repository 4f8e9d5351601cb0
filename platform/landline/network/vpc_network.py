"""A VPC ready to carry packets: tables as stretches, filters as packet sets, interfaces as stations."""

from collections.abc import Mapping
from dataclasses import dataclass

from landline.network.interval import Intervals
from landline.network.model import Place
from landline.network.packets import Packets
from landline.network.routing import Stretch
from landline.network.target import Target

NEVER_SENDS = frozenset(
    {
        "natGateway",
        "nat_gateway",
        "regional_nat_gateway",
        "vpc_endpoint",
        "gateway_load_balancer_endpoint",
        "transit_gateway",
        "global_accelerator_managed",
    }
)
"""Interfaces that only pass on or answer: a service never starts a connection through its endpoint ("AWS
PrivateLink guide, Access an AWS service using an interface VPC endpoint"); gateways' interfaces forward what
others sent."""

NEVER_RECEIVES = frozenset({"natGateway", "nat_gateway", "regional_nat_gateway", "transit_gateway"})
"""Interfaces at which no connection ends: a NAT gateway drops what nothing inside asked for."""

GLOBAL_ACCELERATOR = "global_accelerator_managed"


@dataclass(frozen=True, slots=True)
class Routes:
    """A route table.

    `doubtful` targets may take any packet: their prefix list is not fully known. A target in a stretch that
    carries doubts has the packets once somebody else's prefix list no longer holds them.
    """

    id: str
    stretches: tuple[Stretch[Target], ...]
    doubtful: tuple[Target, ...]

    def targets(self) -> tuple[Target, ...]:
        """Return every target once, in the order of addresses."""
        found = dict.fromkeys(target for stretch in self.stretches for target in stretch.targets)
        return (*found, *self.doubtful)


@dataclass(frozen=True, slots=True)
class SubnetNetwork:
    """A subnet: addresses, zone (id and name, as far as known), table, and ACL in both directions."""

    id: str
    zones: frozenset[str]
    spans: Intervals
    routes: Routes
    acl_in: Packets
    acl_out: Packets


@dataclass(frozen=True, slots=True)
class Station:
    """Interfaces of one subnet that no packet can tell apart: same owner, type, groups and flags.

    `public` are its private IPv4 addresses that have a public one, and its global IPv6 addresses; `shielded`
    such that the internet cannot send to (DenyAllIgwTraffic); `carrier` those with a carrier address.
    `forwards` is the appliance's lack of a source/destination check.
    """

    interfaces: tuple[str, ...]
    account: str
    subnet: str
    interface_type: str
    addresses: Intervals
    public: Intervals
    shielded: Intervals
    carrier: Intervals
    group_in: Packets
    group_out: Packets
    forwards: bool
    instance: str | None

    @property
    def sends(self) -> bool:
        """Tell whether it starts connections."""
        return self.interface_type not in NEVER_SENDS

    @property
    def receives(self) -> bool:
        """Tell whether connections end here."""
        return self.interface_type not in NEVER_RECEIVES


@dataclass(frozen=True, slots=True)
class VpcNetwork:
    """A VPC.

    `tables` are all of its route tables, `used` those that a subnet uses; `edges` belong to gateways.
    `doubts` say what its documents leave open.
    """

    id: str
    place: Place
    spans: Intervals
    subnets: Mapping[str, SubnetNetwork]
    stations: tuple[Station, ...]
    tables: Mapping[str, Routes]
    used: frozenset[str]
    edges: Mapping[str, Routes]
    doubts: tuple[str, ...]
