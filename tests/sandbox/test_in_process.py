"""Door 1: programs run one after another in this process, each stack with a state of its own."""

from __future__ import annotations

import asyncio
import gc
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws
import pytest

from landline.errors import LandlineError, ToolError, UsageError
from landline.sandbox.in_process import InProcess
from landline.sandbox.stack_state import Deployed, deletion_order
from landline.sandbox.stacks import silent
from tests.sandbox.places import HUB, OTHER, REGION, SPOKE, connect, ec2, network, service, states

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.world import World


def own_provider(account: str = HUB, region: str = REGION, **more: Any) -> pulumi.ResourceOptions:  # noqa: ANN401
    provider = aws.Provider(
        "aws",
        region=region,
        allowed_account_ids=[account],
        default_tags={"tags": {"landline:stack": "test"}},
    )
    return pulumi.ResourceOptions(provider=provider, **more)


def vpcs(world: World, account: str = HUB, region: str = REGION) -> dict[str, dict[str, str]]:
    """VPC id → tags."""
    shown = ec2(world, account, region).describe_vpcs()["Vpcs"]
    return {v["VpcId"]: {t["Key"]: t["Value"] for t in v.get("Tags", [])} for v in shown}


def a_network(
    *, subnets: int = 2, tags: dict[str, str] | None = None, cidr: str = "10.0.0.0/16"
) -> Callable[[], None]:
    def program() -> None:
        opts = own_provider()
        vpc = aws.ec2.Vpc("vpc", cidr_block=cidr, enable_dns_hostnames=True, tags=tags, opts=opts)
        for i in range(subnets):
            aws.ec2.Subnet(
                f"subnet-{i}",
                vpc_id=vpc.id,
                cidr_block=cidr.replace("0.0/16", f"{i}.0/24"),
                availability_zone_id=f"euw1-az{i + 1}",
                opts=opts,
            )
        pulumi.export("vpc", vpc.id)
        pulumi.export("secret", pulumi.Output.secret("hush"))

    return program


@pytest.fixture
def stacks(world: World) -> InProcess:
    return InProcess(world)


class TestRuns:
    def test_the_first_creates_and_the_second_changes_nothing(self, world: World, stacks: InProcess) -> None:
        first = stacks.up("net", a_network())
        second = stacks.up("net", a_network())

        assert (first.created, first.same) == (3, 0)
        assert (second.created, second.same) == (0, 3)
        assert first
        assert not second
        assert list(vpcs(world)) == [stacks.outputs("net")["vpc"]]

    def test_an_update_in_place(self, world: World, stacks: InProcess) -> None:
        stacks.up("net", a_network())
        before = list(vpcs(world))

        result = stacks.up("net", a_network(tags={"Name": "hub"}))

        assert (result.updated, result.same) == (1, 2)
        assert vpcs(world) == {before[0]: {"Name": "hub", "landline:stack": "test"}}

    def test_what_is_no_longer_declared_goes(self, world: World, stacks: InProcess) -> None:
        stacks.up("net", a_network(subnets=3))

        result = stacks.up("net", a_network(subnets=1))

        assert (result.deleted, result.same) == (2, 2)
        assert len(ec2(world, HUB).describe_subnets()["Subnets"]) == 1

    def test_a_replacement_takes_its_dependents_along(self, world: World, stacks: InProcess) -> None:
        stacks.up("net", a_network())
        before = set(vpcs(world))

        result = stacks.up("net", a_network(cidr="10.7.0.0/16"))

        assert (result.replaced, result.created, result.deleted) == (3, 0, 0)
        assert set(vpcs(world)).isdisjoint(before)
        assert len(ec2(world, HUB).describe_subnets()["Subnets"]) == 2
        assert not stacks.up("net", a_network(cidr="10.7.0.0/16"))

    def test_destroy_leaves_the_world_empty(self, world: World, stacks: InProcess) -> None:
        stacks.up("net", a_network())

        result = stacks.destroy("net")

        assert result.deleted == 3
        assert vpcs(world) == {}
        assert stacks.outputs("net") == {}
        assert stacks.resources("net") == ()

    def test_changes_are_told_as_they_happen(self, stacks: InProcess) -> None:
        told: list[tuple[str, str]] = []
        stacks.up("net", a_network(subnets=1), lambda change, _, name: told.append((change, name)))
        stacks.destroy("net", lambda change, _, name: told.append((change, name)))

        assert told == [
            ("created", "vpc"),
            ("created", "subnet-0"),
            ("deleted", "subnet-0"),
            ("deleted", "vpc"),
        ]

    def test_the_order_is_the_programs_in_every_run(self, stacks: InProcess) -> None:
        def order() -> list[str]:
            told: list[str] = []
            stacks.up("net", a_network(subnets=3), lambda _, __, name: told.append(name))
            stacks.destroy("net")
            return told

        assert order() == order() == ["vpc", "subnet-0", "subnet-1", "subnet-2"]

    def test_stacks_side_by_side_do_not_meet(self, world: World, stacks: InProcess) -> None:
        told: list[str] = []
        cidrs = {"north": "10.1.0.0/16", "south": "10.2.0.0/16"}

        def quietly(_change: str, _token: str, name: str) -> None:
            told.append(name)

        results = stacks.up_together({name: (a_network(cidr=c), quietly) for name, c in cidrs.items()})

        made = [one.result() for one in results]
        assert [(one.stack, one.created) for one in made] == [("north", 3), ("south", 3)]
        assert told == ["vpc"] * 2 + ["subnet-0", "subnet-1"] * 2
        declared = {stacks.outputs(name)["vpc"]: cidr for name, cidr in cidrs.items()}
        assert {v["VpcId"]: v["CidrBlock"] for v in ec2(world, HUB).describe_vpcs()["Vpcs"]} == declared
        assert {r.urn.split("::")[0] for r in stacks.resources("north")} == {"urn:pulumi:north"}

    def test_a_failure_beside_others_lets_them_end(self, world: World, stacks: InProcess) -> None:
        def failing() -> None:
            aws.ec2.Subnet("lost", vpc_id="vpc-0", cidr_block="10.0.0.0/24", opts=own_provider())

        def mistaken() -> None:
            raise UsageError("not like this")

        programs = {"bad": failing, "worse": mistaken, "good": a_network()}
        bad, worse, good = stacks.up_together({name: (one, silent) for name, one in programs.items()})

        assert "stack bad: aws:ec2/subnet:Subnet lost: InvalidVpcID.NotFound" in str(bad.exception())
        assert isinstance(worse.exception(), UsageError)
        assert good.result().created == 3
        assert list(vpcs(world)) == [stacks.outputs("good")["vpc"]]
        assert len(stacks.resources("good")) == 3
        assert stacks.resources("bad") == stacks.resources("worse") == ()

    def test_configuration_stays_with_the_program_that_sets_it(self, stacks: InProcess) -> None:
        def program(name: str) -> None:
            pulumi.runtime.set_config("landline:mark", name)
            later = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=own_provider()).id
            pulumi.export("mark", later.apply(lambda _: pulumi.Config("landline").get("mark")))

        stacks.up_together({name: (partial(program, name), silent) for name in ("north", "south")})

        assert [stacks.outputs(name)["mark"] for name in ("north", "south")] == ["north", "south"]

    def test_what_a_program_cannot_wait_for_fails_it(self, world: World, stacks: InProcess) -> None:
        def program(*, cancelled: bool) -> None:
            a_network(subnets=0 if cancelled else 1)()
            if cancelled:
                task: Any = asyncio.get_running_loop().create_task(asyncio.sleep(600))
                task.cancel()
                pulumi.Output.from_input(task)

        stacks.up("net", partial(program, cancelled=False))
        with pytest.raises(ToolError, match="stack net: what its program waits for was cancelled"):
            stacks.up("net", partial(program, cancelled=True))

        assert list(vpcs(world)) == [stacks.outputs("net")["vpc"]]
        assert len(stacks.resources("net")) == 2

    def test_nothing_is_forgotten_when_a_program_ends_the_process(
        self, world: World, stacks: InProcess
    ) -> None:
        async def leave() -> None:
            while not vpcs(world):
                await asyncio.sleep(0)
            sys.exit(3)

        def leaving() -> None:
            task: Any = asyncio.get_running_loop().create_task(leave())
            pulumi.Output.from_input(task)

        with pytest.raises(SystemExit):
            stacks.up_together({"leaving": (leaving, silent), "net": (a_network(), silent)})

        assert "vpc" in [one.name for one in stacks.resources("net")]

    def test_secrets_come_out_plain(self, stacks: InProcess) -> None:
        stacks.up("net", a_network())

        assert stacks.outputs("net")["secret"] == "hush"

    def test_warnings_of_the_program(self, stacks: InProcess) -> None:
        result = stacks.up("talk", lambda: pulumi.log.warn("mind the gap"))

        assert result.warnings == ("mind the gap",)


class TestPlaces:
    def test_the_provider_says_account_and_region(self, world: World, stacks: InProcess) -> None:
        def program() -> None:
            for account, region in ((HUB, REGION), (SPOKE, REGION), (SPOKE, "eu-central-1")):
                provider = aws.Provider(
                    f"{account}-{region}",
                    region=region,
                    assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{account}:role/deploy")],
                )
                aws.ec2.Vpc(
                    f"{account}-{region}",
                    cidr_block="10.0.0.0/16",
                    opts=pulumi.ResourceOptions(provider=provider),
                )

        stacks.up("many", program)

        counts = [len(vpcs(world, a, r)) for a in (HUB, SPOKE, OTHER) for r in (REGION, "eu-central-1")]
        assert counts == [1, 0, 1, 1, 0, 0]

    def test_moving_to_another_account_replaces(self, world: World, stacks: InProcess) -> None:
        def program(account: str) -> Callable[[], object]:
            return lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=own_provider(account))

        stacks.up("net", program(HUB))
        result = stacks.up("net", program(SPOKE))

        assert result.replaced == 1
        assert (len(vpcs(world, HUB)), len(vpcs(world, SPOKE))) == (0, 1)

    def test_a_resource_without_a_provider(self, stacks: InProcess) -> None:
        with pytest.raises(ToolError, match="has no provider of its own stack"):
            stacks.up("net", lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))


class TestFailures:
    def test_awss_refusal_names_the_resource_and_the_code(self, stacks: InProcess) -> None:
        def program() -> None:
            opts = own_provider()
            vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)
            aws.ec2.VpcEndpoint(
                "line",
                vpc_id=vpc.id,
                service_name="com.amazonaws.vpce.eu-west-1.vpce-svc-0",
                vpc_endpoint_type="Interface",
                opts=opts,
            )

        with pytest.raises(ToolError) as raised:
            stacks.up("net", program)

        assert str(raised.value) == (
            "stack net: aws:ec2/vpcEndpoint:VpcEndpoint line: InvalidServiceName: "
            "The Vpc Endpoint Service 'com.amazonaws.vpce.eu-west-1.vpce-svc-0' does not exist"
        )

    def test_what_was_made_before_is_kept(self, world: World, stacks: InProcess) -> None:
        def broken() -> None:
            a_network()()
            msg = "no"
            raise UsageError(msg)

        with pytest.raises(UsageError, match="no"):
            stacks.up("net", broken)

        assert stacks.up("net", a_network()).same == 3
        assert len(vpcs(world)) == 1

    def test_a_failure_deletes_nothing(self, world: World, stacks: InProcess) -> None:
        stacks.up("net", a_network(subnets=2))

        def broken() -> None:
            a_network(subnets=0)()
            msg = "no"
            raise UsageError(msg)

        with pytest.raises(UsageError):
            stacks.up("net", broken)

        assert len(ec2(world, HUB).describe_subnets()["Subnets"]) == 2

    def test_an_unknown_type_is_named(self, stacks: InProcess) -> None:
        with pytest.raises(ToolError, match="has no resource type aws:ec2/customerGateway:CustomerGateway"):
            stacks.up("net", lambda: aws.ec2.CustomerGateway("c", type="ipsec.1", opts=own_provider()))

    def test_an_unknown_property_is_named(self, stacks: InProcess) -> None:
        def program() -> None:
            aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", ipv4_netmask_length=20, opts=own_provider())

        with pytest.raises(
            ToolError, match=r"Vpc v: .*does not understand ipv4NetmaskLength; it takes cidrBlock"
        ):
            stacks.up("net", program)

    def test_a_refused_deletion_keeps_the_rest(self, world: World, stacks: InProcess) -> None:
        stacks.up("net", a_network(subnets=1))
        subnet = ec2(world, HUB).describe_subnets()["Subnets"][0]["SubnetId"]
        interface = ec2(world, HUB).create_network_interface(SubnetId=subnet)["NetworkInterface"]

        with pytest.raises(ToolError, match="stack net: aws:ec2/subnet:Subnet subnet-0: DependencyViolation"):
            stacks.destroy("net")

        ec2(world, HUB).delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
        assert stacks.destroy("net").deleted == 2

    def test_a_failed_run_does_not_touch_the_next(self, stacks: InProcess) -> None:
        for _ in range(3):
            with pytest.raises(ToolError):
                stacks.up("bad", lambda: aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16"))
            assert stacks.up("good", a_network()).created in {0, 3}


class TestOptions:
    def test_retain_on_delete(self, world: World, stacks: InProcess) -> None:
        def program() -> None:
            aws.ec2.VpcBlockPublicAccessOptions(
                "block",
                internet_gateway_block_mode="block-bidirectional",
                opts=own_provider(retain_on_delete=True),
            )

        stacks.up("floor", program)
        stacks.destroy("floor")

        options = ec2(world, HUB).describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
        assert options["InternetGatewayBlockMode"] == "block-bidirectional"
        assert stacks.resources("floor") == ()

    def test_ignore_changes(self, world: World, stacks: InProcess) -> None:
        def program(cidr: str) -> Callable[[], object]:
            return lambda: aws.ec2.Vpc(
                "vpc", cidr_block=cidr, opts=own_provider(ignore_changes=["cidrBlock"])
            )

        stacks.up("net", program("10.0.0.0/16"))

        assert not stacks.up("net", program("10.1.0.0/16"))
        assert len(vpcs(world)) == 1

    def test_a_replacement_of_an_automatic_name_stands_beside_the_old(
        self, world: World, stacks: InProcess
    ) -> None:
        """The new group exists before the old one goes, so names must differ."""
        home = network(world, HUB)

        def program(description: str) -> Callable[[], None]:
            def declare() -> None:
                group = aws.ec2.SecurityGroup(
                    "clients", vpc_id=home.vpc, description=description, opts=own_provider()
                )
                pulumi.export("name", group.name)

            return declare

        stacks.up("net", program("one"))
        first = stacks.outputs("net")["name"]
        result = stacks.up("net", program("two"))

        assert result.replaced == 1
        assert stacks.outputs("net")["name"] != first
        assert stacks.outputs("net")["name"].startswith("clients-")
        assert not stacks.up("net", program("two"))


class TestOtherStacks:
    def read(self, stack: str) -> Callable[[], None]:
        def program() -> None:
            reference = pulumi.StackReference(f"organization/landline/{stack}")
            pulumi.export("seen", reference.get_output("vpc"))

        return program

    def test_a_stack_reference_reads_outputs(self, stacks: InProcess) -> None:
        stacks.up("net", a_network())
        stacks.up("reader", self.read("net"))

        assert stacks.outputs("reader")["seen"] == stacks.outputs("net")["vpc"]

    def test_an_initialised_stack_has_none(self, stacks: InProcess) -> None:
        stacks.initialise("net")
        stacks.up("reader", self.read("net"))

        assert stacks.outputs("reader").get("seen") is None

    # The SDK's StackReference leaves coroutines unawaited when its read fails.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_an_unknown_stack_is_an_error(self, stacks: InProcess) -> None:
        with pytest.raises(LandlineError, match='unknown stack "organization/landline/none"'):
            stacks.up("reader", self.read("none"))
        gc.collect()
        with pytest.raises(UsageError, match="no stack 'none' in the sandbox"):
            stacks.destroy("none")

    def test_data_sources_answer_from_the_world(self, stacks: InProcess) -> None:
        def program() -> None:
            opts = pulumi.InvokeOptions(
                provider=aws.Provider("aws", region=REGION, allowed_account_ids=[HUB])
            )
            pulumi.export("zones", aws.get_availability_zones_output(opts=opts).zone_ids)

        stacks.up("ask", program)

        assert set(stacks.outputs("ask")["zones"]) == {"euw1-az1", "euw1-az2", "euw1-az3"}

    def test_an_unknown_data_source_is_named(self, stacks: InProcess) -> None:
        def program() -> None:
            opts = pulumi.InvokeOptions(
                provider=aws.Provider("aws", region=REGION, allowed_account_ids=[HUB])
            )
            pulumi.export("x", aws.ec2.get_eips_output(opts=opts).public_ips)

        with pytest.raises(UsageError, match="no data source aws:ec2/getEips:getEips"):
            stacks.up("ask", program)


def test_revocation_by_program(world: World, stacks: InProcess) -> None:
    """Dropping the accepter is what cuts; dropping the principal alone is not."""
    offered = service(world, network(world, HUB), accepted=True)
    endpoint = connect(world, network(world, SPOKE), offered.name)["VpcEndpointId"]

    def grant() -> None:
        aws.ec2.VpcEndpointConnectionAccepter(
            "accept", vpc_endpoint_service_id=offered.id, vpc_endpoint_id=endpoint, opts=own_provider()
        )

    stacks.up("grant", grant)
    assert states(world) == {endpoint: "available"}
    stacks.destroy("grant")
    assert states(world) == {endpoint: "rejected"}


def test_deletion_order_puts_dependents_first() -> None:
    def resource(name: str, *depends_on: str) -> Deployed:
        return Deployed(name, "t", name, {}, {}, HUB, REGION, frozenset(depends_on))

    # `old` was updated to depend on `late`, which was created after it.
    made = [resource("vpc"), resource("old", "vpc", "late"), resource("late", "vpc", "elsewhere")]

    assert [r.urn for r in deletion_order(made)] == ["old", "late", "vpc"]
