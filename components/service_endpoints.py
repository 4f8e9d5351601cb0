"""A network's endpoints to AWS services, closed to everybody outside the organisation."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, vpc

from components.aws_services import AwsService, aws_service
from components.data_perimeter import Access, endpoint_policy


class ServiceEndpointsArgs(TypedDict):
    """What `ServiceEndpoints` needs."""

    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Where interface endpoints get an address, one subnet for each zone."""
    route_table_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """All route tables of the network: subnets on others would not use a gateway endpoint."""
    client_security_group_id: pulumi.Input[str]
    """Who may use the endpoints. It gets the way out to them, and to nothing else, here."""
    region: str
    """The Region's code."""
    organization: str
    """The organisation's id."""
    services: Sequence[str]
    """Names of `components.aws_services`. An ``ecr.dkr`` among them lets the S3 endpoint read image
    layers."""
    access: NotRequired[Mapping[str, Access]]
    """What is asked beyond, or short of, the default of some of these services, by their names."""


class ServiceEndpoints(pulumi.ComponentResource):
    """Gateway endpoints on every route table, and interface endpoints with private DNS.

    Endpoints of services that support it carry the policy of `components.data_perimeter`; without one AWS
    allows everybody everything ("AWS PrivateLink guide, Control access to VPC endpoints using endpoint
    policies").
    """

    endpoints: Mapping[str, pulumi.Output[str]]
    """Endpoint ids by the service's name."""

    def __init__(
        self, name: str, args: ServiceEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landline:index:ServiceEndpoints", name, None, opts)
        services = [aws_service(service) for service in args["services"]]
        interfaces = [service for service in services if service.endpoint_type == "Interface"]

        endpoints = {
            service.name: self._gateway(name, args, service)
            for service in services
            if service.endpoint_type == "Gateway"
        }
        if interfaces:
            security_group = self._security_group(name, args)
            for service in interfaces:
                endpoints[service.name] = self._interface(name, args, service, security_group)

        self.endpoints = MappingProxyType({service: endpoint.id for service, endpoint in endpoints.items()})
        self.register_outputs({"endpoint_ids": dict(self.endpoints)})

    def _gateway(self, name: str, args: ServiceEndpointsArgs, service: AwsService) -> "ec2.VpcEndpoint":
        endpoint = ec2.VpcEndpoint(
            f"{name}-{service.name}",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Gateway",
            service_name=service.service_name(args["region"]),
            route_table_ids=args["route_table_ids"],
            policy=_policy(args, service),
            tags={"Name": f"{name} {service.name}"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        vpc.SecurityGroupEgressRule(
            f"{name}-{service.name}-egress",
            security_group_id=args["client_security_group_id"],
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            prefix_list_id=endpoint.prefix_list_id,
            description=f"{service.name} through its gateway endpoint",
            opts=pulumi.ResourceOptions(parent=self),
        )
        return endpoint

    def _security_group(self, name: str, args: ServiceEndpointsArgs) -> "ec2.SecurityGroup":
        child = pulumi.ResourceOptions(parent=self)
        group = ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args["vpc_id"],
            description="Interface endpoints to AWS services",
            tags={"Name": f"{name} endpoints"},
            opts=child,
        )
        vpc.SecurityGroupIngressRule(
            f"{name}-ingress",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            referenced_security_group_id=args["client_security_group_id"],
            description="Clients of AWS services",
            opts=child,
        )
        vpc.SecurityGroupEgressRule(
            f"{name}-egress",
            security_group_id=args["client_security_group_id"],
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            referenced_security_group_id=group.id,
            description="AWS services through their interface endpoints",
            opts=child,
        )
        return group

    def _interface(
        self, name: str, args: ServiceEndpointsArgs, service: AwsService, security_group: "ec2.SecurityGroup"
    ) -> "ec2.VpcEndpoint":
        return ec2.VpcEndpoint(
            f"{name}-{service.name}",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Interface",
            service_name=service.service_name(args["region"]),
            subnet_ids=args["subnet_ids"],
            # AWS would attach the default group otherwise ("AWS PrivateLink guide, Create an interface
            # endpoint").
            security_group_ids=[security_group.id],
            private_dns_enabled=True,
            policy=_policy(args, service),
            tags={"Name": f"{name} {service.name}"},
            opts=pulumi.ResourceOptions(parent=self),
        )


def _policy(args: ServiceEndpointsArgs, service: AwsService) -> str | None:
    if service.policy is None:
        return None
    return endpoint_policy(
        service.name,
        args["organization"],
        args["region"],
        args.get("access", {}).get(service.name),
        image_layers="ecr.dkr" in args["services"],
    )
