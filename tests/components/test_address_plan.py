from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import ArgumentError
from components.address_plan import SMALLEST_SUBNET, plan

prefixes = st.integers(16, 28)
starts = st.integers(0, 2**32 - 1)
zones = st.lists(st.integers(1, 9).map("euw1-az{}".format), unique=True, min_size=1, max_size=8)


def network(start: int, prefix: int) -> IPv4Network:
    return IPv4Network((start, prefix), strict=False)


@given(starts, prefixes, zones)
def test_subnets_lie_apart_inside_the_range(start: int, prefix: int, zones: list[str]) -> None:
    cidr = network(start, prefix)
    if len(zones) > 2 ** (SMALLEST_SUBNET - prefix):
        with pytest.raises(ArgumentError, match=rf"cidr: {cidr}.*{len(zones)} zones"):
            plan(cidr, zones)
        return

    planned = plan(cidr, zones)

    assert [subnet.zone for subnet in planned] == zones
    assert all(subnet.cidr.subnet_of(cidr) and subnet.cidr.prefixlen <= SMALLEST_SUBNET for subnet in planned)
    assert not any(a.cidr.overlaps(b.cidr) for a, b in combinations(planned, 2))


@given(starts, st.integers(16, 25), zones, st.integers(0, 7))
def test_an_appended_zone_moves_no_other(start: int, prefix: int, zones: list[str], kept: int) -> None:
    cidr = network(start, prefix)

    assert plan(cidr, zones)[: kept + 1] == plan(cidr, zones[: kept + 1])


def test_a_subnet_is_an_eighth_of_the_range() -> None:
    planned = plan(IPv4Network("10.40.0.0/20"), ["euw1-az1", "euw1-az2", "euw1-az3"])

    assert [str(subnet.cidr) for subnet in planned] == ["10.40.0.0/23", "10.40.2.0/23", "10.40.4.0/23"]


def test_a_zone_named_twice_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a zone stands twice"):
        plan(IPv4Network("10.0.0.0/16"), ["euw1-az1", "euw1-az1"])
