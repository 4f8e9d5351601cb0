"""Small networks and services, made with boto3 alone, for the sandbox's tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.world import World

HUB, SPOKE, OTHER = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC with one subnet in each of the Region's first zones, and a security group."""

    vpc: str
    subnets: tuple[str, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Service:
    """An endpoint service behind one Network Load Balancer."""

    id: str
    name: str
    balancer: str


def ec2(world: World, account: str, region: str = REGION) -> Any:  # noqa: ANN401 - boto3's client
    return world.place(account, region).client("ec2")


def network(
    world: World, account: str, *, region: str = REGION, zones: int = 3, names: bool = True
) -> Network:
    client = ec2(world, account, region)
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    client.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": names})
    ids = [zone["ZoneId"] for zone in client.describe_availability_zones()["AvailabilityZones"]]
    subnets = tuple(
        client.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZoneId=zone)["Subnet"][
            "SubnetId"
        ]
        for i, zone in enumerate(sorted(ids)[:zones])
    )
    group = client.create_security_group(VpcId=vpc, GroupName="own", Description="own")["GroupId"]
    return Network(vpc, subnets, group)


def balancer(world: World, home: Network, account: str = HUB, *, groups: bool = True, zones: int = 2) -> str:
    elbv2 = world.place(account, REGION).client("elbv2")
    made = elbv2.create_load_balancer(
        Name=f"nlb-{len(elbv2.describe_load_balancers()['LoadBalancers'])}",
        Type="network",
        Scheme="internal",
        Subnets=list(home.subnets[:zones]),
        **({"SecurityGroups": [home.group]} if groups else {}),
    )
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def service(
    world: World, home: Network, *, accepted: bool = False, admits: tuple[str, ...] = (SPOKE,)
) -> Service:
    """A service of the hub in the Region's first two zones."""
    client, arn = ec2(world, HUB), balancer(world, home)
    made = client.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[arn], AcceptanceRequired=accepted
    )["ServiceConfiguration"]
    if admits:
        client.modify_vpc_endpoint_service_permissions(
            ServiceId=made["ServiceId"],
            AddAllowedPrincipals=[f"arn:aws:iam::{account}:root" for account in admits],
        )
    return Service(made["ServiceId"], made["ServiceName"], arn)


def connect(world: World, home: Network, name: str, account: str = SPOKE, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """CreateVpcEndpoint of type Interface in the network's first two zones, unless `more` says otherwise."""
    wanted = {
        "VpcId": home.vpc,
        "ServiceName": name,
        "VpcEndpointType": "Interface",
        "SubnetIds": list(home.subnets[:2]),
        "SecurityGroupIds": [home.group],
        "PrivateDnsEnabled": False,
        **more,
    }
    endpoint: dict[str, Any] = ec2(world, account).create_vpc_endpoint(**wanted)["VpcEndpoint"]
    return endpoint


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """The code and text with which AWS refuses the call; the test fails when it does not."""
    with pytest.raises(ClientError) as raised:
        call()
    response: Any = raised.value.response
    error = response["Error"]
    return error["Code"], error["Message"]


def states(world: World) -> dict[str, str]:
    """Endpoint → state, as the hub sees its connections."""
    connections = ec2(world, HUB).describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    return {c["VpcEndpointId"]: c["VpcEndpointState"] for c in connections}
