"""Real previews on the engine, as plans: what is refused never reaches Create."""

from __future__ import annotations

import functools
import gc
import json
from typing import TYPE_CHECKING, Any, NoReturn

import pulumi
import pulumi_aws as aws
import pytest

from landline import network, proof
from landline.estate import Target, collect
from landline.estate.plan import plan_of_events, planned, read_plan
from landline.sandbox.engine_stacks import engine_stacks
from landline.sandbox.provider import AwsProvider
from landline.sandbox.resource_type import ResourceType
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from landline.deploy.engine import Engine
    from landline.deploy.stacks import EngineStacks
    from landline.proof import Verdict
    from landline.sandbox.world import World

pytestmark = pytest.mark.engine

ACCOUNT, REGION = "111111111111", "eu-west-1"


def never(*_: object) -> NoReturn:
    raise AssertionError("a preview makes nothing")


def previewed_only(token: str, *inputs: str) -> ResourceType:
    """A row for previews: whatever would make, read or change something fails the test."""
    return ResourceType(token, never, never, never, never, inputs=frozenset({*inputs, "tags"}))


DOORS = {
    row.token: row
    for row in (
        previewed_only("aws:ec2/internetGateway:InternetGateway"),
        previewed_only(
            "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", "internetGatewayId", "vpcId"
        ),
        previewed_only("aws:ec2/route:Route", "routeTableId", "destinationCidrBlock", "gatewayId"),
        previewed_only(
            "aws:ec2/instance:Instance", "subnetId", "vpcSecurityGroupIds", "associatePublicIpAddress"
        ),
    )
}


@pytest.fixture
def stacks(engine: Engine, world: World) -> Iterator[EngineStacks]:
    provider = AwsProvider(world, {**RESOURCE_TYPES, **DOORS}, INVOKES)
    with engine_stacks(engine, provider) as running:
        running.initialise("dev")
        yield running
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


def isolated(*, door: bool = False) -> None:
    """A VPC with a subnet and a table of its own; with `door` a way out, and somebody to take it."""
    provider = aws.Provider("aws", region=REGION, allowed_account_ids=[ACCOUNT])
    options = pulumi.ResourceOptions(provider=provider)
    vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/20", opts=options)
    aws.ec2.DefaultSecurityGroup("net", vpc_id=vpc.id, opts=options)
    subnet = aws.ec2.Subnet(
        "net", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone_id="euw1-az1", opts=options
    )
    table = aws.ec2.RouteTable("net", vpc_id=vpc.id, opts=options)
    aws.ec2.RouteTableAssociation("net", route_table_id=table.id, subnet_id=subnet.id, opts=options)
    group = aws.ec2.SecurityGroup("out", vpc_id=vpc.id, opts=options)
    aws.vpc.SecurityGroupEgressRule(
        "out",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4="0.0.0.0/0",
        opts=options,
    )
    if door:
        gateway = aws.ec2.InternetGateway("door", opts=options)
        aws.ec2.InternetGatewayAttachment("door", internet_gateway_id=gateway.id, vpc_id=vpc.id, opts=options)
        aws.ec2.Route(
            "out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=options,
        )
        aws.ec2.Instance(
            "vm",
            subnet_id=subnet.id,
            vpc_security_group_ids=[group.id],
            associate_public_ip_address=True,
            opts=options,
        )


OPEN = functools.partial(isolated, door=True)


def describe(world: World) -> dict[str, bytes]:
    return dict(collect([Target(ACCOUNT, REGION, world.session(ACCOUNT, REGION))]).snapshot)


def judge(files: Mapping[str, bytes]) -> Verdict:
    return proof.verify(network.read(files), None, evidence="plan")


def test_a_preview_of_a_new_network_is_judged_as_what_it_makes(stacks: EngineStacks, world: World) -> None:
    plan = planned(read_plan(stacks.preview("dev", isolated).document), describe(world))
    assert plan.unknown == ()
    before = judge(plan.snapshot)
    stacks.up("dev", isolated)
    after = judge(describe(world))
    assert (before.verdict, before.checked, before.not_checked) == (
        after.verdict,
        after.checked,
        after.not_checked,
    )


def test_a_way_out_is_found_in_a_new_network_and_in_one_that_is_there(
    stacks: EngineStacks, world: World
) -> None:
    new = planned(read_plan(stacks.preview("dev", OPEN).document), describe(world))
    stacks.up("dev", isolated)
    base = describe(world)
    added = planned(read_plan(stacks.preview("dev", OPEN).document), base)
    assert describe(world) == base

    for plan in (new, added):
        assert plan.unknown == ()
        (finding,) = [f for f in judge(plan.snapshot).findings if f.rule == "internet-egress"]
        assert finding.severity == "violation"
        assert finding.path[0] == "planned:dev:Instance:vm:primaryNetworkInterface"
        assert finding.path[-2:] == ("planned:dev:InternetGateway:door", "internet")
        assert {plan.sources[name].stack for name in finding.path[:-1] if name.startswith("planned:")} == {
            "dev"
        }
    # What is there keeps its id.
    (table,) = [name for name in finding.path if name.startswith("rtb-")]
    assert added.sources[table].urn.endswith("aws:ec2/routeTable:RouteTable::net")


def test_the_states_of_stacks_are_the_estate(stacks: EngineStacks, world: World) -> None:
    stacks.up("dev", isolated)
    state = stacks.state("dev")
    document = json.dumps({"version": state.version, "deployment": state.deployment}).encode()
    recorded, described = judge(planned(read_plan(document)).snapshot), judge(describe(world))
    assert (recorded.verdict, recorded.checked) == (described.verdict, described.checked)


def test_events_alone_leave_the_ids_of_new_resources_open(stacks: EngineStacks, world: World) -> None:
    events: list[Any] = []
    heard = stacks._stack("dev").preview  # noqa: SLF001 - the events as a user of the Automation API gets them
    heard(program=OPEN, on_event=events.append, color="never")
    plan = planned(plan_of_events(events), describe(world))
    assert any("routeTableId is unknown" in why for why in plan.unknown)
    assert judge(plan.snapshot).verdict != "proven"

    stacks.up("dev", isolated)
    events.clear()
    heard(program=isolated, on_event=events.append, color="never")
    same = planned(plan_of_events(events), describe(world))
    assert same.unknown == ()
    assert judge(same.snapshot).verdict == judge(describe(world)).verdict
