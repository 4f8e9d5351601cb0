"""Packet sets against sets of packets in a small universe."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.network.address import V6
from landline.network.packets import (
    ALL_PORTS,
    EVERYTHING,
    ICMP,
    ICMPV6,
    SURE,
    TCP,
    Box,
    Packets,
    answers,
    boxes,
    coming_from,
    doubted,
    icmp_messages,
    intersect,
    protocols,
    sure,
    to,
    without,
)

SPAN = st.tuples(st.integers(0, 3), st.integers(0, 2)).map(lambda p: (p[0], min(3, p[0] + p[1])))
BOX = st.builds(Box, SPAN, SPAN, SPAN, SPAN, SPAN)
SOME = st.lists(BOX, max_size=4).map(tuple)
Packet = tuple[int, ...]
UNIVERSE = tuple(product(range(4), repeat=5))


def members(packets: Packets) -> set[Packet]:
    return {
        p
        for p in UNIVERSE
        for box in packets
        if all(s[0] <= v <= s[1] for s, v in zip(box[:5], p, strict=True))
    }


@given(SOME, SOME)
def test_intersection_is_exact(left: Packets, right: Packets) -> None:
    assert members(intersect(left, right)) == members(left) & members(right)


@given(SOME, BOX)
def test_difference_is_exact_and_disjoint_from_what_was_taken(packets: Packets, taken: Box) -> None:
    rest = without(packets, taken)

    assert members(rest) == members(packets) - members((taken,))
    assert intersect(rest, (taken,)) == ()


@given(SOME, SPAN)
def test_ends_are_exact(packets: Packets, span: tuple[int, int]) -> None:
    assert members(to(packets, (span,))) == {p for p in members(packets) if span[0] <= p[1] <= span[1]}
    assert members(coming_from(packets, (span,))) == {
        p for p in members(packets) if span[0] <= p[0] <= span[1]
    }


def test_no_packet_has_two_families() -> None:
    everywhere = ((0, V6 - 1), (V6, V6 + 5))

    assert len(boxes(everywhere, everywhere)) == 2
    assert len(EVERYTHING) == 2


def test_doubts_gather_and_do_not_vanish() -> None:
    box = Box((0, 3), (0, 3), (0, 3), (0, 3), (0, 3))
    both = intersect(doubted((box,), {"one"}), doubted((box,), {"other"}))

    assert both[0].doubts == {"one", "other"}
    assert sure((*both, box)) == (box,)
    assert answers(doubted((box,), {"one"}))[0].doubts == {"one"}
    assert box.doubts is SURE


def test_answers_swap_ends_and_ports() -> None:
    request = Box((1, 1), (2, 2), (TCP, TCP), (5000, 5000), (443, 443))

    assert answers((request,)) == (Box((2, 2), (1, 1), (TCP, TCP), (443, 443), (5000, 5000)),)


@pytest.mark.parametrize(
    ("protocol", "asked", "answered"),
    [
        (ICMP, icmp_messages(8, 0), {(0, 0)}),
        (ICMP, icmp_messages(8, -1), {(0, 0)}),
        (ICMP, icmp_messages(0, 0), set()),
        (ICMP, icmp_messages(3, 3), set()),
        (ICMPV6, icmp_messages(128, 0), {(129 * 256, 129 * 256)}),
        (ICMP, ALL_PORTS, {(0, 0), (14 * 256,) * 2, (16 * 256,) * 2, (18 * 256,) * 2}),
    ],
)
def test_only_icmp_requests_are_answered(
    protocol: int, asked: tuple[int, int], answered: set[tuple[int, int]]
) -> None:
    request = Box((1, 1), (2, 2), (protocol, protocol), ALL_PORTS, asked)

    assert {box.dport for box in answers((request,))} == answered


@pytest.mark.parametrize(
    ("text", "expected"), [("-1", (0, 255)), ("tcp", (6, 6)), ("58", (58, 58)), ("ICMPv6", (58, 58))]
)
def test_protocols_are_read(text: str, expected: tuple[int, int]) -> None:
    assert protocols(text) == expected


@pytest.mark.parametrize("text", ["256", "-2", "gre", ""])
def test_other_protocols_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"protocol|invalid literal"):
        protocols(text)
