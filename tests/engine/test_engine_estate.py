"""The example estate's hub on the real engine, against door 2 of the sandbox."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from landline import network, proof
from landline.estate import Target, collect
from landline.estate import plan as plans
from landline.settings import load_estate
from tests.engine.engine_estate import EngineEstate, engine_estate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.deploy.engine import Engine
    from landline.sandbox.world import World

pytestmark = pytest.mark.engine

STACKS = Path(__file__).parents[2] / "stacks"
HUB = ("111111111111", "eu-west-1")


@pytest.fixture
def estate(engine: Engine, world: World) -> Iterator[EngineEstate]:
    loaded = load_estate(STACKS).estate
    assert loaded is not None
    with engine_estate(engine, world, loaded) as running:
        yield running
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


def census(world: World) -> dict[str, int]:
    """How many of the hub's things the world holds, as AWS describes them."""
    ec2, elbv2 = (world.place(*HUB).client(name) for name in ("ec2", "elbv2"))
    return {
        "vpcs": len(ec2.describe_vpcs()["Vpcs"]),
        "subnets": len(ec2.describe_subnets()["Subnets"]),
        "security groups": len(ec2.describe_security_groups()["SecurityGroups"]),
        "endpoints": len(ec2.describe_vpc_endpoints()["VpcEndpoints"]),
        "services": len(ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]),
        "load balancers": len(elbv2.describe_load_balancers()["LoadBalancers"]),
        "target groups": len(elbv2.describe_target_groups()["TargetGroups"]),
        "keys": len(world.place(*HUB).client("kms").list_aliases()["Aliases"]),
        "buckets": len(world.place(*HUB).client("s3").list_buckets()["Buckets"]),
    }


def described(world: World) -> dict[str, bytes]:
    return dict(collect([Target(*HUB, world.session(*HUB))]).snapshot)


def test_the_hub_from_preview_to_destroy(estate: EngineEstate, world: World) -> None:
    empty = census(world)
    planned = estate.preview("hub")
    assert planned.created > 50
    before = described(world)
    plan = network.read(plans.planned(plans.read_plan(estate.preview_document("hub")), before).snapshot)
    assert census(world) == empty

    assert estate.up("hub") == planned
    foreseen, made = (proof.verify(model, None) for model in (plan, network.read(described(world))))
    assert foreseen.verdict == made.verdict
    assert foreseen.checked == made.checked
    full = census(world)
    assert full["services"] == full["load balancers"] == 2
    services = world.place(*HUB).client("ec2").describe_vpc_endpoint_service_configurations()
    acceptance = {
        next(tag["Value"] for tag in service["Tags"] if tag["Key"] == "Name"): service["AcceptanceRequired"]
        for service in services["ServiceConfigurations"]
    }
    assert acceptance == {"logging": False, "security": True}

    assert not estate.preview("hub")
    assert not estate.up("hub")
    assert census(world) == full

    assert estate.destroy("hub").deleted == planned.created
    assert census(world) == empty
