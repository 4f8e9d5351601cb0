"""Which part of a network's range each zone's subnet gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.errors import ArgumentError

SLOTS = 8
"""Into how many equal parts a range is cut. No Region has more than six Availability Zones ("AWS Regions and
Availability Zones"), so a zone that a Region gains still finds a free part."""

SMALLEST_SUBNET = 28
"""The prefix length of the smallest subnet ("Amazon VPC User Guide, Subnet CIDR blocks")."""


@dataclass(frozen=True, slots=True)
class PlannedSubnet:
    """One zone's subnet."""

    zone: str
    """The AZ id, such as ``euw1-az1``."""
    cidr: IPv4Network


def plan(cidr: IPv4Network, zones: Sequence[str]) -> tuple[PlannedSubnet, ...]:
    """One subnet of `cidr` for each AZ id of `zones`, in their order.

    The size of a subnet depends on `cidr` alone and its place on the zone's position alone, so a zone
    appended at the end moves no other: AWS cannot renumber a subnet, only replace it. Subnets are an eighth
    of the range, or /28 where an eighth would be smaller.

    Raises `ArgumentError` when a zone stands twice or the range has no room for so many zones.
    """
    if len(set(zones)) != len(zones):
        raise ArgumentError(f"zones: a zone stands twice ({', '.join(zones)}); write each AZ id once")
    prefix = min(cidr.prefixlen + SLOTS.bit_length() - 1, SMALLEST_SUBNET)
    slots = 2 ** (prefix - cidr.prefixlen) if prefix >= cidr.prefixlen else 0
    if len(zones) > slots:
        raise ArgumentError(
            f"cidr: {cidr} has room for {slots} subnets of /{prefix}, and {len(zones)} zones are wanted "
            f"({', '.join(zones)}); write a larger range or fewer zones"
        )
    return tuple(
        PlannedSubnet(zone, subnet)
        for zone, subnet in zip(zones, cidr.subnets(new_prefix=prefix), strict=False)
    )
