"""The protocols and ports of a question, and of what gets through."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from landline.errors import UsageError
from landline.network import address
from landline.network.interval import Interval, Intervals, subtract, union
from landline.network.packets import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    EVERYTHING,
    ICMP,
    ICMPV6,
    PROTOCOL_NAMES,
    TCP,
    UDP,
    Packets,
    boxes,
    protocols,
)

WITH_PORTS = (TCP, UDP)


@dataclass(frozen=True, slots=True, order=True)
class Allowed:
    """Protocols, both ends included, with the ports between which they get through.

    Of ICMP the ports hold the messages, type * 256 + code; of protocols without ports they are full.
    """

    protocol: Interval
    ports: Interval
    source_ports: Interval


def asked(protocol: str = "any", port: int | None = None, source_port: int | None = None) -> Packets:
    """Return the packets that a question is about, of all addresses.

    `icmp` is ICMP and, for IPv6, ICMPv6. A port without a protocol means TCP and UDP. Raises UsageError on a
    protocol or port that there is not.
    """
    for name, number in (("--port", port), ("--source-port", source_port)):
        if number is not None and not 0 <= number <= 65535:
            raise UsageError(f"{name} {number}: there are the ports 0 to 65535")
    sport = ALL_PORTS if source_port is None else (source_port, source_port)
    dport = ALL_PORTS if port is None else (port, port)
    if protocol == "any":
        if port is None and source_port is None:
            return EVERYTHING
        return tuple(box for number in WITH_PORTS for box in _boxes((number, number), sport, dport))
    try:
        named = protocols(protocol)
    except ValueError as error:
        what = "write tcp, udp, icmp, any, or a number from 0 to 255"
        raise UsageError(f"--protocol {protocol}: is no protocol; {what}") from error
    if (port is not None or source_port is not None) and named not in ((TCP, TCP), (UDP, UDP)):
        raise UsageError(f"--protocol {protocol}: has no ports; give ports with tcp, udp or any")
    if protocol == "icmp":
        return _boxes((ICMP, ICMP), sport, dport) + _boxes((ICMPV6, ICMPV6), sport, dport)
    return _boxes(named, sport, dport)


def _boxes(protocol: Interval, sport: Interval, dport: Interval) -> Packets:
    return boxes(address.EVERYWHERE, address.EVERYWHERE, protocol, sport, dport)


def allowed(packets: Packets) -> tuple[Allowed, ...]:
    """Return the protocols and ports of some packets, whatever their addresses, in one form for one set."""
    cuts = {0, 256, *WITH_PORTS, *(number + 1 for number in WITH_PORTS), ICMP, ICMP + 1, ICMPV6, ICMPV6 + 1}
    cuts |= {end for box in packets for end in (box.protocol[0], box.protocol[1] + 1)}
    ordered = sorted(cuts)
    rows: list[tuple[Interval, Intervals, Interval]] = []
    for low, after in pairwise(ordered):
        by_source: dict[Interval, list[Interval]] = defaultdict(list)
        for box in packets:
            if box.protocol[0] <= low <= box.protocol[1]:
                by_source[box.sport].append(box.dport)
        full = union(tuple(by_source.get(ALL_PORTS, ())))
        for sport, ports in sorted(by_source.items()):
            listed = union(tuple(ports))
            if sport != ALL_PORTS:
                listed = subtract(listed, full)
            if listed:
                rows.append(((low, after - 1), listed, sport))
    merged: list[tuple[Interval, Intervals, Interval]] = []
    for row in sorted(rows, key=lambda item: (item[2], item[1], item[0])):
        if merged and merged[-1][1:] == row[1:] and merged[-1][0][1] + 1 == row[0][0]:
            merged[-1] = ((merged[-1][0][0], row[0][1]), *row[1:])
        else:
            merged.append(row)
    return tuple(
        sorted(Allowed(protocol, span, sport) for protocol, spans, sport in merged for span in spans)
    )


def described(item: Allowed) -> dict[str, str | int]:
    """Return protocols and ports for machines: the protocol's name or number, its ports or ICMP types."""
    low, high = item.protocol
    name = PROTOCOL_NAMES.get(low, str(low)) if low == high else f"{low}-{high}"
    entry: dict[str, str | int] = {"protocol": "all" if item.protocol == ALL_PROTOCOLS else name}
    if low == high and low in (ICMP, ICMPV6) and item.ports != ALL_PORTS:
        for end, message in zip(("from", "to"), item.ports, strict=True):
            entry |= {f"{end}_type": message // 256, f"{end}_code": message % 256}
    elif low == high and low in WITH_PORTS:
        entry |= {"from_port": item.ports[0], "to_port": item.ports[1]}
    if item.source_ports != ALL_PORTS:
        entry |= {"from_source_port": item.source_ports[0], "to_source_port": item.source_ports[1]}
    return entry | {"text": show(item)}


def show(item: Allowed) -> str:
    """Write protocols and ports for people: `tcp 443`, `udp 1024-65535`, `all`."""
    low, high = item.protocol
    if item.protocol == ALL_PROTOCOLS:
        name = "all"
    elif low == high:
        name = PROTOCOL_NAMES.get(low, f"protocol {low}")
    else:
        name = f"protocols {low}-{high}"
    if low == high and low in (ICMP, ICMPV6):
        if item.ports != ALL_PORTS:
            name += f" type {item.ports[0] // 256}"
            if item.ports[0] == item.ports[1]:
                name += f" code {item.ports[0] % 256}"
            elif item.ports[1] // 256 != item.ports[0] // 256:
                name += f" to {item.ports[1] // 256}"
    elif item.ports != ALL_PORTS:
        name += f" {_span(item.ports)}"
    if item.source_ports != ALL_PORTS:
        name += f" from source ports {_span(item.source_ports)}"
    return name


def _span(ports: Interval) -> str:
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
