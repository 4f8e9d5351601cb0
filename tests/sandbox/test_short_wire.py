"""The sandbox's own clients and any other boto3 client see one world, answer for answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from moto.core import serialize

from landline.estate import FOLLOW_UPS, REGIONAL
from tests.sandbox.places import HUB, REGION, SPOKE, balancer, connect, network, service

if TYPE_CHECKING:
    from landline.sandbox.world import World


@pytest.fixture
def furnished(world: World) -> World:
    """A world with something of most things that are read."""
    hub, spoke = network(world, HUB), network(world, SPOKE)
    offered = service(world, hub)
    connect(world, spoke, offered.name)
    ec2 = world.place(SPOKE, REGION).client("ec2")
    ec2.create_tags(Resources=[spoke.vpc], Tags=[{"Key": "Name", "Value": "a <b> & 'c'"}])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=spoke.vpc)
    table = ec2.create_route_table(VpcId=spoke.vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=spoke.subnets[0], AllocationId=address)
    ec2.create_managed_prefix_list(
        PrefixListName="p", AddressFamily="IPv4", MaxEntries=2, Entries=[{"Cidr": "10.0.0.0/8"}]
    )
    peering = ec2.create_vpc_peering_connection(
        VpcId=spoke.vpc, PeerVpcId=hub.vpc, PeerOwnerId=HUB, PeerRegion=REGION
    )
    assert peering["VpcPeeringConnection"]
    transit = ec2.create_transit_gateway(Description="t")["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=spoke.vpc, SubnetIds=list(spoke.subnets)
    )
    ec2.create_vpn_gateway(Type="ipsec.1")
    image = ec2.register_image(Name="image", RootDeviceName="/dev/sda1")["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=spoke.subnets[0], UserData="x")
    return world


def both(world: World, account: str, client: str, operation: str, **arguments: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """What the two clients answer, without the request's own marks."""
    long: Any = world.session(account, REGION).client(client)  # type: ignore[call-overload]
    short = world.place(account, REGION).client(client)
    answers = []
    for one in (short, long):
        answer = getattr(one, operation)(**arguments)
        answer.pop("ResponseMetadata")
        answers.append(answer)
    return answers[0], answers[1]


def snake(operation: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")


def test_every_call_of_the_dump_gets_the_same_answer(furnished: World) -> None:
    """Types too: times are times, flags are flags, what is empty and what is missing differ."""
    different, full = [], 0
    for account in (HUB, SPOKE):
        for call in REGIONAL:
            short, long = both(furnished, account, call.service, snake(call.operation), **call.arguments)
            full += bool(short[call.key])
            if short != long:
                different.append((call.operation, short, long))
            for follow in (one for one in FOLLOW_UPS if one.after == call.operation):
                for item in long[call.key]:
                    if follow.unless is not None and item.get(follow.unless):
                        continue
                    arguments = {**follow.call.arguments, follow.argument: item[follow.identifier]}
                    found = both(
                        furnished, account, follow.call.service, snake(follow.call.operation), **arguments
                    )
                    if found[0] != found[1]:
                        different.append((follow.call.operation, *found))

    assert different == []
    assert full >= 25


@pytest.mark.parametrize(
    ("client", "operation", "arguments"),
    [
        ("ec2", "describe_tags", {}),
        ("ec2", "describe_flow_logs", {}),
        ("ec2", "describe_security_group_rules", {}),
        ("ec2", "describe_availability_zones", {}),
        ("ec2", "describe_images", {"Owners": ["self"]}),
        ("ec2", "describe_vpcs", {"Filters": [{"Name": "is-default", "Values": ["false"]}]}),
        ("ec2", "describe_vpcs", {"Filters": [{"Name": "tag:Name", "Values": ["no such"]}]}),
        ("ec2", "describe_network_interfaces", {"MaxResults": 5}),
        ("sts", "get_caller_identity", {}),
        ("s3", "list_buckets", {}),
        ("elbv2", "describe_load_balancers", {}),
        ("route53", "list_hosted_zones", {}),
        ("kms", "list_keys", {}),
    ],
)
def test_other_calls_get_the_same_answer(
    furnished: World, client: str, operation: str, arguments: dict[str, Any]
) -> None:
    short, long = both(furnished, SPOKE, client, operation, **arguments)

    assert short == long


@pytest.mark.parametrize(
    ("client", "operation", "arguments"),
    [
        ("ec2", "describe_vpcs", {"VpcIds": ["vpc-0123456789abcdef0"]}),
        ("ec2", "delete_security_group", {"GroupId": "sg-0123456789abcdef0"}),
        ("ec2", "describe_vpc_endpoint_service_permissions", {"ServiceId": "vpce-svc-0123456789abcdef0"}),
        ("elbv2", "describe_load_balancers", {"Names": ["none"]}),
        ("s3", "get_bucket_policy", {"Bucket": "no-such-bucket"}),
        ("logs", "delete_log_group", {"logGroupName": "none"}),
    ],
)
def test_a_refusal_is_the_same_refusal(
    world: World, client: str, operation: str, arguments: dict[str, Any]
) -> None:
    errors = []
    for one in (world.place(SPOKE, REGION).client(client), world.session(SPOKE, REGION).client(client)):  # type: ignore[call-overload]
        with pytest.raises(ClientError) as caught:
            getattr(one, operation)(**arguments)
        error: Any = caught.value.response
        errors.append(
            (type(caught.value).__name__, error["Error"], error["ResponseMetadata"]["HTTPStatusCode"])
        )

    assert errors[0] == errors[1]


def test_parameters_are_checked_on_the_short_wire_too(world: World) -> None:
    ec2 = world.place(SPOKE, REGION).client("ec2")

    with pytest.raises(ParamValidationError):
        ec2.create_vpc(CidrBlocks="10.0.0.0/16")
    with pytest.raises(NotImplementedError):
        ec2.describe_byoip_cidrs(MaxResults=1)


def test_a_stream_goes_the_long_way(world: World) -> None:
    s3 = world.place(SPOKE, REGION).client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bucket", Key="k", Body=b"text")

    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"text"


def test_the_accounts_stay_apart(world: World) -> None:
    vpc = network(world, HUB).vpc
    balancer(world, network(world, SPOKE), SPOKE)

    for account, there in ((HUB, True), (SPOKE, False)):
        shown = world.place(account, REGION).client("ec2").describe_vpcs()["Vpcs"]
        assert (vpc in {one["VpcId"] for one in shown}) is there
        caller = world.place(account, REGION).client("sts").get_caller_identity()
        assert caller["Account"] == account


ORIGINAL_PICKER = serialize.AttributePicker.__call__


def test_what_is_remembered_of_members_is_what_moto_finds(
    furnished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each member of each answer, searched for in moto's own way as well."""
    quick = serialize.AttributePicker.__call__
    compared = []

    def both_ways(picker: Any, context: Any) -> Any:  # noqa: ANN401 - moto's own types
        found = quick(picker, context)
        expected = ORIGINAL_PICKER(picker, context)
        # Moto makes some objects anew each time they are asked for.
        plain = found is None or isinstance(found, str | int | float)
        assert (type(found), found if plain else ()) == (type(expected), expected if plain else ()), context
        compared.append(context.key)
        return found

    assert quick is not ORIGINAL_PICKER
    monkeypatch.setattr(serialize.AttributePicker, "__call__", both_ways)
    ec2 = furnished.place(SPOKE, REGION).client("ec2")
    for call in REGIONAL:
        if call.service == "ec2":
            getattr(ec2, snake(call.operation))(**call.arguments)

    assert len(compared) > 500
