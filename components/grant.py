"""One spoke's access to a hub's services."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, ssm, vpc

from components.partition import partition


def spokes_path(hub: str) -> str:
    """Below which Systems Manager path a hub's grants write who its spokes are, one parameter for each."""
    return f"/landline/{hub}/spokes"


class GrantedService(TypedDict):
    """One service that the spoke may use."""

    service_id: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    """The group of the service's load balancer."""
    ports: Sequence[int]
    accept: bool
    """Whether the service's connections have to be accepted."""
    endpoint_id: NotRequired[str]
    """The spoke's endpoint to the service. Absent until the spoke has one: the grant permits then, and
    accepts when it is deployed again."""


class GrantArgs(TypedDict):
    """What a `Grant` needs."""

    hub: str
    """The hub's name."""
    spoke: str
    """The spoke's name, for the descriptions of rules."""
    team: str
    """Whose spoke it is."""
    account: str
    """The spoke's account id."""
    region: str
    """The hub's Region's code."""
    client_cidrs: Sequence[str]
    """The spoke's IPv4 ranges, one or more. They may overlap those of other spokes, be the same, and overlap
    the hub's: rules on a load balancer see a client's own address before it is translated ("Network Load
    Balancer guide, Security groups")."""
    services: Mapping[str, GrantedService]
    """Granted services by name."""


class Grant(pulumi.ComponentResource):
    """Lets a spoke's account connect, accepts its connections, lets its clients through, and says who it is.

    Removing a grant rejects the connections that it accepted: an accepter's deletion is what cuts a live one,
    as removing a principal alone cuts nothing ("AWS PrivateLink guide, Configure an endpoint service"). Where
    nothing was accepted, it is the missing rules on the load balancer's security group that stop the spoke's
    packets.
    """

    principals: Mapping[str, pulumi.Output[str]]
    """The permitted principal by service."""
    accepted: Mapping[str, pulumi.Output[str]]
    """The accepted endpoint by service."""

    def __init__(self, name: str, args: GrantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:Grant", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Accounts, because an organisation cannot be a principal ("AWS PrivateLink guide, Configure an
        # endpoint service").
        principal = f"arn:{partition(args['region'])}:iam::{args['account']}:root"

        # A list of the grant's own, because EC2 refuses a second rule of the same range, and spokes may have
        # the same. A rule that names it weighs as many rules as the list may have entries, of the 60 that a
        # group takes by default ("Amazon VPC guide, Customer-managed prefix lists", "Amazon VPC quotas"): no
        # larger than its entries, then. It grows in place.
        clients = ec2.ManagedPrefixList(
            f"{name}-clients",
            address_family="IPv4",
            max_entries=len(args["client_cidrs"]),
            entries=[{"cidr": cidr, "description": args["spoke"]} for cidr in args["client_cidrs"]],
            tags={"Name": args["spoke"]},
            opts=child,
        )
        # For the services behind the load balancers: AWS tells them an endpoint's account and nothing else.
        # Whose endpoint it is, the grant knows once it accepts it. The parameter holds no secret, and a
        # standard one is free ("Systems Manager User Guide, Managing parameter tiers").
        known = {
            service: granted["endpoint_id"]
            for service, granted in sorted(args["services"].items())
            if granted["accept"] and "endpoint_id" in granted
        }
        told = ssm.Parameter(
            f"{name}-spoke",
            name=f"{spokes_path(args['hub'])}/{args['spoke']}",
            type="String",
            description=f"Who is behind the endpoints of account {args['account']}",
            insecure_value=pulumi.Output.json_dumps(
                {
                    "account": args["account"],
                    "spoke": args["spoke"],
                    "team": args["team"],
                    "services": sorted(args["services"]),
                    **({"endpoints": known} if known else {}),
                }
            ),
            tags={"Name": args["spoke"]},
            opts=child,
        )
        principals: dict[str, pulumi.Output[str]] = {}
        accepted: dict[str, pulumi.Output[str]] = {}
        for service, granted in args["services"].items():
            permission = ec2.VpcEndpointServiceAllowedPrinciple(
                f"{name}-{service}-principal",
                vpc_endpoint_service_id=granted["service_id"],
                principal_arn=principal,
                opts=child,
            )
            principals[service] = permission.principal_arn
            for port in granted["ports"]:
                vpc.SecurityGroupIngressRule(
                    f"{name}-{service}-{port}",
                    security_group_id=granted["security_group_id"],
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    prefix_list_id=clients.id,
                    description=f"Clients of {args['spoke']} ({args['account']})",
                    tags={"Name": args["spoke"]},
                    opts=child,
                )
            if service in known:
                acceptance = ec2.VpcEndpointConnectionAccepter(
                    f"{name}-{service}-accepter",
                    vpc_endpoint_service_id=granted["service_id"],
                    vpc_endpoint_id=known[service],
                    # On the way in the services know the endpoint before it connects. On the way out the
                    # connection is rejected first, while its account is still known.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, told]),
                )
                accepted[service] = acceptance.vpc_endpoint_id

        self.principals = MappingProxyType(principals)
        self.accepted = MappingProxyType(accepted)
        self.register_outputs({"principals": principals, "accepted": accepted})
