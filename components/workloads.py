"""Where a hub's own containers run."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, ecs

from components.data_perimeter import Access
from components.private_network import PrivateNetwork
from components.service_endpoints import ServiceEndpoints


class WorkloadsArgs(TypedDict):
    """What `Workloads` needs."""

    network: PrivateNetwork
    region: str
    """The Region's code."""
    organization: str
    """The organisation's id."""
    aws_services: Sequence[str]
    """The AWS services that the containers call; names of `components.aws_services`."""
    aws_access: NotRequired[Mapping[str, Access]]
    """What is asked of some of them beyond, or short of, the default."""


class Workloads(pulumi.ComponentResource):
    """A cluster, endpoints to the AWS services that its containers call, and the group that may use them."""

    cluster_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:Workloads", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        network = args["network"]

        group = ec2.SecurityGroup(
            f"{name}-clients",
            vpc_id=network.vpc_id,
            description="Containers that call AWS services",
            tags={"Name": f"{name} clients"},
            opts=child,
        )
        ServiceEndpoints(
            f"{name}-aws",
            {
                "vpc_id": network.vpc_id,
                "subnet_ids": network.subnet_ids,
                "route_table_ids": network.route_table_ids,
                "client_security_group_id": group.id,
                "region": args["region"],
                "organization": args["organization"],
                "services": args["aws_services"],
                "access": args.get("aws_access", {}),
            },
            opts=child,
        )
        cluster = ecs.Cluster(f"{name}-cluster", opts=child)

        self.cluster_arn = cluster.arn
        self.security_group_id = group.id
        self.register_outputs({"cluster_arn": self.cluster_arn, "security_group_id": self.security_group_id})
