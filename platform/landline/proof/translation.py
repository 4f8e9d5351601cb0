"""What NAT gateways and appliances do to packets."""

from landline.network import address
from landline.network.interval import Interval, Intervals
from landline.network.packets import ALL_PORTS, ICMP, ICMPV6, TCP, UDP, Box, Packets, doubted, to
from landline.network.packets import intersect as both
from landline.network.vpc_network import Station

EPHEMERAL = (1024, 65535)
"""Source ports of a NAT gateway ("VPC guide, NAT gateway basics")."""
TRANSLATED_PROTOCOLS = (TCP, UDP, ICMP)
"""What a NAT gateway carries ("VPC guide, NAT gateway basics")."""


def renamed(packets: Packets, station: Station) -> Packets:
    """Return the packets as an appliance sends them on in its own name, from any port."""
    return tuple(
        Box(span, box.dst, box.protocol, ALL_PORTS, box.dport, box.doubts)
        for box in packets
        for span in station.addresses
        if address.is_v6(span[0]) == address.is_v6(box.dst[0])
    )


def addresses(texts: list[str | None]) -> Intervals:
    """Return the addresses of some texts, without the missing ones. Raises ValueError on what is none."""
    return address.cidrs(tuple(text for text in texts if text))


NAT64_ICMP = frozenset({"AWS's documentation does not say whether NAT64 translates ICMPv6"})


def translatable(packets: Packets) -> Packets:
    """Return what a NAT gateway takes: TCP, UDP and ICMP, to IPv4 or to the NAT64 prefix, ICMPv6 in doubt."""
    pings = tuple(
        box._replace(protocol=(ICMP, ICMP), dport=ALL_PORTS)
        for box in to(packets, (address.NAT64,))
        if box.protocol[0] <= ICMPV6 <= box.protocol[1]
    )
    return doubted(pings, NAT64_ICMP) + tuple(
        box._replace(protocol=(number, number))
        for box in to(packets, (address.ALL_V4, address.NAT64))
        for number in TRANSLATED_PROTOCOLS
        if box.protocol[0] <= number <= box.protocol[1]
    )


def untranslated(box: Box) -> Interval:
    """Return where a translated packet goes: NAT64 takes the IPv4 address out of an IPv6 one."""
    return address.from_nat64(box.dst) if address.is_v6(box.dst[0]) else box.dst


def narrowed(sent: Packets, back: Packets) -> Packets:
    """Return the packets whose translated form was answered: the same far end, protocol and port."""
    asked: dict[Box, None] = {}
    for reply in back:
        ports = ALL_PORTS if reply.protocol == (ICMP, ICMP) else reply.sport
        v6 = address.is_v6(reply.src[0])
        far = [(address.ALL_V6 if v6 else address.ALL_V4, reply.src)]
        if not v6:
            far.append((address.ALL_V6, address.to_nat64(reply.src)))
        for family, span in far:
            asked[Box(family, span, reply.protocol, ALL_PORTS, ports, reply.doubts)] = None
    return both(sent, tuple(asked))
