"""What watches a hub's service: alarms, a dashboard and the events of its connections."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2

from components.alarm import AT_ONCE, LASTING, AlarmArgs, When, above, unusual
from components.dashboard import Graph, dashboard
from components.metrics import INTAKE, NETWORK_ELB, SERVICES, Search, Series, metric

if TYPE_CHECKING:
    from pulumi_aws.cloudwatch import MetricAlarm

EVENTS = ("Accept", "Connect", "Delete", "Reject")
"""All events of an endpoint connection ("Amazon EC2 API Reference,
CreateVpcEndpointConnectionNotification")."""
COUNTED = When(300, 1, 3)
"""For what comes every five minutes."""
BLOCKED = tuple(
    f"SecurityGroupBlockedFlowCount_{way}_{protocol}"
    for way in ("Inbound", "Outbound")
    for protocol in ("ICMP", "TCP", "UDP")
)


class WatchedService(TypedDict):
    """A published service, as CloudWatch knows it."""

    service_id: pulumi.Input[str]
    load_balancer: pulumi.Input[str]
    """``net/<name>/<id>``."""
    target_groups: Mapping[int, pulumi.Input[str]]
    """``targetgroup/<name>/<id>`` by port. Without those of an ALB, which CloudWatch does not count ("Network
    Load Balancer guide, CloudWatch metrics for your Network Load Balancer")."""
    endpoints: NotRequired[int]
    """How many endpoints may be connected. Default: any number, and no alarm."""
    intake: bool
    """Whether the hub's own containers stand behind it."""
    region: str
    alarms: AlarmArgs


def watch_service(
    stack: str,
    service: str,
    args: WatchedService,
    topic: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Declares what watches the service `service` of the hub `stack`; all of it tells `topic`.

    Endpoints that reach the service from another Region are in no metric of the service, so nothing here
    sees them but the events of their connections ("AWS PrivateLink guide, CloudWatch metrics for AWS
    PrivateLink").
    """
    lines = _Lines(args)
    alarms = list(_alarms(f"{stack}/{service}", service, args, lines, topic, opts))
    dashboard(f"{stack}_{service}", args["region"], alarms, _graphs(args, lines), opts)
    ec2.VpcEndpointConnectionNotification(
        f"{stack}-{service}-connections",
        vpc_endpoint_service_id=args["service_id"],
        connection_notification_arn=topic,
        connection_events=EVENTS,
        opts=opts,
    )


class _Lines:
    """The metrics of one service."""

    def __init__(self, args: WatchedService) -> None:
        self._service = {"Service Id": args["service_id"]}
        self._balancer = {"LoadBalancer": args["load_balancer"]}
        self.unhealthy = [
            metric(NETWORK_ELB, "UnHealthyHostCount").under(
                {**self._balancer, "TargetGroup": group},
                # Cross-zone balancing may be off: what one node finds is for its zone alone.
                "Maximum",
            )
            for group in args["target_groups"].values()
        ]
        self.resets = metric(SERVICES, "RstPacketsSent").under(self._service, "Sum")
        self.connections = metric(SERVICES, "NewConnections").under(self._service, "Sum")
        self.active = metric(SERVICES, "ActiveConnections").under(self._service, "Maximum")
        self.bytes = metric(SERVICES, "BytesProcessed").under(self._service, "Sum")
        self.endpoints = metric(SERVICES, "EndpointsCount").under(self._service, "Maximum")
        self.refused = [
            metric(NETWORK_ELB, "PortAllocationErrorCount").under(self._balancer, "Sum"),
            metric(NETWORK_ELB, "RejectedFlowCount").under(self._balancer, "Maximum"),
        ]
        # What AWS refuses of the containers for good, and only they know.
        self.denied = (
            [metric(INTAKE, "RecordsRefused").under({"ServiceId": args["service_id"]}, "Sum")]
            if args["intake"]
            else []
        )
        self.blocked = [metric(NETWORK_ELB, name).under(self._balancer, "Sum") for name in BLOCKED]
        # Each metric of an alarm costs as much as an alarm, and the listeners take TCP alone.
        self.blocked_tcp = [one for one in self.blocked if one.metric.name.endswith("_TCP")]

    def by_endpoint(self, name: str) -> Search:
        """A metric of the service for each endpoint that is connected to it."""
        return metric(SERVICES, name).each(self._service, "VPC Endpoint Id", "Sum")


def _alarms(
    name: str,
    service: str,
    args: WatchedService,
    lines: _Lines,
    topic: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> "Iterator[MetricAlarm]":
    settings = args["alarms"]
    if lines.unhealthy:
        yield above(
            f"{name}/targets",
            lines.unhealthy,
            0,
            LASTING,
            f"Targets of the service {service} are unhealthy.",
            topic,
            opts,
        )
    denied = (
        " Or AWS refuses for good what its containers hand on, to the archive or beyond it: their log says "
        "what and why."
    )
    yield above(
        f"{name}/refused",
        [*lines.refused, *lines.denied],
        0,
        AT_ONCE,
        f"The load balancer of {service} drops connections: it has no healthy target, or needs more of them "
        f"(55,000 connections for each).{denied if lines.denied else ''}",
        topic,
        opts,
    )
    yield above(
        f"{name}/blocked",
        lines.blocked_tcp,
        0,
        AT_ONCE,
        f"The security group of the load balancer of {service} rejects packets: somebody is connected whose "
        "addresses no grant names, or its own way to the targets is closed.",
        topic,
        opts,
    )
    yield above(
        f"{name}/resets",
        [lines.resets],
        settings["failures"],
        LASTING,
        f"The service {service} resets connections: its targets may be unhealthy.",
        topic,
        opts,
    )
    if "endpoints" in args:
        yield above(
            f"{name}/endpoints",
            [lines.endpoints],
            args["endpoints"],
            COUNTED,
            f"More than {args['endpoints']} endpoints are connected to {service}: somebody connects whom "
            f"nobody planned, or services.{service}.endpoints in the hub's file is behind the grants.",
            topic,
            opts,
        )
    for what, series in (("connections", lines.connections), ("bytes", lines.bytes)):
        yield unusual(
            f"{name}/{what}",
            series,
            settings["band"],
            f"More {'new connections' if what == 'connections' else what} to {service} than usual at this "
            "time.",
            topic,
            opts,
        )


def _graphs(args: WatchedService, lines: _Lines) -> list[Graph]:
    health = [
        metric(NETWORK_ELB, name).under(
            {"LoadBalancer": args["load_balancer"], "TargetGroup": group}, "Maximum"
        )
        for group in args["target_groups"].values()
        for name in ("HealthyHostCount", "UnHealthyHostCount")
    ]
    graphs: list[tuple[str, list[Series | Search]]] = [
        ("New connections by endpoint", [lines.by_endpoint("NewConnections")]),
        ("Bytes by endpoint", [lines.by_endpoint("BytesProcessed")]),
        ("Connections", [lines.connections, lines.active]),
        ("Connected endpoints", [lines.endpoints]),
        ("Refused and blocked", [*lines.refused, *lines.denied, *lines.blocked]),
        ("Resets by endpoint", [lines.by_endpoint("RstPacketsSent")]),
        ("Targets", [*health]),
    ]
    return [Graph(title, drawn) for title, drawn in graphs if drawn]
