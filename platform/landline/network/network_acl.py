from functools import lru_cache

import msgspec

from landline.network import address
from landline.network.noun import Noun
from landline.network.packets import (
    ALL_PORTS,
    EVERYTHING,
    ICMP,
    ICMPV6,
    NOTHING,
    TCP,
    UDP,
    Packets,
    boxes,
    doubted,
    icmp_messages,
    intersect,
    protocols,
    without,
)


class PortRange(Noun, frozen=True):
    """Destination ports, both ends included."""

    first: int = msgspec.field(default=0, name="From")
    last: int = msgspec.field(default=65535, name="To")


class IcmpTypeCode(Noun, frozen=True):
    """An ICMP type and code; -1 is all."""

    type: int = -1
    code: int = -1


class NetworkAclEntry(Noun, frozen=True):
    """A numbered rule of a network ACL."""

    egress: bool
    protocol: str
    rule_action: str
    rule_number: int
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    port_range: PortRange | None = None
    icmp_type_code: IcmpTypeCode | None = None


class NetworkAclAssociation(Noun, frozen=True):
    """A subnet that the ACL guards."""

    subnet_id: str


class NetworkAcl(Noun, frozen=True):
    """A network ACL (DescribeNetworkAcls): stateless, guards a subnet's border, not what stays inside."""

    network_acl_id: str
    vpc_id: str
    entries: tuple[NetworkAclEntry, ...]
    associations: tuple[NetworkAclAssociation, ...] = ()
    is_default: bool = False
    owner_id: str | None = None


def passes(acl: NetworkAcl, *, egress: bool) -> Packets:
    """Return the packets that an ACL lets through in one direction.

    Entries apply by number, the first match decides, and what no entry matches is denied ("VPC guide, Network
    ACL rules"). An ACL that cannot be read exactly lets everything through, in doubt.
    """
    try:
        return _passes(acl.entries, egress=egress)
    except ValueError as error:
        return doubted(EVERYTHING, {f"network ACL {acl.network_acl_id} cannot be read: {error}"})


@lru_cache(maxsize=4096)
def _passes(entries: tuple[NetworkAclEntry, ...], *, egress: bool) -> Packets:
    ordered = sorted(
        (entry for entry in entries if entry.egress is egress), key=lambda entry: entry.rule_number
    )
    allowed: Packets = NOTHING
    undecided: Packets = EVERYTHING
    for before, entry in zip([None, *ordered], ordered, strict=False):
        if before is not None and before.rule_number == entry.rule_number and before != entry:
            raise ValueError(f"two entries are numbered {entry.rule_number}")
        matched = matches(entry)
        if entry.rule_action == "allow":
            allowed += intersect(undecided, matched)
        elif entry.rule_action != "deny":
            raise ValueError(f"entry {entry.rule_number} has the action {entry.rule_action!r}")
        for box in matched:
            undecided = without(undecided, box)
    return allowed


def matches(entry: NetworkAclEntry) -> Packets:
    """Return the packets that an entry is about. Raises ValueError on what cannot be read exactly."""
    far = tuple(
        address.cidr(block) for block in (entry.cidr_block, entry.ipv6_cidr_block) if block is not None
    )
    if not far:
        raise ValueError(f"entry {entry.rule_number} has no address block")
    protocol = protocols(entry.protocol)
    ports = ALL_PORTS
    if protocol[0] == protocol[1] and protocol[0] in (TCP, UDP) and entry.port_range is not None:
        ports = (entry.port_range.first, entry.port_range.last)
    if protocol[0] == protocol[1] and protocol[0] in (ICMP, ICMPV6) and entry.icmp_type_code is not None:
        ports = icmp_messages(entry.icmp_type_code.type, entry.icmp_type_code.code)
    if not 0 <= ports[0] <= ports[1] <= 65535:
        raise ValueError(f"entry {entry.rule_number} has the port range {ports[0]}-{ports[1]}")
    if entry.egress:
        return boxes(address.EVERYWHERE, far, protocol, dport=ports)
    return boxes(far, address.EVERYWHERE, protocol, dport=ports)
