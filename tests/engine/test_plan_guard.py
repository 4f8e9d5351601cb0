"""Plans that open a door are refused before anything is made; those that open none go through."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, NoReturn

import pulumi
import pulumi_aws as aws
import pytest

from components import PrivateNetwork
from landline.deploy.deployment import Deployment, Options
from landline.deploy.guards import RefusedError
from landline.deploy.place import Place
from landline.deploy.plan import Task
from landline.errors import ToolError
from landline.sandbox.engine_stacks import engine_stacks
from landline.sandbox.provider import AwsProvider
from landline.sandbox.resource_type import Made, ResourceType
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES
from tests.deploy.estate import loaded
from tests.engine.road import REGION, SPOKES, write_hub, write_spoke

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from landline.deploy.engine import Engine
    from landline.deploy.events import Event
    from landline.deploy.stacks import EngineStacks
    from landline.sandbox.world import World
    from landline.settings import Estate, Stack

pytestmark = [
    pytest.mark.engine,
    # The SDK leaves event loops and coroutines of its programs unfinished.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ACCOUNT = SPOKES["payments"]
UP = Task("payments", "up")


def never(*_: object) -> NoReturn:
    raise AssertionError("it must not come to this")


DOORS = {
    token: ResourceType(token, never, never, never, never, inputs=frozenset(inputs))
    for token, *inputs in (
        ("aws:ec2/internetGateway:InternetGateway", "vpcId", "tags"),
        ("aws:ec2/route:Route", "routeTableId", "destinationCidrBlock", "gatewayId"),
    )
}


WAN = "aws:networkmanager/vpcAttachment:VpcAttachment"
"""A type that no rule models."""
DOORS[WAN] = ResourceType(
    WAN,
    lambda _, inputs: Made("attachment-1", inputs),
    never,
    never,
    never,
    inputs=frozenset(("coreNetworkId", "subnetArns", "vpcArn", "tags")),
)


@pytest.fixture
def stacks(engine: Engine, world: World) -> Iterator[EngineStacks]:
    with engine_stacks(engine, AwsProvider(world, {**RESOURCE_TYPES, **DOORS}, INVOKES)) as running:
        yield running
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


@pytest.fixture
def deploy(stacks: EngineStacks, world: World, tmp_path: Path) -> Callable[..., Deployment]:
    write_hub(tmp_path / "stacks", "logging")
    write_spoke(tmp_path / "stacks", "payments", "logging")
    estate = loaded(tmp_path / "stacks")
    heard: list[Event] = []

    def deployment(program: Callable[[Stack, Estate], None], **allow: str) -> Deployment:
        place = Place(ACCOUNT, REGION, world.session(ACCOUNT, REGION))  # type: ignore[arg-type]
        options = Options(allow={rule.replace("_", "-"): reason for rule, reason in allow.items()})
        made = Deployment(estate, stacks, lambda _: place, heard.append, options, program)
        made.begin()
        return made

    return deployment


def closed(stack: Stack, estate: Estate) -> PrivateNetwork:
    """A network as every spoke has one."""
    provider = aws.Provider("aws", region=REGION, allowed_account_ids=[ACCOUNT])
    return PrivateNetwork(
        "net",
        {
            "cidr": "10.0.0.0/20",
            "zones": ["euw1-az1", "euw1-az2"],
            "account": ACCOUNT,
            "region": REGION,
            "allowed_domains": ["*.eu-west-1.compute.internal"],
            "gateway_endpoints": False,
        },
        opts=pulumi.ResourceOptions(providers={"aws": provider}),
    )


def open_(stack: Stack, estate: Estate) -> None:
    """The same with a route to an internet gateway, and nobody yet who could take it."""
    network = closed(stack, estate)
    provider = aws.Provider("door", region=REGION, allowed_account_ids=[ACCOUNT])
    options = pulumi.ResourceOptions(provider=provider)
    gateway = aws.ec2.InternetGateway("door", vpc_id=network.vpc_id, opts=options)
    aws.ec2.Route(
        "out",
        route_table_id=pulumi.Output.from_input(network.route_table_ids)[0],
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
        opts=options,
    )


def attached(stack: Stack, estate: Estate) -> None:
    """The same with an attachment to a core network."""
    network = closed(stack, estate)
    provider = aws.Provider("door", region=REGION, allowed_account_ids=[ACCOUNT])
    arn = pulumi.Output.format("arn:aws:ec2:{}:{}:vpc/{}", REGION, ACCOUNT, network.vpc_id)
    aws.networkmanager.VpcAttachment(
        "wan",
        core_network_id="core-network-1",
        vpc_arn=arn,
        subnet_arns=["arn:aws:ec2:eu-west-1:222222222222:subnet/subnet-1"],
        opts=pulumi.ResourceOptions(provider=provider),
    )


def vpcs(world: World) -> int:
    return len(world.place(ACCOUNT, REGION).client("ec2").describe_vpcs()["Vpcs"])


def test_a_route_to_an_internet_gateway_never_reaches_create(
    deploy: Callable[..., Deployment], world: World
) -> None:
    with pytest.raises(RefusedError) as caught:
        deploy(open_).do(UP)

    rules = {refusal.rule for refusal in caught.value.refusals}
    assert "internet-egress" in rules
    # Which of the tables gets the route is unknown until they are made.
    assert rules <= {"internet-egress", "internet-ingress", "unproven"}
    assert "stack payments: internet-egress: " in str(caught.value)
    assert vpcs(world) == 0


def test_an_allowed_door_goes_to_the_engine_and_the_reason_is_kept(
    deploy: Callable[..., Deployment], stacks: EngineStacks
) -> None:
    reason = "CHG-7: agreed"
    with pytest.raises(ToolError, match="it must not come to this"):
        deploy(open_, internet_egress=reason, internet_ingress=reason, unproven=reason).do(UP)

    kept = {
        rule: said for rule, said in stacks.tags("payments").items() if rule.startswith("landline:allow:")
    }
    rules = {"internet-egress", "internet-ingress", "unproven"}
    assert kept.keys() <= {f"landline:allow:{rule}" for rule in rules}
    assert kept["landline:allow:internet-egress"].endswith(" CHG-7: agreed")


def test_a_closed_network_is_made(deploy: Callable[..., Deployment], world: World) -> None:
    assert deploy(closed).do(UP).changes.created > 10
    assert vpcs(world) == 1


def test_what_cannot_be_judged_is_not_made_unless_allowed_with_a_reason_that_is_kept(
    deploy: Callable[..., Deployment], stacks: EngineStacks, world: World
) -> None:
    with pytest.raises(RefusedError, match=r"stack payments: unproven: \S+ wan of stack payments: whether"):
        deploy(attached).do(UP)
    assert vpcs(world) == 0

    assert deploy(attached, unproven="CHG-7: seen with SEC").do(UP).changes.created > 10
    assert vpcs(world) == 1
    assert stacks.tags("payments")["landline:allow:unproven"].endswith("Z CHG-7: seen with SEC")
