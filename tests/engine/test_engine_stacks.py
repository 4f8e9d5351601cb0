"""Inline programs on the real engine, against door 2 of the sandbox."""

from __future__ import annotations

import functools
import gc
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
import pytest

from landline.deploy.stacks import EngineStacks
from landline.deploy.steps import Changes
from landline.errors import ToolError, UsageError
from landline.sandbox.engine_stacks import engine_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.deploy.engine import Engine
    from landline.sandbox.provider import AwsProvider
    from landline.sandbox.world import World

pytestmark = [
    pytest.mark.engine,
    # After a failed program the SDK leaves its event loop and its coroutine unfinished.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ACCOUNT, OTHER = "111111111111", "222222222222"


@pytest.fixture
def stacks(engine: Engine, provider: AwsProvider) -> Iterator[EngineStacks]:
    with engine_stacks(engine, provider) as running:
        running.initialise("dev")
        yield running
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


def test_without_a_backend_it_says_how_to_name_one(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    stacks = EngineStacks(engine, tmp_path, {}, home=tmp_path / "home", own_project=True)
    with pytest.raises(
        UsageError, match=r"set PULUMI_BACKEND_URL, .* or run `pulumi login`; or add --sandbox"
    ):
        stacks.found()


def network(
    *, account: str = ACCOUNT, region: str = "eu-west-1", cidr: str = "10.0.0.0/20", owner: str = "net"
) -> None:
    """A provider, a VPC, two subnets: a program with dependencies, default tags and an output."""
    provider = aws.Provider(
        "aws",
        region=region,
        allowed_account_ids=[account],
        default_tags=aws.ProviderDefaultTagsArgs(tags={"owner": owner, "kind": "hub"}),
    )
    options = pulumi.ResourceOptions(provider=provider)
    vpc = aws.ec2.Vpc("net", cidr_block=cidr, tags={"Name": "net", "kind": "network"}, opts=options)
    zone = {"eu-west-1": "euw1", "eu-central-1": "euc1"}[region]
    for number in (1, 2):
        aws.ec2.Subnet(
            f"net-{number}",
            vpc_id=vpc.id,
            cidr_block=vpc.cidr_block.apply(functools.partial(within, number=number)),
            availability_zone_id=f"{zone}-az{number}",
            opts=options,
        )
    pulumi.export("vpc", vpc.id)


def within(block: str, number: int) -> str:
    return block.replace("0.0/20", f"{number}.0/24")


def vpcs(world: World, account: str = ACCOUNT, region: str = "eu-west-1") -> list[dict[str, Any]]:
    return list(world.place(account, region).client("ec2").describe_vpcs()["Vpcs"])


def test_a_stack_from_nothing_to_nothing(stacks: EngineStacks, world: World) -> None:
    # The stack itself, the provider, the VPC, two subnets.
    assert stacks.preview("dev", network).changes == Changes(
        created=5, updated=0, replaced=0, deleted=0, same=0
    )
    assert vpcs(world) == []

    assert stacks.up("dev", network).changes.created == 5
    (vpc,) = vpcs(world)
    assert vpc["CidrBlock"] == "10.0.0.0/20"
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {
        "Name": "net",
        "owner": "net",
        "kind": "network",
    }
    assert stacks.outputs("dev") == {"vpc": vpc["VpcId"]}

    assert not stacks.preview("dev", network).changes
    assert stacks.up("dev", network).changes == Changes(created=0, updated=0, replaced=0, deleted=0, same=5)
    assert not stacks.refresh("dev").changes

    assert stacks.destroy("dev").changes.deleted == 5
    assert vpcs(world) == []


def test_a_changed_default_tag_updates_in_place(stacks: EngineStacks, world: World) -> None:
    stacks.up("dev", network)
    (before,) = vpcs(world)
    # The three resources and the provider.
    assert stacks.up("dev", functools.partial(network, owner="platform")).changes == Changes(0, 4, 0, 0, 1)
    (after,) = vpcs(world)
    assert after["VpcId"] == before["VpcId"]
    assert {"Key": "owner", "Value": "platform"} in after["Tags"]


def test_a_changed_range_replaces_the_vpc_and_what_stands_on_it(stacks: EngineStacks, world: World) -> None:
    stacks.up("dev", network)
    (before,) = vpcs(world)
    wider = functools.partial(network, cidr="10.8.0.0/20")
    assert stacks.preview("dev", wider).changes.replaced == 3
    assert [vpc["VpcId"] for vpc in vpcs(world)] == [before["VpcId"]]
    assert stacks.up("dev", wider).changes.replaced == 3
    (after,) = vpcs(world)
    assert (after["CidrBlock"], after["VpcId"] != before["VpcId"]) == ("10.8.0.0/20", True)


def test_resources_follow_their_provider_into_another_region(stacks: EngineStacks, world: World) -> None:
    stacks.up("dev", network)
    assert stacks.up("dev", functools.partial(network, region="eu-central-1")).changes.replaced == 3
    assert vpcs(world) == []
    assert len(vpcs(world, region="eu-central-1")) == 1


def test_two_providers_of_one_program_reach_two_accounts(stacks: EngineStacks, world: World) -> None:
    def both() -> None:
        for account, cidr in ((ACCOUNT, "10.0.0.0/20"), (OTHER, "10.16.0.0/20")):
            provider = aws.Provider(f"aws-{account}", region="eu-west-1", allowed_account_ids=[account])
            aws.ec2.Vpc(account, cidr_block=cidr, opts=pulumi.ResourceOptions(provider=provider))

    stacks.up("dev", both)
    assert [vpc["CidrBlock"] for vpc in vpcs(world)] == ["10.0.0.0/20"]
    assert [vpc["CidrBlock"] for vpc in vpcs(world, OTHER)] == ["10.16.0.0/20"]


def test_a_refresh_finds_what_somebody_deleted_and_the_next_up_makes_it_again(
    stacks: EngineStacks, world: World
) -> None:
    stacks.up("dev", network)
    ec2 = world.place(ACCOUNT, "eu-west-1").client("ec2")
    ec2.delete_subnet(SubnetId=ec2.describe_subnets()["Subnets"][0]["SubnetId"])
    assert stacks.refresh("dev").changes.deleted == 1
    assert stacks.up("dev", network).changes.created == 1


def test_an_unknown_input_stops_the_preview_by_name(stacks: EngineStacks, world: World) -> None:
    def misspelt() -> None:
        provider = aws.Provider("aws", region="eu-west-1", allowed_account_ids=[ACCOUNT])
        options = pulumi.ResourceOptions(provider=provider)
        pulumi.CustomResource("aws:ec2/vpc:Vpc", "net", {"cidr_blok": "10.0.0.0/20"}, options)

    with pytest.raises(ToolError, match=r"net.*there is no input 'cidr_blok'; did you mean 'cidrBlock'\?"):
        stacks.preview("dev", misspelt)
    assert vpcs(world) == []


def test_a_type_outside_the_table_stops_the_preview_by_name(stacks: EngineStacks) -> None:
    def gateway() -> None:
        provider = aws.Provider("aws", region="eu-west-1", allowed_account_ids=[ACCOUNT])
        aws.ec2.InternetGateway("door", opts=pulumi.ResourceOptions(provider=provider))

    message = "the sandbox has no resource type aws:ec2/internetGateway:InternetGateway"
    with pytest.raises(ToolError, match=message):
        stacks.preview("dev", gateway)


def test_what_aws_refuses_fails_the_update_in_its_words(stacks: EngineStacks, world: World) -> None:
    with pytest.raises(ToolError, match=r"creating aws:ec2/vpc:Vpc 'net': .*InvalidVpc\.Range"):
        stacks.up("dev", functools.partial(network, cidr="10.0.0.0/8"))
    assert vpcs(world) == []


def test_a_failing_program_is_reported_by_its_error(stacks: EngineStacks) -> None:
    def failing() -> None:
        raise pulumi.RunError("stacks/Pulumi.dev.yaml: account: not twelve digits (1234)")

    with pytest.raises(ToolError, match=r"stack dev: .*account: not twelve digits \(1234\)"):
        stacks.up("dev", failing)


def test_a_data_source_reads_the_world_in_a_preview(stacks: EngineStacks, world: World) -> None:
    made = world.place(ACCOUNT, "eu-west-1").client("ec2").create_vpc(CidrBlock="10.0.0.0/20")["Vpc"]["VpcId"]
    seen: list[str] = []

    def reading() -> None:
        provider = aws.Provider("aws", region="eu-west-1", allowed_account_ids=[ACCOUNT])
        seen.extend(aws.ec2.get_vpcs(opts=pulumi.InvokeOptions(provider=provider)).ids)

    stacks.preview("dev", reading)
    assert seen == [made]


def test_an_empty_file_of_the_backend_comes_with_what_to_do(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "work").mkdir()
    environment = {
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "nothing secret",
    }
    stacks = EngineStacks(engine, tmp_path / "work", environment, home=tmp_path / "home", own_project=True)
    stacks.initialise("hub")
    beside = sorted(tmp_path.rglob("*.attrs"))
    for file in beside:
        file.write_bytes(b"")

    with pytest.raises(
        ToolError,
        match=r"^the backend's stacks: .*EOF\n.*\nfind DIRECTORY/.pulumi -name '\*.attrs' -empty -delete",
    ):
        stacks.found()

    for file in beside:
        file.unlink()
    assert set(stacks.found()) == {"hub"}
