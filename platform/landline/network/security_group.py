from collections.abc import Callable

from landline.network import address
from landline.network.interval import Interval
from landline.network.noun import Noun
from landline.network.packets import (
    ALL_PORTS,
    ICMP,
    ICMPV6,
    SURE,
    TCP,
    UDP,
    Known,
    Packets,
    boxes,
    icmp_messages,
    protocols,
)


class IpRange(Noun, frozen=True):
    """An IPv4 block in a rule."""

    cidr_ip: str


class Ipv6Range(Noun, frozen=True):
    """An IPv6 block in a rule."""

    cidr_ipv6: str


class PrefixListReference(Noun, frozen=True):
    """A prefix list in a rule."""

    prefix_list_id: str


class GroupReference(Noun, frozen=True):
    """A security group in a rule: the private addresses of the interfaces that carry it."""

    group_id: str | None = None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None


class IpPermission(Noun, frozen=True):
    """One permission of a security group; everything it names is allowed."""

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    prefix_list_ids: tuple[PrefixListReference, ...] = ()
    user_id_group_pairs: tuple[GroupReference, ...] = ()


class SecurityGroup(Noun, frozen=True):
    """A security group (DescribeSecurityGroups): stateful, only allows."""

    group_id: str
    ip_permissions: tuple[IpPermission, ...]
    ip_permissions_egress: tuple[IpPermission, ...]
    vpc_id: str | None = None
    owner_id: str | None = None


def allows(
    permissions: tuple[IpPermission, ...],
    *,
    egress: bool,
    prefix_list: Callable[[str], tuple[Known, ...]],
    group: Callable[[GroupReference], tuple[Known, ...]],
) -> Packets:
    """Return the packets that some permissions allow in one direction.

    Raises ValueError on an unreadable protocol, port or address.
    """
    allowed: Packets = ()
    for permission in permissions:
        protocol, ports = _traffic(permission)
        named = tuple(address.cidr(item.cidr_ip) for item in permission.ip_ranges)
        named += tuple(address.cidr(item.cidr_ipv6) for item in permission.ipv6_ranges)
        far: list[Known] = [(named, SURE)]
        for item in permission.prefix_list_ids:
            far += prefix_list(item.prefix_list_id)
        for pair in permission.user_id_group_pairs:
            far += group(pair)
        for spans, doubts in far:
            if egress:
                allowed += boxes(address.EVERYWHERE, spans, protocol, dport=ports, doubts=doubts)
            else:
                allowed += boxes(spans, address.EVERYWHERE, protocol, dport=ports, doubts=doubts)
    return allowed


def _traffic(permission: IpPermission) -> tuple[Interval, Interval]:
    protocol = protocols(permission.ip_protocol)
    first, last = permission.from_port, permission.to_port
    if protocol[0] != protocol[1] or protocol[0] not in (TCP, UDP, ICMP, ICMPV6) or first is None:
        return protocol, ALL_PORTS
    if protocol[0] in (ICMP, ICMPV6):
        return protocol, icmp_messages(first, -1 if last is None else last)
    if first == -1:
        return protocol, ALL_PORTS
    last = first if last is None else last
    if not 0 <= first <= last <= 65535:
        raise ValueError(f"port range {first}-{last}")
    return protocol, (first, last)
