"""The estates that the benchmarks measure on are what they claim to be."""

import pytest

from benchmarks.estate import Size
from benchmarks.estates import build
from landline import network, proof
from landline.proof import Verdict


def judged(size: Size) -> Verdict:
    files, grants = build(size)
    return proof.verify(network.read(files), proof.read_grants(grants))


@pytest.mark.parametrize("clients", [False, True])
def test_isolated_estates_are_proven_with_every_connection_granted(*, clients: bool) -> None:
    found = judged(Size(7, clients=clients))

    assert (found.verdict, found.findings) == ("proven", ())
    assert len(found.access.granted) == 14
    assert (found.access.extra, found.access.missing) == ((), ())
    assert dict(found.checked)["vpcs"] == 9


def test_every_vpc_of_a_mesh_reaches_others() -> None:
    found = judged(Size(6, mesh=3, clients=True))

    assert found.verdict == "violated"
    assert {item.rule for item in found.findings} == {"network-link"}
    assert len({item.vpc for item in found.findings}) == 6


def test_the_same_size_gives_the_same_bytes() -> None:
    assert build(Size(5, mesh=2)) == build(Size(5, mesh=2))
