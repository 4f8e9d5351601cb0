"""The hub: an isolated network and the services that it offers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi

from components import front
from components.alarm import AlarmArgs
from components.alarm_topic import alarm_topic
from components.aws_services import domains, has_gateway
from components.backends import Backend, HubPlace, add_backend, called_services, roster_parameters
from components.collector import Images
from components.errors import ArgumentError
from components.local_names import internal_domains
from components.private_network import PrivateNetwork
from components.published_service import PublishedService, PublishedServiceArgs
from components.service_watch import WatchedService, watch_service
from components.workloads import Workloads


class HubService(TypedDict):
    """One offered service."""

    ports: Sequence[int]
    """What clients connect to."""
    acceptance_required: bool
    """Whether each connection must be accepted, beside the principal being on the allow-list."""
    certificate_arn: NotRequired[str]
    """The ACM certificate with which the load balancer ends TLS. Default: TCP, passed through."""
    private_dns_name: NotRequired[str]
    """The service's own name in spokes, in the hub's public zone. Default: the local name alone."""
    endpoints: NotRequired[int]
    """How many endpoints may be connected before an alarm says so. Default: any number."""
    backend: Backend


class HubArgs(TypedDict):
    """What a `Hub` needs."""

    hub: str
    """The hub's name, as its grants call it."""
    account: str
    """The hub's account id."""
    region: str
    """The Region's code."""
    organization: str
    """The organisation's id."""
    cidr: str
    """The network's range."""
    zones: Sequence[str]
    """AZ ids. Spokes can connect in these."""
    services: Mapping[str, HubService]
    """Services by name."""
    public_zone_id: NotRequired[str]
    """The public hosted zone, of the hub's account, in which services' own names are proven."""
    regions: NotRequired[Sequence[str]]
    """Other Regions from which spokes can connect; empty to take the last one away. Default: none, and what
    was set before stays."""
    images: Images
    """The images of the hub's own containers."""
    alarms: NotRequired[AlarmArgs]
    """What watches the services. Default: nothing."""
    protect: NotRequired[bool]
    """Whether services, their load balancers and what they keep are protected from deletion. Default:
    false."""


class Hub(pulumi.ComponentResource):
    """An isolated network, and for each service a backend behind an endpoint service, and what watches it."""

    vpc_id: pulumi.Output[str]

    services: Mapping[str, PublishedService]
    """Published services by name."""

    certificate_secrets: Mapping[str, pulumi.Output[str]]
    """The ARN of the secret with the certificate of each service whose containers end TLS."""

    def __init__(self, name: str, args: HubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:Hub", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        region = args["region"]
        called = called_services(
            (service["backend"], "certificate_arn" in service) for service in args["services"].values()
        )

        network = PrivateNetwork(
            f"{name}-network",
            {
                "cidr": args["cidr"],
                "zones": args["zones"],
                "account": args["account"],
                "region": region,
                "allowed_domains": [*internal_domains(region), *domains(called, region)],
                "gateway_endpoints": has_gateway(called),
            },
            opts=child,
        )
        place: HubPlace = {
            "hub": args["hub"],
            "images": args["images"],
            "account": args["account"],
            "region": region,
            "cidr": args["cidr"],
            "zones": args["zones"],
            "network": network,
            "workloads": Workloads(
                f"{name}-workloads",
                {
                    "network": network,
                    "region": region,
                    "organization": args["organization"],
                    "aws_services": called,
                    # Of the services' resources, those that are known before their backends.
                    "aws_access": {
                        "ssm": {"resources": roster_parameters(args["hub"], region, args["account"])}
                    },
                },
                opts=child,
            ),
        }

        protect = args.get("protect", False)
        kept = pulumi.ResourceOptions(parent=self, protect=True) if protect else child
        services: dict[str, PublishedService] = {}
        secrets: dict[str, pulumi.Output[str]] = {}
        for service, settings in args["services"].items():
            services[service] = PublishedService(
                f"{name}-{service}", _published(service, settings, network, args), opts=kept
            )
            secret = add_backend(
                f"{name}-{service}",
                service,
                settings["backend"],
                services[service],
                place,
                opts=kept,
                # Where the load balancer ends TLS, the containers need none.
                tls="certificate_arn" not in settings,
            )
            if secret is not None:
                secrets[service] = secret

        if "alarms" in args:
            self._watch(name, args, services, args["alarms"])

        self.vpc_id = network.vpc_id
        self.services = MappingProxyType(services)
        self.certificate_secrets = MappingProxyType(secrets)
        self.register_outputs({"vpc_id": self.vpc_id})

    def _watch(
        self, name: str, args: HubArgs, services: Mapping[str, PublishedService], alarms: AlarmArgs
    ) -> None:
        child = pulumi.ResourceOptions(parent=self)
        topic = alarm_topic(name, args["account"], args["region"], alarms, child)
        for service, published in services.items():
            settings = args["services"][service]
            backend = settings["backend"]
            is_alb = backend["kind"] == "targets" and backend["target_type"] == "alb"
            watched: WatchedService = {
                "service_id": published.service_id,
                "load_balancer": published.load_balancer_suffix,
                "target_groups": {} if is_alb else published.target_group_suffixes,
                "region": args["region"],
                "alarms": alarms,
                "intake": backend["kind"] != "targets",
            }
            if "endpoints" in settings:
                watched["endpoints"] = settings["endpoints"]
            watch_service(name, service, watched, topic, child)


def _published(
    service: str, settings: HubService, network: PrivateNetwork, args: HubArgs
) -> PublishedServiceArgs:
    backend = settings["backend"]
    published: PublishedServiceArgs = {
        "service": service,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.subnet_ids,
        "ports": [{"port": port, "target_port": front.PORT} for port in settings["ports"]],
        "acceptance_required": settings["acceptance_required"],
        "target_type": "ip",
        "proxy_protocol": True,
        "deletion_protection": args.get("protect", False),
        # Through the proxy to the container behind it.
        "health_check": {
            "protocol": "HTTP" if "certificate_arn" in settings else "HTTPS",
            "path": front.HEALTH_PATH,
        },
    }
    if "private_dns_name" in settings:
        if "public_zone_id" not in args:
            raise ArgumentError(
                f"services.{service}.private_dns_name: {settings['private_dns_name']} has no public zone to "
                "be proven in; write public_zone"
            )
        published["private_name"] = {
            "name": settings["private_dns_name"],
            "zone_id": args["public_zone_id"],
        }
    if "regions" in args:
        published["regions"] = [args["region"], *args["regions"]]
        # Zones do not pair up across Regions: whichever node a connection reaches, a target must stand behind
        # it while one is left in any zone.
        published["cross_zone"] = len(args["regions"]) > 0
    if "certificate_arn" in settings:
        published["certificate_arn"] = settings["certificate_arn"]
    if backend["kind"] == "targets":
        published["ports"] = [{"port": port, "target_port": backend["port"]} for port in settings["ports"]]
        published["target_type"] = backend["target_type"]
        published["proxy_protocol"] = backend["proxy_protocol"]
        published["target_tls"] = backend["tls"]
        del published["health_check"]
        if "health_check" in backend:
            published["health_check"] = backend["health_check"]
    return published
