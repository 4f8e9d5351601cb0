"""A spoke: an isolated network with its private lines."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, route53, vpc

from components.alarm import AlarmArgs
from components.alarm_topic import alarm_topic
from components.aws_services import domains, has_gateway
from components.data_perimeter import Access
from components.line_watch import watch_lines
from components.local_names import endpoint_domain, hub_zone, internal_domains, local_name
from components.owned_buckets import owned_domains
from components.private_network import PrivateNetwork
from components.service_endpoints import ServiceEndpoints
from components.zones import reaching_zones, shared_zones


class Line(TypedDict):
    """A line to one service of the hub."""

    service_name: pulumi.Input[str]
    """The endpoint service's name, ``com.amazonaws.vpce.<region>.vpce-svc-…``."""
    ports: Sequence[int]
    zones: Sequence[str]
    """The AZ ids in which the service is offered."""
    private_dns_name: NotRequired[str]
    """The service's own name, proven by its owner: it resolves to the endpoint too."""
    service_region: NotRequired[str]
    """The service's Region, where it is not the spoke's. The deployer then needs ``vpce:AllowMultiRegion``
    ("AWS PrivateLink guide, Share your services, Cross-Region access")."""


class SpokeArgs(TypedDict):
    """What a `Spoke` needs."""

    account: str
    """The spoke's account id."""
    region: str
    """The Region's code."""
    organization: str
    """The organisation's id."""
    hub: str
    """The hub's name: services get names below ``<hub>.landline.internal``."""
    cidr: str
    """The network's range."""
    zones: Sequence[str]
    """AZ ids. Lines are laid in those that the service has too; to another Region, where zones need not
    match, in all from which AWS reaches one."""
    lines: Mapping[str, Line]
    """Lines to the hub's services by name."""
    aws_services: Sequence[str]
    """AWS services to reach; names of `components.aws_services`."""
    aws_access: NotRequired[Mapping[str, Access]]
    """What is asked of some of them beyond, or short of, the default."""
    alarms: NotRequired[AlarmArgs]
    """What watches the lines. Default: nothing."""


class Spoke(pulumi.ComponentResource):
    """An isolated network, endpoints to the hub's services under local names, and endpoints to AWS services.

    Workloads attach the client security group. It leads to the endpoints and nowhere else, and endpoints
    admit nobody but it. Raises `ArgumentError` when the spoke shares no zone with one of the services.
    """

    vpc_id: pulumi.Output[str]
    client_security_group_id: pulumi.Output[str]

    endpoints: Mapping[str, pulumi.Output[str]]
    """Endpoint ids by the hub's service."""
    local_names: Mapping[str, str]
    """Names that resolve inside by the hub's service."""

    def __init__(self, name: str, args: SpokeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:Spoke", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        region, services = args["region"], args["aws_services"]
        access = args.get("aws_access", {})

        network = PrivateNetwork(
            f"{name}-network",
            {
                "cidr": args["cidr"],
                "zones": args["zones"],
                "account": args["account"],
                "region": region,
                "allowed_domains": [
                    *internal_domains(region),
                    *_elsewhere(args["lines"].values()),
                    *sorted(
                        line["private_dns_name"]
                        for line in args["lines"].values()
                        if "private_dns_name" in line
                    ),
                    *([f"*.{hub_zone(args['hub'])}"] if args["lines"] else []),
                    *domains(services, region),
                    *owned_domains(access.get("s3", {}).get("aws_owned", ()), region),
                ],
                "gateway_endpoints": has_gateway(services),
            },
            opts=child,
        )
        clients = ec2.SecurityGroup(
            f"{name}-clients",
            vpc_id=network.vpc_id,
            description="Clients of hub services and AWS services",
            tags={"Name": f"{name} clients"},
            opts=child,
        )
        ServiceEndpoints(
            f"{name}-aws",
            {
                "vpc_id": network.vpc_id,
                "subnet_ids": network.subnet_ids,
                "route_table_ids": network.route_table_ids,
                "client_security_group_id": clients.id,
                "region": region,
                "organization": args["organization"],
                "services": services,
                "access": access,
            },
            opts=child,
        )
        endpoints = self._lines(name, args, network, clients) if args["lines"] else {}
        if "alarms" in args and endpoints:
            watch_lines(
                name,
                {
                    service: {
                        "endpoint_id": endpoint.id,
                        "service_name": args["lines"][service]["service_name"],
                        "vpc_id": network.vpc_id,
                        "measured": "service_region" not in args["lines"][service],
                    }
                    for service, endpoint in endpoints.items()
                },
                region,
                args["alarms"],
                alarm_topic(name, args["account"], region, args["alarms"], child),
                child,
            )

        self.vpc_id = network.vpc_id
        self.client_security_group_id = clients.id
        self.endpoints = MappingProxyType({service: endpoint.id for service, endpoint in endpoints.items()})
        self.local_names = MappingProxyType(
            {service: local_name(service, args["hub"]) for service in args["lines"]}
        )
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "client_security_group_id": self.client_security_group_id,
                "endpoint_ids": dict(self.endpoints),
            }
        )

    def _lines(
        self, name: str, args: SpokeArgs, network: PrivateNetwork, clients: "ec2.SecurityGroup"
    ) -> "dict[str, ec2.VpcEndpoint]":
        child = pulumi.ResourceOptions(parent=self)
        lines = args["lines"]
        group = self._endpoint_security_group(name, lines, network, clients)
        zone = route53.Zone(
            f"{name}-names",
            name=hub_zone(args["hub"]),
            comment="The hub's services at this network's own endpoints",
            vpcs=[{"vpc_id": network.vpc_id, "vpc_region": args["region"]}],
            opts=child,
        )
        endpoints: dict[str, ec2.VpcEndpoint] = {}
        for service, line in lines.items():
            endpoint = ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=network.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=line["service_name"],
                service_region=line.get("service_region"),
                subnet_ids=[network.subnets[zone_id] for zone_id in _zones(service, args["zones"], line)],
                security_group_ids=[group.id],
                # A name of the service's own needs a public zone to prove it ("AWS PrivateLink guide, Manage
                # DNS names for VPC endpoint services"); the private hosted zone below needs none. There is no
                # policy: AWS takes none for a custom service.
                private_dns_enabled="private_dns_name" in line,
                tags={"Name": f"{name} {service}"},
                opts=child,
            )
            route53.Record(
                f"{name}-{service}-name",
                zone_id=zone.zone_id,
                name=local_name(service, args["hub"]),
                type="A",
                aliases=[
                    {
                        "name": endpoint.dns_entries[0]["dns_name"],
                        "zone_id": endpoint.dns_entries[0]["hosted_zone_id"],
                        "evaluate_target_health": False,
                    }
                ],
                opts=child,
            )
            endpoints[service] = endpoint
        return endpoints

    def _endpoint_security_group(
        self, name: str, lines: Mapping[str, Line], network: PrivateNetwork, clients: "ec2.SecurityGroup"
    ) -> "ec2.SecurityGroup":
        child = pulumi.ResourceOptions(parent=self)
        group = ec2.SecurityGroup(
            f"{name}-endpoints",
            vpc_id=network.vpc_id,
            description="Endpoints to hub services",
            tags={"Name": f"{name} hub services"},
            opts=child,
        )
        for port in sorted({port for line in lines.values() for port in line["ports"]}):
            vpc.SecurityGroupIngressRule(
                f"{name}-endpoints-ingress-{port}",
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=clients.id,
                description="Clients of hub services",
                opts=child,
            )
            vpc.SecurityGroupEgressRule(
                f"{name}-clients-egress-{port}",
                security_group_id=clients.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=group.id,
                description="Hub services",
                opts=child,
            )
        return group


def _zones(service: str, zones: Sequence[str], line: Line) -> tuple[str, ...]:
    if "service_region" in line:
        return reaching_zones(service, zones, line["service_region"])
    return shared_zones(service, zones, line["zones"])


def _elsewhere(lines: Iterable[Line]) -> list[str]:
    """The names of endpoints to services of other Regions: they hold the service's Region, not their own."""
    return sorted({endpoint_domain(line["service_region"]) for line in lines if "service_region" in line})
