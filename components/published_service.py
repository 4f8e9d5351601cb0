"""A service behind an internal load balancer, offered as an endpoint service."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2, lb

from components import naming
from components.private_name import PrivateName

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""What AWS recommends; the API's default still takes TLS 1.0 ("Network Load Balancer guide, Security
policies")."""


class ServicePort(TypedDict):
    """One port of the service."""

    port: int
    """What clients connect to."""
    target_port: int
    """What the targets listen on."""


class HealthCheck(TypedDict):
    """How the load balancer tells a healthy target."""

    protocol: Literal["TCP", "HTTP", "HTTPS"]
    port: NotRequired[int]
    """Default: the port that gets the traffic."""
    path: NotRequired[str]
    """Over HTTP and HTTPS only."""


class PrivateDnsName(TypedDict):
    """The name under which consumers' endpoints are found, beside those that AWS makes up."""

    name: str
    """A public domain of the owner's, or a wildcard: ``logging.example.com``, ``*.svc.example.com``."""
    zone_id: pulumi.Input[str]
    """The public hosted zone, of the service's account, in which it is proven."""


class PublishedServiceArgs(TypedDict):
    """What a `PublishedService` needs."""

    service: str
    """The service's name: the endpoint service's ``Name`` tag, by which others find it."""
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One for each zone in which consumers can connect. Another zone later replaces nothing, but the endpoint
    service learns of it only by a modification of its own ("AWS PrivateLink guide, Configure an endpoint
    service")."""
    ports: Sequence[ServicePort]
    acceptance_required: bool
    """Whether each connection must be accepted, beside the principal being on the allow-list."""
    target_type: Literal["ip", "instance", "alb"]
    proxy_protocol: bool
    """Whether targets get a PROXY protocol v2 header: their only way to learn which endpoint a connection
    came through ("Network Load Balancer guide, Proxy protocol"). Health checks carry it too. Not for
    ``alb``."""
    health_check: NotRequired[HealthCheck]
    """Default: TCP on the target's port; for ``alb`` HTTP with the path ``/``."""
    certificate_arn: NotRequired[str]
    """The ACM certificate with which the load balancer ends TLS. Default: TCP, passed through."""
    target_tls: NotRequired[bool]
    """Whether the load balancer speaks TLS to the targets, whose certificates it does not check. Only with a
    certificate of its own, as a TCP listener takes no TLS target group ("Network Load Balancer guide,
    Target groups"). Default: false."""
    regions: NotRequired[Sequence[str]]
    """All Regions from which consumers may connect, the service's own among them. Another one needs the
    permission ``vpce:AllowMultiRegion``, and no TCP idle timeout of one's own ("AWS PrivateLink guide, Share
    your services, Cross-Region access"). Default: its own; what was set before stays then, as the provider
    removes nothing that is left out."""
    private_name: NotRequired[PrivateDnsName]
    """Default: none. The provider cannot take one away again, only change it."""
    cross_zone: NotRequired[bool]
    """Whether each node reaches targets in all zones, which is billed as Regional transfer. Default:
    false."""
    deletion_protection: NotRequired[bool]
    """Default: false."""


class PublishedService(pulumi.ComponentResource):
    """An internal Network Load Balancer and its endpoint service, closed until somebody is let in.

    One load balancer belongs to one endpoint service, whose allow-list is for all its ports, so every service
    has its own ("AWS PrivateLink guide, Create an endpoint service"). Principals are not listed here: each
    grant adds and removes its own, because an inline list is read back with entries made elsewhere, and
    leaving it out later removes nothing.
    """

    service_id: pulumi.Output[str]
    service_name: pulumi.Output[str]
    service_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    """The load balancer's. It lets nobody in: grants add clients' ranges, backends the way to their
    targets."""
    load_balancer_arn: pulumi.Output[str]
    load_balancer_suffix: pulumi.Output[str]
    """The end of the load balancer's ARN, by which CloudWatch knows it: ``net/<name>/<id>``."""

    target_groups: Mapping[int, pulumi.Output[str]]
    """Target group ARNs by the port that clients connect to."""
    target_group_suffixes: Mapping[int, pulumi.Output[str]]
    """The ends of those ARNs, ``targetgroup/<name>/<id>``."""

    def __init__(
        self, name: str, args: PublishedServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landline:index:PublishedService", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        label = {"Name": f"{name} load balancer"}

        security_group = ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args["vpc_id"],
            description=f"Load balancer of the service {args['service']}",
            tags=label,
            opts=child,
        )
        balancer = lb.LoadBalancer(
            naming.fit(f"{name}-nlb", naming.LOAD_BALANCER),
            load_balancer_type="network",
            internal=True,
            ip_address_type="ipv4",
            subnets=args["subnet_ids"],
            # One that is made without a security group can never get one ("Network Load Balancer guide,
            # Security groups").
            security_groups=[security_group.id],
            # Rules are then matched against the client's own address in its VPC (same page).
            enforce_security_group_inbound_rules_on_private_link_traffic="on",
            enable_cross_zone_load_balancing=args.get("cross_zone", False),
            enable_deletion_protection=args.get("deletion_protection", False),
            tags=label,
            opts=child,
        )

        groups: dict[int, lb.TargetGroup] = {}
        listeners: list[lb.Listener] = []
        for port in args["ports"]:
            groups[port["port"]] = self._target_group(name, args, port)
            listeners.append(self._listener(name, args, port, balancer, groups[port["port"]]))

        service = ec2.VpcEndpointService(
            f"{name}-endpoint-service",
            acceptance_required=args["acceptance_required"],
            network_load_balancer_arns=[balancer.arn],
            supported_ip_address_types=["ipv4"],
            supported_regions=args.get("regions"),
            private_dns_name=args["private_name"]["name"] if "private_name" in args else None,
            tags={"Name": args["service"]},
            # A connection must find all ports.
            opts=pulumi.ResourceOptions(parent=self, depends_on=listeners),
        )

        if "private_name" in args:
            PrivateName(f"{name}-private-name", {"service": service, **args["private_name"]}, opts=child)

        self.service_id = service.id
        self.service_name = service.service_name
        self.service_arn = service.arn
        self.security_group_id = security_group.id
        self.load_balancer_arn = balancer.arn
        self.load_balancer_suffix = balancer.arn_suffix
        self.target_groups = MappingProxyType({port: group.arn for port, group in groups.items()})
        self.target_group_suffixes = MappingProxyType(
            {port: group.arn_suffix for port, group in groups.items()}
        )
        self.register_outputs(
            {
                "service_id": self.service_id,
                "service_name": self.service_name,
                "service_arn": self.service_arn,
                "security_group_id": self.security_group_id,
                "load_balancer_arn": self.load_balancer_arn,
            }
        )

    def _target_group(self, name: str, args: PublishedServiceArgs, port: ServicePort) -> "lb.TargetGroup":
        is_alb = args["target_type"] == "alb"
        default: HealthCheck = {"protocol": "HTTP", "path": "/"} if is_alb else {"protocol": "TCP"}
        check = args.get("health_check", default)
        return lb.TargetGroup(
            naming.fit(f"{name}-{port['port']}", naming.LOAD_BALANCER),
            vpc_id=args["vpc_id"],
            target_type=args["target_type"],
            protocol="TLS" if args.get("target_tls", False) else "TCP",
            port=port["target_port"],
            # An ALB's target group keeps AWS's attributes ("Network Load Balancer guide, Use an ALB as a
            # target"). For the others, targets see the load balancer's address over PrivateLink whatever is
            # set; off, a target may also call its own load balancer ("Network Load Balancer guide, Edit
            # target group attributes").
            proxy_protocol_v2=None if is_alb else args["proxy_protocol"],
            preserve_client_ip=None if is_alb else "false",
            health_check=lb.TargetGroupHealthCheckArgs(
                protocol=check["protocol"],
                port=str(check["port"]) if "port" in check else "traffic-port",
                path=check.get("path", "/") if check["protocol"] != "TCP" else None,
                interval=10,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            tags={"Name": f"{name} {port['port']}"},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _listener(
        self,
        name: str,
        args: PublishedServiceArgs,
        port: ServicePort,
        balancer: "lb.LoadBalancer",
        group: "lb.TargetGroup",
    ) -> "lb.Listener":
        certificate = args.get("certificate_arn")
        return lb.Listener(
            f"{name}-listener-{port['port']}",
            load_balancer_arn=balancer.arn,
            port=port["port"],
            protocol="TCP" if certificate is None else "TLS",
            certificate_arn=certificate,
            ssl_policy=None if certificate is None else TLS_POLICY,
            default_actions=[{"type": "forward", "target_group_arn": group.arn}],
            tags={"Name": f"{name} {port['port']}"},
            opts=pulumi.ResourceOptions(parent=self),
        )
