"""The witness in words: one packet out of a set."""

from landline.network import address
from landline.network.interval import Interval
from landline.network.packets import ICMP, ICMPV6, PROTOCOL_NAMES, TCP, UDP, Box, Packets


def packet(packets: Packets) -> str:
    """Describe one packet of a set that is not empty: the likeliest looking one, the same one every time."""
    box = one_of(packets)[0]
    ends = f"{address.show(box.src[0])} to {address.show(box.dst[0])}"
    number = box.protocol[0]
    name = PROTOCOL_NAMES.get(number, f"protocol {number}")
    if number in (TCP, UDP):
        return f"{name} from {ends} port {box.dport[0]}"
    return f"{name} from {ends}"


def one_of(packets: Packets) -> Packets:
    """Return the set that holds only the packet that `packet` describes."""
    box = min(packets, key=lambda item: (bool(item.doubts), not _in(TCP, item.protocol), item))
    number = next((p for p in (TCP, UDP, ICMP, ICMPV6) if _in(p, box.protocol)), box.protocol[0])
    port = 443 if number in (TCP, UDP) and _in(443, box.dport) else box.dport[0]
    sport = 49152 if _in(49152, box.sport) else box.sport[0]
    src, dst = (box.src[0], box.src[0]), (box.dst[0], box.dst[0])
    return (Box(src, dst, (number, number), (sport, sport), (port, port), box.doubts),)


def _in(value: int, span: Interval) -> bool:
    return span[0] <= value <= span[1]
