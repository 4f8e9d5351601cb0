"""What watches a spoke's lines to the hub: alarms, one dashboard and the events of its connections."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict

import pulumi
from pulumi_aws import ec2

from components.alarm import LASTING, AlarmArgs, above, unusual
from components.dashboard import Graph, dashboard
from components.metrics import ENDPOINTS, Series, Statistic, metric
from components.service_watch import EVENTS

if TYPE_CHECKING:
    from pulumi_aws.cloudwatch import MetricAlarm


class WatchedLine(TypedDict):
    """An interface endpoint to a service of the hub, as CloudWatch knows it."""

    endpoint_id: pulumi.Input[str]
    service_name: pulumi.Input[str]
    """``com.amazonaws.vpce.<region>.vpce-svc-…``."""
    vpc_id: pulumi.Input[str]
    measured: bool
    """Whether it has metrics: lines to services of another Region have none ("AWS PrivateLink guide,
    CloudWatch metrics for AWS PrivateLink")."""


def watch_lines(
    stack: str,
    lines: Mapping[str, WatchedLine],
    region: str,
    settings: AlarmArgs,
    topic: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Declares what watches the lines of the spoke `stack`, by the hub's service; all of it tells `topic`.

    A line without metrics has its connection's events alone. Endpoints to AWS services get no alarms of
    their own: AWS answers for what is behind them.
    """
    alarms: list[MetricAlarm] = []
    graphs: list[Graph] = []
    for service, line in lines.items():
        ec2.VpcEndpointConnectionNotification(
            f"{stack}-{service}-connection",
            vpc_endpoint_id=line["endpoint_id"],
            connection_notification_arn=topic,
            connection_events=EVENTS,
            opts=opts,
        )
        if not line["measured"]:
            continue
        alarms += _alarms(f"{stack}/{service}", service, line, settings, topic, opts)
        graphs += [
            Graph(
                f"{service}: connections",
                [_of(line, "NewConnections", "Sum"), _of(line, "ActiveConnections", "Maximum")],
            ),
            Graph(f"{service}: bytes", [_of(line, "BytesProcessed", "Sum")]),
            Graph(f"{service}: failures", _failures(line)),
        ]
    if graphs:
        dashboard(f"{stack}_lines", region, alarms, graphs, opts)


def _of(line: WatchedLine, name: str, statistic: Statistic) -> Series:
    return metric(ENDPOINTS, name).under(
        {
            "Endpoint Type": "Interface",
            "Service Name": line["service_name"],
            "VPC Endpoint Id": line["endpoint_id"],
            "VPC Id": line["vpc_id"],
        },
        statistic,
    )


def _failures(line: WatchedLine) -> list[Series]:
    return [_of(line, "PacketsDropped", "Sum"), _of(line, "RstPacketsReceived", "Sum")]


def _alarms(
    name: str,
    service: str,
    line: WatchedLine,
    settings: AlarmArgs,
    topic: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> "Iterator[MetricAlarm]":
    yield above(
        f"{name}/failures",
        _failures(line),
        settings["failures"],
        LASTING,
        f"The line to {service} drops packets or has its connections reset.",
        topic,
        opts,
    )
    for what, title, measured in (
        ("connections", "new connections", "NewConnections"),
        ("bytes", "bytes", "BytesProcessed"),
    ):
        yield unusual(
            f"{name}/{what}",
            _of(line, measured, "Sum"),
            settings["band"],
            f"More {title} to {service} than usual at this time.",
            topic,
            opts,
        )
