"""Sets of packets as unions of boxes of addresses, protocols and ports.

A box is a product of five integer intervals, so that intersection and difference are exact; nothing is
sampled. Ports count for TCP and UDP. For ICMP and ICMPv6 the destination port holds the message, type * 256 +
code; for other protocols it is unused and full.

A box may carry *doubts*: reasons why the packets in it may not get this far (a security group that no
document shows). A doubted box proves nothing either way; what hangs on one is unproven.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

from landline.network.address import EVERYWHERE, is_v6
from landline.network.interval import Interval, Intervals, clipped

Doubts = frozenset[str]
SURE: Doubts = frozenset()

Known = tuple[Intervals, Doubts]
"""Some addresses, and the reasons why the real set may be without them."""

ALL_PORTS: Interval = (0, 65535)
ALL_PROTOCOLS: Interval = (0, 255)
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
PROTOCOL_NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "icmp6": ICMPV6}
PROTOCOL_NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}


class Box(NamedTuple):
    """One product of intervals. Never empty."""

    src: Interval
    dst: Interval
    protocol: Interval
    sport: Interval
    dport: Interval
    doubts: Doubts = SURE


Packets = tuple[Box, ...]
NOTHING: Packets = ()
EVERYTHING: Packets = tuple(Box(family, family, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS) for family in EVERYWHERE)


def protocols(text: str) -> Interval:
    """Return the protocols that a rule's protocol field means; `-1` is all of them.

    Raises ValueError on what is neither a number from -1 to 255 nor one of tcp, udp, icmp, icmpv6.
    """
    name = text.lower()
    if name in PROTOCOL_NUMBERS:
        number = PROTOCOL_NUMBERS[name]
    else:
        number = int(text)
        if number == -1:
            return ALL_PROTOCOLS
        if not 0 <= number <= 255:
            raise ValueError(f"protocol {text} is not between -1 and 255")
    return (number, number)


def icmp_messages(kind: int, code: int) -> Interval:
    """Return the ICMP messages of a type and a code, where -1 means all.

    Raises ValueError outside -1 to 255.
    """
    if not (-1 <= kind <= 255 and -1 <= code <= 255):
        raise ValueError(f"ICMP type {kind}, code {code} is not between -1 and 255")
    if kind == -1:
        return ALL_PORTS
    if code == -1:
        return (kind * 256, kind * 256 + 255)
    return (kind * 256 + code, kind * 256 + code)


def boxes(
    src: Intervals,
    dst: Intervals,
    protocol: Interval = ALL_PROTOCOLS,
    sport: Interval = ALL_PORTS,
    dport: Interval = ALL_PORTS,
    doubts: Doubts = SURE,
) -> Packets:
    """Return all packets from some addresses to some others; a packet has one family at both ends."""
    return tuple(
        Box(one, other, protocol, sport, dport, doubts)
        for one in src
        for other in dst
        if is_v6(one[1]) == is_v6(other[1])
    )


class _Near:
    """Many boxes in the order of the addresses by which they differ most, so that few need a look."""

    def __init__(self, listed: Packets) -> None:
        by_source = len({box.src for box in listed}) > len({box.dst for box in listed})
        self._end: Callable[[Box], Interval] = lambda box: box.src if by_source else box.dst
        self._boxes = listed
        self._order = sorted(range(len(listed)), key=lambda at: self._end(listed[at]))
        self._lows = [self._end(listed[at])[0] for at in self._order]
        self._highest = list(accumulate((self._end(listed[at])[1] for at in self._order), max))

    def to(self, box: Box) -> Iterator[Box]:
        """Yield the boxes that share an address with one, in their own order."""
        low, high = self._end(box)
        last = bisect_right(self._lows, high)
        first = bisect_left(self._highest, low, 0, last)
        for at in sorted(self._order[first:last]):
            yield self._boxes[at]


def intersect(left: Packets, right: Packets) -> Packets:
    """Return the packets that both sets hold, with the doubts of both."""
    shared: list[Box] = []
    near = _Near(right) if len(right) > 64 and len(left) > 8 else None
    for a in left:
        (a_src_low, a_src_high), (a_dst_low, a_dst_high), (a_p_low, a_p_high), a_sport, a_dport, a_doubts = a
        for b in right if near is None else near.to(a):
            b_src, b_dst, b_protocol, b_sport, b_dport, b_doubts = b
            src_low = a_src_low if a_src_low > b_src[0] else b_src[0]
            src_high = a_src_high if a_src_high < b_src[1] else b_src[1]
            if src_low > src_high:
                continue
            dst_low = a_dst_low if a_dst_low > b_dst[0] else b_dst[0]
            dst_high = a_dst_high if a_dst_high < b_dst[1] else b_dst[1]
            if dst_low > dst_high:
                continue
            p_low = a_p_low if a_p_low > b_protocol[0] else b_protocol[0]
            p_high = a_p_high if a_p_high < b_protocol[1] else b_protocol[1]
            if p_low > p_high:
                continue
            sport = (max(a_sport[0], b_sport[0]), min(a_sport[1], b_sport[1]))
            dport = (max(a_dport[0], b_dport[0]), min(a_dport[1], b_dport[1]))
            if sport[0] > sport[1] or dport[0] > dport[1]:
                continue
            doubts = a_doubts | b_doubts if b_doubts else a_doubts
            shared.append(
                Box((src_low, src_high), (dst_low, dst_high), (p_low, p_high), sport, dport, doubts)
            )
    return tuple(shared)


def without(packets: Packets, taken: Box) -> Packets:
    """Return the packets outside one box.

    The box must be sure: taking a doubted one away would prove too much.
    """
    rest: list[Box] = []
    for box in packets:
        shared = intersect((box,), (taken,))
        if not shared:
            rest.append(box)
            continue
        # Peel one dimension after the other; what is left in the end is the shared core, and it is dropped.
        core, spans = shared[0][:5], list(box[:5])
        for at, (low, high) in enumerate(core):
            if spans[at][0] < low:
                rest.append(Box._make((*spans[:at], (spans[at][0], low - 1), *spans[at + 1 :], box.doubts)))
            if high < spans[at][1]:
                rest.append(Box._make((*spans[:at], (high + 1, spans[at][1]), *spans[at + 1 :], box.doubts)))
            spans[at] = (low, high)
    return tuple(rest)


def to(packets: Packets, destinations: Intervals) -> Packets:
    """Return the packets to some addresses."""
    return tuple(box._replace(dst=span) for box in packets for span in clipped(box.dst, destinations))


def coming_from(packets: Packets, sources: Intervals) -> Packets:
    """Return the packets from some addresses."""
    return tuple(box._replace(src=span) for box in packets for span in clipped(box.src, sources))


def doubted(packets: Packets, why: Doubts | set[str]) -> Packets:
    """Return the same packets with more doubts, if any."""
    return tuple(box._replace(doubts=box.doubts | why) for box in packets) if why else packets


def sure(packets: Packets) -> Packets:
    """Return the boxes that carry no doubt."""
    return tuple(box for box in packets if not box.doubts)


ANSWERED_V4 = ((8, 0), (13, 14), (15, 16), (17, 18))
"""ICMP requests and the type of their answer (RFC 792, RFC 950): echo, timestamp, information, address mask.
"""
ANSWERED_V6 = ((128, 129),)
"""ICMPv6 echo (RFC 4443)."""


def answers(packets: Packets) -> Packets:
    """Return the packets that answer these: ends and ports swapped, an ICMP request turned into its reply.

    ICMP messages that nothing answers drop out. Doubts stay.
    """
    back: list[Box] = []
    for box in packets:
        low, high = box.protocol
        for start, end in ((0, 0), (ICMP, ICMP), (2, ICMPV6 - 1), (ICMPV6, ICMPV6), (ICMPV6 + 1, 255)):
            first, last = max(low, start), min(high, end)
            if first > last:
                continue
            if start == end and start in (ICMP, ICMPV6):
                for request, reply in ANSWERED_V4 if start == ICMP else ANSWERED_V6:
                    if box.dport[0] <= request * 256 <= box.dport[1]:
                        message = (reply * 256, reply * 256)
                        back.append(Box(box.dst, box.src, (first, last), ALL_PORTS, message, box.doubts))
            else:
                back.append(Box(box.dst, box.src, (first, last), box.dport, box.sport, box.doubts))
    return tuple(back)
