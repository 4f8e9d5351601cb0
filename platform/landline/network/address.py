"""IP addresses of both families as one line of integers.

IPv4 address *a* is the integer *a*; IPv6 address *b* is ``V6 + b``. The families never overlap, so that a set
of addresses is a set of integer intervals, and `0.0.0.0/0` matches no IPv6 packet, as in AWS.
"""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from landline.network.interval import Interval, Intervals, subtract, union

V6 = 1 << 32
LAST = V6 + (1 << 128) - 1
ALL_V4: Interval = (0, V6 - 1)
ALL_V6: Interval = (V6, LAST)
EVERYWHERE: Intervals = (ALL_V4, ALL_V6)


@lru_cache(maxsize=65536)
def cidr(text: str) -> Interval:
    """Return the addresses of a CIDR block or of a single address, both ends included.

    Host bits are cleared, as AWS does it ("Amazon EC2 API Reference, CreateRoute": 100.68.0.18/18 becomes
    100.68.0.0/18). Raises ValueError, naming the text, on anything else.
    """
    network = ipaddress.ip_network(text, strict=False)
    offset = 0 if network.version == 4 else V6
    return (offset + int(network.network_address), offset + int(network.broadcast_address))


def cidrs(texts: tuple[str, ...]) -> Intervals:
    """Return the union of some CIDR blocks. Raises ValueError as `cidr` does."""
    return union(tuple(cidr(text) for text in texts))


def readable(texts: Iterable[str | None]) -> Intervals:
    """Return the union of those of some texts that are blocks or addresses.

    For asking who has an address: what cannot be read is a doubt of the network that it stands in.
    """
    spans: list[Interval] = []
    for text in texts:
        try:
            spans.append(cidr(text or ""))
        except ValueError:
            continue
    return union(tuple(spans))


def is_v6(address: int) -> bool:
    """Tell the family of one address."""
    return address >= V6


def show(address: int) -> str:
    """Write one address as AWS does."""
    return str(ipaddress.IPv6Address(address - V6) if address >= V6 else ipaddress.IPv4Address(address))


PRIVATE_V4 = cidrs(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Private and shared addresses (RFC 1918, RFC 6598): nobody's on the internet."""

NOWHERE_V4 = cidrs(("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))
"""This-network, loopback, link-local, multicast and reserved (RFC 6890): no router carries them to the
internet."""

GLOBAL_V6 = cidrs(("2000::/3",))
"""Global unicast: the IPv6 addresses that an internet gateway carries, as source and as destination."""

INTERNET: Intervals = union(subtract(subtract((ALL_V4,), PRIVATE_V4), NOWHERE_V4) + GLOBAL_V6)
"""Every address that may be somebody's on the internet.

The documentation and benchmark ranges stay in: an internet gateway does not know them, a packet to them
leaves. So do public ranges that the estate's own VPCs use: inside a VPC its `local` route wins, and elsewhere
such a packet does leave.
"""

NAT64: Interval = cidr("64:ff9b::/96")
"""What a NAT gateway translates to IPv4 ("VPC guide, DNS64 and NAT64")."""


def from_nat64(span: Interval) -> Interval:
    """Return the IPv4 addresses inside a part of the NAT64 prefix."""
    return (span[0] - NAT64[0], span[1] - NAT64[0])


def to_nat64(span: Interval) -> Interval:
    """Return the part of the NAT64 prefix that stands for some IPv4 addresses."""
    return (NAT64[0] + span[0], NAT64[0] + span[1])
