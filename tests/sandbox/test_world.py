"""The world: many accounts and Regions, one lock, nothing that leaks."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto.core.models import botocore_stubber
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from landline.errors import UsageError
from landline.sandbox.patching import Patch, applied
from landline.sandbox.served_session import ServedSession
from landline.sandbox.world import World
from tests.sandbox.places import HUB, OTHER, REGION, SPOKE, ec2, network, refused


@pytest.mark.parametrize("region", [REGION, "us-east-1", "ap-southeast-2"])
def test_an_account_starts_empty(world: World, region: str) -> None:
    """No default VPC and no internet gateway, as a landing zone hands accounts over."""
    client = ec2(world, SPOKE, region)

    assert client.describe_vpcs()["Vpcs"] == []
    assert client.describe_subnets()["Subnets"] == []
    assert client.describe_internet_gateways()["InternetGateways"] == []
    assert client.describe_network_interfaces()["NetworkInterfaces"] == []


def test_a_default_vpc_can_still_be_asked_for(world: World) -> None:
    assert ec2(world, SPOKE).create_default_vpc()["Vpc"]["IsDefault"] is True


def test_a_profile_of_the_environment_is_no_matter_of_the_sandbox(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod-admin")

    assert ec2(world, SPOKE).describe_vpcs()["Vpcs"] == []
    assert ServedSession(SPOKE, "http://127.0.0.1:9").client("ec2", region_name=REGION)


def test_the_environment_has_its_profile_again_when_a_world_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "prod-admin")
    with World():
        # As moto does, when it is imported.
        assert boto3.Session().get_available_services()
    assert os.environ["AWS_PROFILE"] == "prod-admin"


def test_accounts_and_regions_are_apart(world: World) -> None:
    vpc = network(world, HUB).vpc

    assert [v["VpcId"] for v in ec2(world, HUB).describe_vpcs()["Vpcs"]] == [vpc]
    assert ec2(world, SPOKE).describe_vpcs()["Vpcs"] == []
    assert ec2(world, HUB, "eu-central-1").describe_vpcs()["Vpcs"] == []


@pytest.mark.parametrize("account", [HUB, SPOKE, "000000000000", "012345678901"])
def test_the_credentials_say_the_account(world: World, account: str) -> None:
    identity = world.session(account, REGION).client("sts").get_caller_identity()

    assert identity["Account"] == account


def test_a_role_assumed_in_another_account_lands_there(world: World) -> None:
    vpc = network(world, SPOKE).vpc
    given = (
        world.session(HUB, REGION)
        .client("sts")
        .assume_role(RoleArn=f"arn:aws:iam::{SPOKE}:role/read", RoleSessionName="test")["Credentials"]
    )
    session = boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=REGION,
    )

    assert [v.get("VpcId") for v in session.client("ec2").describe_vpcs()["Vpcs"]] == [vpc]


def test_an_operation_that_the_sandbox_lacks_is_an_error(world: World) -> None:
    with pytest.raises(NotImplementedError, match="describe_verified_access_instances"):
        ec2(world, HUB).describe_verified_access_instances()


def test_a_service_that_the_sandbox_lacks_never_reaches_the_network(world: World) -> None:
    with pytest.raises(NotImplementedError, match="lightsail"):
        world.session(HUB, REGION).client("lightsail").get_instances()


def test_an_account_id_has_twelve_digits(world: World) -> None:
    with pytest.raises(UsageError, match="'1234' is not a twelve-digit account id"):
        world.session("1234", REGION)


def test_one_world_at_a_time(world: World) -> None:
    with pytest.raises(UsageError, match="another sandbox world"), World():
        pass
    assert world.place(HUB, REGION), "the first goes on"


def test_outside_its_context_a_world_gives_no_session() -> None:
    with pytest.raises(UsageError, match="not running"):
        World().session(HUB, REGION)


def test_nothing_is_left_behind() -> None:
    before = (
        botocore_stubber.process_request,
        EC2Response.create_vpc_endpoint,
        EC2Backend.delete_vpc,
        dict(os.environ),
    )

    with World() as world:
        network(world, HUB)
        assert hasattr(EC2Response, "accept_vpc_endpoint_connections")

    assert not hasattr(EC2Response, "accept_vpc_endpoint_connections")
    assert before == (
        botocore_stubber.process_request,
        EC2Response.create_vpc_endpoint,
        EC2Backend.delete_vpc,
        dict(os.environ),
    )
    with World() as fresh:
        assert ec2(fresh, HUB).describe_vpcs()["Vpcs"] == []


def test_the_same_seed_gives_the_same_ids() -> None:
    def ids(seed: int) -> tuple[str, ...]:
        with World(seed=seed) as world:
            made = network(world, HUB)
            return (made.vpc, *made.subnets, made.group)

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)


def test_threads_share_one_world(world: World) -> None:
    accounts = [HUB, SPOKE, OTHER] * 6

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda account: network(world, account).vpc, accounts))

    assert len(set(made)) == len(accounts)
    for account in {HUB, SPOKE, OTHER}:
        assert len(ec2(world, account).describe_vpcs()["Vpcs"]) == 6


def test_a_missing_vpc_is_a_client_error(world: World) -> None:
    assert refused(lambda: ec2(world, HUB).delete_vpc(VpcId="vpc-none"))[0] == "InvalidVpcID.NotFound"


class _Noun:
    known = 1


def test_a_patch_replaces_only_what_is_there() -> None:
    """When moto changes under us, entering a world says so."""
    with pytest.raises(AttributeError), applied([Patch(_Noun, "unknown", 2)]):
        pass
    with pytest.raises(AttributeError, match="now has known"), applied([Patch(_Noun, "known", 2, adds=True)]):
        pass
    with applied([Patch(_Noun, "known", 2), Patch(_Noun, "extra", 3, adds=True)]):
        assert (_Noun.known, getattr(_Noun, "extra")) == (2, 3)  # noqa: B009 - added at run time
    assert (_Noun.known, hasattr(_Noun, "extra")) == (1, False)


def test_an_endpoint_in_the_environment_leads_nowhere_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
    for client in (world.session(HUB, REGION).client("ec2"), world.place(HUB, REGION).client("ec2")):
        made: Any = client.create_vpc(CidrBlock="10.9.0.0/16")
        assert made["Vpc"]["CidrBlock"] == "10.9.0.0/16"
