"""A VPC that nothing leaves: private subnets, no gateway, a filtered resolver, and all of it logged."""

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import NotRequired, TypedDict, TypeVar

import pulumi
from pulumi_aws import ec2

from components.address_plan import plan
from components.dns_firewall import DnsFirewall
from components.flow_logs import FlowLogs
from components.query_logs import QueryLogs

EPHEMERAL_PORTS = (1024, 65535)
"""Where answers of AWS services come back to ("Amazon VPC User Guide, Ephemeral ports")."""

HTTPS = (443, 443)
ANYWHERE = "0.0.0.0/0"

T = TypeVar("T")


class PrivateNetworkArgs(TypedDict):
    """What a `PrivateNetwork` needs."""

    cidr: str
    """The VPC's IPv4 range, /16 to /28."""
    zones: Sequence[str]
    """AZ ids. New ones go to the end: see `components.address_plan`."""
    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    allowed_domains: Sequence[str]
    """The names that the VPC's resolver answers."""
    gateway_endpoints: bool
    """Whether the network gets gateway endpoints, whose traffic the network ACL must let through."""
    log_retention_days: NotRequired[int]
    """How long flow log records and resolver queries are kept. Default: that of `FlowLogs`."""


class PrivateNetwork(pulumi.ComponentResource):
    """An isolated VPC with one private subnet and one route table for each zone.

    Its network ACL admits the VPC's own range. Assumption: it does not see what an endpoint service hands to
    a load balancer in the VPC, which flow logs do not record either ("Amazon VPC User Guide, Flow log
    limitations").

    No route leads out of the VPC, no interface gets a public or an IPv6 address, and what AWS makes along
    with a VPC (its default security group, main route table and default network ACL) is adopted and emptied,
    so that nothing can be left in it by oversight.
    """

    vpc_id: pulumi.Output[str]
    network_acl_id: pulumi.Output[str]
    subnet_ids: pulumi.Output[Sequence[str]]
    """In the order of the zones."""
    route_table_ids: pulumi.Output[Sequence[str]]

    subnets: Mapping[str, pulumi.Output[str]]
    """Subnet ids by AZ id."""

    def __init__(
        self, name: str, args: PrivateNetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landline:index:PrivateNetwork", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        planned = plan(IPv4Network(args["cidr"]), args["zones"])

        vpc = ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args["cidr"],
            # Private DNS names of endpoints need both ("AWS PrivateLink guide, Configure an interface
            # endpoint").
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=child,
        )
        unused = {"Name": f"{name} default, unused"}
        ec2.DefaultSecurityGroup(f"{name}-default-security-group", vpc_id=vpc.id, tags=unused, opts=child)
        ec2.DefaultRouteTable(
            f"{name}-default-route-table",
            default_route_table_id=vpc.default_route_table_id,
            routes=[],
            tags=unused,
            opts=child,
        )
        ec2.DefaultNetworkAcl(
            f"{name}-default-network-acl",
            default_network_acl_id=vpc.default_network_acl_id,
            tags=unused,
            opts=child,
        )

        subnets: dict[str, ec2.Subnet] = {}
        tables: list[ec2.RouteTable] = []
        for subnet in planned:
            tags = {"Name": f"{name} {subnet.zone}"}
            subnets[subnet.zone] = ec2.Subnet(
                f"{name}-subnet-{subnet.zone}",
                vpc_id=vpc.id,
                cidr_block=str(subnet.cidr),
                availability_zone_id=subnet.zone,
                map_public_ip_on_launch=False,
                assign_ipv6_address_on_creation=False,
                tags=tags,
                opts=child,
            )
            table = ec2.RouteTable(f"{name}-routes-{subnet.zone}", vpc_id=vpc.id, tags=tags, opts=child)
            ec2.RouteTableAssociation(
                f"{name}-route-association-{subnet.zone}",
                subnet_id=subnets[subnet.zone].id,
                route_table_id=table.id,
                opts=child,
            )
            tables.append(table)

        acl = ec2.NetworkAcl(
            f"{name}-network-acl",
            vpc_id=vpc.id,
            subnet_ids=[subnet.id for subnet in subnets.values()],
            ingress=_entries(
                ec2.NetworkAclIngressArgs,
                args["cidr"],
                EPHEMERAL_PORTS if args["gateway_endpoints"] else None,
            ),
            egress=_entries(
                ec2.NetworkAclEgressArgs, args["cidr"], HTTPS if args["gateway_endpoints"] else None
            ),
            tags={"Name": name},
            opts=child,
        )
        DnsFirewall(
            f"{name}-dns", {"vpc_id": vpc.id, "allowed_domains": list(args["allowed_domains"])}, opts=child
        )
        flows = FlowLogs(
            f"{name}-flows",
            {
                "vpc_id": vpc.id,
                "account": args["account"],
                "region": args["region"],
                "retention_days": args.get("log_retention_days", 400),
            },
            opts=child,
        )
        QueryLogs(
            f"{name}-queries",
            {
                "vpc_id": vpc.id,
                "key_arn": flows.key_arn,
                "retention_days": args.get("log_retention_days", 400),
            },
            opts=child,
        )

        self.vpc_id = vpc.id
        self.network_acl_id = acl.id
        self.subnets = MappingProxyType({zone: subnet.id for zone, subnet in subnets.items()})
        self.subnet_ids = pulumi.Output.all(*self.subnets.values())
        self.route_table_ids = pulumi.Output.all(*(table.id for table in tables))
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "network_acl_id": self.network_acl_id,
                "subnet_ids": self.subnet_ids,
                "route_table_ids": self.route_table_ids,
            }
        )


def _entries(entry: Callable[..., T], cidr: str, public_ports: tuple[int, int] | None) -> list[T]:
    entries = [entry(rule_no=100, action="allow", protocol="-1", cidr_block=cidr, from_port=0, to_port=0)]
    if public_ports is not None:
        # Gateway endpoints are reached at public addresses of the service, and a network ACL cannot name
        # their prefix list ("AWS PrivateLink guide, Gateway endpoints"). No route leads anywhere else outside
        # the VPC.
        first, last = public_ports
        entries.append(
            entry(
                rule_no=110, action="allow", protocol="6", cidr_block=ANYWHERE, from_port=first, to_port=last
            )
        )
    return entries
