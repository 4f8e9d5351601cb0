"""A leak opened on purpose, the way it happens: by hand, past the stack files."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ANYWHERE = "0.0.0.0/0"
_FIRST = 1
"""The lowest number of a network ACL entry, which goes first (Amazon VPC user guide, Network ACL rules)."""


@dataclass(frozen=True, slots=True)
class Leak:
    """An open way from a network interface to the internet, and what was done to open it."""

    vpc: str
    network_interface: str
    internet_gateway: str
    changes: tuple[str, ...]


@contextmanager
def open_leak(ec2: Any, cidr: str) -> Iterator[Leak]:  # noqa: ANN401 - a boto3 client is made at run time
    """Give a network interface in the VPC with `cidr` a way to the internet, and take it all back at the end.

    An internet gateway, a default route, a network interface with an elastic IP address and a new security
    group, which lets everything out (Amazon VPC user guide, Security group rules). Where Block Public Access
    or the subnet's network ACL would stop the packets, those are opened too.
    """
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [cidr]}])["Vpcs"]
    vpc_id = vpc["VpcId"]
    subnet = min(_in(ec2.describe_subnets, vpc_id)["Subnets"], key=lambda subnet: subnet["SubnetId"])[
        "SubnetId"
    ]
    changes: list[str] = []
    with ExitStack() as undo:
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        undo.callback(ec2.delete_internet_gateway, InternetGatewayId=gateway)
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
        undo.callback(ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc_id)
        changes.append(f"internet gateway {gateway} attached to {vpc_id}")

        table = _table_of(ec2, vpc_id, subnet)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
        undo.callback(ec2.delete_route, RouteTableId=table, DestinationCidrBlock=ANYWHERE)
        changes.append(f"route {ANYWHERE} to {gateway} in {table}")

        group = ec2.create_security_group(GroupName="debugging", Description="debugging", VpcId=vpc_id)[
            "GroupId"
        ]
        undo.callback(ec2.delete_security_group, GroupId=group)
        interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"][
            "NetworkInterfaceId"
        ]
        undo.callback(ec2.delete_network_interface, NetworkInterfaceId=interface)
        changes.append(f"network interface {interface} in {subnet} with the new security group {group}")

        address = ec2.allocate_address(Domain="vpc")
        undo.callback(ec2.release_address, AllocationId=address["AllocationId"])
        association = ec2.associate_address(
            AllocationId=address["AllocationId"], NetworkInterfaceId=interface
        )["AssociationId"]
        undo.callback(ec2.disassociate_address, AssociationId=association)
        changes.append(f"elastic IP address {address['PublicIp']} on {interface}")

        changes.extend(_open_network_acl(ec2, vpc_id, subnet, undo))
        changes.extend(_open_block_public_access(ec2, undo))
        yield Leak(vpc_id, interface, gateway, tuple(changes))


def _open_network_acl(ec2: Any, vpc: str, subnet: str, undo: ExitStack) -> Iterator[str]:  # noqa: ANN401 - as above
    [acl] = [
        acl
        for acl in _in(ec2.describe_network_acls, vpc)["NetworkAcls"]
        if any(association["SubnetId"] == subnet for association in acl["Associations"])
    ]
    if any(
        entry["Egress"] and entry["RuleAction"] == "allow" and entry.get("CidrBlock") == ANYWHERE
        for entry in acl["Entries"]
    ):
        return
    for egress in (True, False):
        which = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": _FIRST, "Egress": egress}
        ec2.create_network_acl_entry(**which, Protocol="-1", RuleAction="allow", CidrBlock=ANYWHERE)
        undo.callback(ec2.delete_network_acl_entry, **which)
    yield f"network ACL {acl['NetworkAclId']} opened"


def _open_block_public_access(ec2: Any, undo: ExitStack) -> Iterator[str]:  # noqa: ANN401 - as above
    options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    mode = options["InternetGatewayBlockMode"]
    if mode != "off":
        ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="off")
        undo.callback(ec2.modify_vpc_block_public_access_options, InternetGatewayBlockMode=mode)
        yield f"VPC Block Public Access switched off ({mode} before)"


def _table_of(ec2: Any, vpc: str, subnet: str) -> str:  # noqa: ANN401 - as above
    tables = _in(ec2.describe_route_tables, vpc)["RouteTables"]
    own = [t for t in tables if any(a.get("SubnetId") == subnet for a in t["Associations"])]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    table: str = [*own, *main][0]["RouteTableId"]
    return table


def _in(describe: Any, vpc: str) -> Any:  # noqa: ANN401 - as above
    return describe(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
