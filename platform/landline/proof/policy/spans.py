"""Sets of numbers, points in time and IP addresses, as unions of intervals over the rationals.

Numbers are themselves, points in time their seconds since 1970, an IPv4 address its integer, an IPv6 address
its integer above `IPV6`. A network is the interval from its first address up to, not including, the address
after its last.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Number = Fraction
Edge = tuple[Number | float, int]
"""A place on the line: at a value (0), just below it (-1) or just above it (1)."""

LOWEST: Final[Edge] = (-math.inf, 1)
HIGHEST: Final[Edge] = (math.inf, -1)
IPV6: Final = 1 << 40
_IPV4_END: Final = 1 << 32
_IPV6_END: Final = IPV6 + (1 << 128)


@dataclass(frozen=True, slots=True)
class Spans:
    """Disjoint intervals in ascending order, both edges included."""

    intervals: tuple[tuple[Edge, Edge], ...]

    @classmethod
    def union(cls, intervals: Iterable[tuple[Edge, Edge]]) -> "Spans":
        """The union, with neighbours merged."""
        merged: list[tuple[Edge, Edge]] = []
        for low, high in sorted(intervals):
            if low > high:
                continue
            if merged and low <= _after(merged[-1][1]):
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    def complement(self) -> "Spans":
        """Everything else on the line."""
        gaps: list[tuple[Edge, Edge]] = []
        low = LOWEST
        for start, end in self.intervals:
            gaps.append((low, _before(start)))
            low = _after(end)
        gaps.append((low, HIGHEST))
        return Spans(tuple((start, end) for start, end in gaps if start <= end))

    def __and__(self, other: "Spans") -> "Spans":
        kept: list[tuple[Edge, Edge]] = []
        mine, theirs = iter(self.intervals), iter(other.intervals)
        a, b = next(mine, None), next(theirs, None)
        while a is not None and b is not None:
            low, high = max(a[0], b[0]), min(a[1], b[1])
            if low <= high:
                kept.append((low, high))
            if a[1] < b[1]:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return Spans(tuple(kept))

    def accepts(self, value: Number) -> bool:
        """Whether `value` is in one of the intervals."""
        place = bisect_right(self.intervals, ((value, 0), HIGHEST)) - 1
        return place >= 0 and self.intervals[place][0] <= (value, 0) <= self.intervals[place][1]

    def example(self) -> Number | None:
        """A value in it, or None when it is empty; an integer where the set holds one at an edge."""
        for low, high in self.intervals:
            for value, side in (low, high):
                if side == 0:
                    return Fraction(value)
            bottom, top = low[0], high[0]
            if bottom == -math.inf:
                return Fraction(0) if top == math.inf else Fraction(top) - 1
            if top == math.inf:
                return Fraction(bottom) + 1
            return (Fraction(bottom) + Fraction(top)) / 2
        return None


def _after(edge: Edge) -> Edge:
    return (edge[0], edge[1] + 1)


def _before(edge: Edge) -> Edge:
    return (edge[0], edge[1] - 1)


EVERY_NUMBER: Final = Spans(((LOWEST, HIGHEST),))
EVERY_ADDRESS: Final = Spans(
    (
        ((Fraction(0), 0), (Fraction(_IPV4_END), -1)),
        ((Fraction(IPV6), 0), (Fraction(_IPV6_END), -1)),
    )
)

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def number(text: str) -> Number | None:
    """A decimal number, or None when `text` is none."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> Number | None:
    """A W3C date-time or epoch seconds as seconds since 1970, or None when `text` is neither.

    IAM user guide, "IAM JSON policy elements: Condition operators", Date condition operators. A four-digit
    text is a year.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return number(text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        whole = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    seconds = Fraction((whole - _EPOCH) // timedelta(seconds=1))
    if fraction:
        seconds += Fraction(fraction)
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        seconds -= offset if zone[0] == "+" else -offset
    return seconds


def network(text: str) -> tuple[Edge, Edge] | None:
    """An address or CIDR block as an interval, or None when `text` is neither.

    Host bits are ignored, as the block they lie in is what the prefix length names.
    """
    try:
        block: IPv4Network | IPv6Network = ip_network(text, strict=False)
    except ValueError:
        return None
    base = 0 if isinstance(block, IPv4Network) else IPV6
    first = base + int(block.network_address)
    return ((Fraction(first), 0), (Fraction(first + block.num_addresses), -1))


def address_text(value: Number) -> str:
    """The IP address that `value` stands for."""
    whole = int(value)
    return str(IPv4Address(whole) if whole < _IPV4_END else IPv6Address(whole - IPV6))


def number_text(value: Number) -> str:
    """`value` in decimal digits, exactly where ten decimals suffice."""
    if value.denominator == 1:
        return str(value.numerator)
    return format(float(value), ".10f").rstrip("0")
