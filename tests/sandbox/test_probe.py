"""The stranger's attempt: refused without a grant, and told when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from landline.sandbox.probe import Probe, probe
from tests.sandbox.places import HUB, SPOKE, ec2, network, service

if TYPE_CHECKING:
    from landline.sandbox.world import World

STRANGER = "999999999999"


def test_a_stranger_is_refused_by_a_closed_service_and_served_by_an_open_one(world: World) -> None:
    home = network(world, HUB)
    service(world, home, admits=(SPOKE,))
    service(world, home, admits=(SPOKE, STRANGER))
    before = ec2(world, STRANGER).describe_vpcs()["Vpcs"]

    probes = sorted(probe(ec2(world, HUB), ec2(world, STRANGER), STRANGER), key=lambda one: one.refused)

    assert [(one.account, one.refused, one.code) for one in probes] == [
        (STRANGER, False, None),
        (STRANGER, True, "InvalidServiceName"),
    ]
    assert ec2(world, STRANGER).describe_vpcs()["Vpcs"] == before
    live = ec2(world, STRANGER).describe_vpc_endpoints()["VpcEndpoints"]
    assert [one for one in live if one["State"] not in ("deleting", "deleted")] == []


def test_a_stranger_in_another_region_is_refused_too(world: World) -> None:
    open_one = service(world, network(world, HUB), admits=(SPOKE, STRANGER))
    ec2(world, HUB).modify_vpc_endpoint_service_configuration(
        ServiceId=open_one.id, AddSupportedRegions=["eu-central-1"]
    )
    service(world, network(world, HUB), admits=(SPOKE,))

    far = ec2(world, STRANGER, "eu-central-1")
    probes = sorted(probe(ec2(world, HUB), far, STRANGER), key=lambda one: one.refused)

    assert [(one.region, one.refused, one.code) for one in probes] == [
        ("eu-central-1", False, None),
        ("eu-central-1", True, "InvalidServiceName"),
    ]
    assert far.describe_vpcs()["Vpcs"] == []


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("InvalidServiceName", True),
        ("InvalidParameter", False),
        ("RequestLimitExceeded", False),
        (None, False),
    ],
)
def test_only_the_refusal_for_want_of_a_grant_counts(code: str | None, *, refused: bool) -> None:
    assert Probe(STRANGER, "eu-west-1", "logging", code, "said").refused is refused


def test_an_endpoint_that_fails_for_another_reason_is_not_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service(world, network(world, HUB), admits=(SPOKE,))
    stranger = ec2(world, STRANGER)

    def throttled(**_given: object) -> None:
        raise ClientError({"Error": {"Code": "RequestLimitExceeded", "Message": "slow"}}, "CreateVpcEndpoint")

    monkeypatch.setattr(stranger, "create_vpc_endpoint", throttled)
    [one] = probe(ec2(world, HUB), stranger, STRANGER)
    assert (one.refused, one.code) == (False, "RequestLimitExceeded")
