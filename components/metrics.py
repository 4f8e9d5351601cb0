"""The CloudWatch metrics that may be watched, each with the sets of dimensions that AWS publishes it under.

CloudWatch takes an alarm or a graph on any name and any dimensions and then shows nothing, so alarms and
dashboards name metrics through this table alone. A set of dimensions is a whole: a metric published under
``Service Id`` and ``VPC Endpoint Id`` together is not found under one of them.

The pages name no units, so nothing here gives one: a wrong unit finds no data ("Amazon CloudWatch API
Reference, PutMetricAlarm").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pulumi

from components.errors import ArgumentError

PRIVATELINK = "AWS PrivateLink guide, CloudWatch metrics for AWS PrivateLink"
"""Metrics of endpoints and endpoint services. None are published for gateway endpoints, nor for consumers
that use cross-Region access."""
BALANCERS = "Network Load Balancer guide, CloudWatch metrics for your Network Load Balancer"
"""Traffic that security groups reject counts in ``SecurityGroupBlockedFlowCount_…`` only."""

ENDPOINTS = "AWS/PrivateLinkEndpoints"
SERVICES = "AWS/PrivateLinkServices"
NETWORK_ELB = "AWS/NetworkELB"
INTAKE = "Landline/Intake"
"""What the hub's own containers count (`landline.intake.denial`)."""

Statistic = Literal["Average", "Maximum", "Minimum", "Sum"]
Dimensions = frozenset[str]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of an AWS service, or of the hub's own containers."""

    namespace: str
    name: str
    dimensions: tuple[Dimensions, ...]
    """The sets under which it is published, names as AWS writes them, spaces and capitals included."""
    statistics: tuple[Statistic, ...]
    """Those that the page calls useful."""
    period: int
    """How often a data point comes, in seconds."""
    page: str
    """The AWS page, or the module that publishes it."""

    def under(self, values: Mapping[str, pulumi.Input[str]], statistic: Statistic) -> "Series":
        """The metric's series of one resource; `values` are its dimensions by name.

        Raises `ArgumentError` when AWS publishes the metric under no such set of dimensions, or calls the
        statistic of no use.
        """
        self._check(frozenset(values), statistic)
        return Series(self, MappingProxyType(dict(values)), statistic)

    def each(self, values: Mapping[str, pulumi.Input[str]], by: str, statistic: Statistic) -> "Search":
        """All series under `values` and any value of the dimension `by`. Raises as `under` does."""
        self._check(frozenset({*values, by}), statistic)
        return Search(self, MappingProxyType(dict(values)), by, statistic)

    def _check(self, dimensions: Dimensions, statistic: Statistic) -> None:
        if dimensions not in self.dimensions:
            raise ArgumentError(
                f"{self.namespace} publishes {self.name} under no such dimensions: "
                f"{', '.join(sorted(dimensions))} ({self.page})"
            )
        if statistic not in self.statistics:
            raise ArgumentError(
                f"{statistic} of {self.namespace} {self.name} is of no use; "
                f"take {' or '.join(self.statistics)} ({self.page})"
            )


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one resource, and the statistic of it."""

    metric: Metric
    values: Mapping[str, pulumi.Input[str]]
    """The value of each dimension."""
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class Search:
    """The series of a metric that differ in one dimension: as many as there are when somebody looks."""

    metric: Metric
    values: Mapping[str, pulumi.Input[str]]
    """The value of each dimension that is the same for all."""
    by: str
    """The dimension that differs."""
    statistic: Statistic


def _sets(*dimensions: str) -> tuple[Dimensions, ...]:
    """Sets of dimensions, each written with `` + `` between its names."""
    return tuple(frozenset(one.split(" + ")) for one in dimensions)


_OF_ENDPOINT = _sets(
    "Endpoint Type + Service Name + VPC Endpoint Id + VPC Id",
    "Endpoint Type + Service Name + Subnet Id + VPC Endpoint Id + VPC Id",
)
_OF_SERVICE = _sets(
    "Service Id",
    "Az + Service Id",
    "Load Balancer Arn + Service Id",
    "Az + Load Balancer Arn + Service Id",
    "Service Id + VPC Endpoint Id",
)
_OF_BALANCER = _sets("LoadBalancer", "AvailabilityZone + LoadBalancer")
_OF_TARGETS = _sets("LoadBalancer + TargetGroup", "AvailabilityZone + LoadBalancer + TargetGroup")

_SUMS: tuple[Statistic, ...] = ("Average", "Maximum", "Sum")
_LEVELS: tuple[Statistic, ...] = ("Average", "Maximum", "Minimum")


_OF_ENDPOINTS: tuple[tuple[str, tuple[Statistic, ...]], ...] = (
    ("ActiveConnections", _LEVELS),
    ("BytesProcessed", (*_LEVELS, "Sum")),
    ("NewConnections", (*_LEVELS, "Sum")),
    ("PacketsDropped", _SUMS),
    ("RstPacketsReceived", _SUMS),
)
_OF_SERVICES: tuple[tuple[str, tuple[Statistic, ...]], ...] = (
    ("ActiveConnections", ("Average", "Maximum")),
    ("BytesProcessed", _SUMS),
    ("NewConnections", _SUMS),
    ("RstPacketsSent", _SUMS),
)


def _table() -> Iterable[Metric]:
    for name, statistics in _OF_ENDPOINTS:
        yield Metric(ENDPOINTS, name, _OF_ENDPOINT, statistics, 60, PRIVATELINK)
    for name, statistics in _OF_SERVICES:
        yield Metric(SERVICES, name, _OF_SERVICE, statistics, 60, PRIVATELINK)
    yield Metric(SERVICES, "EndpointsCount", _sets("Service Id"), ("Average", "Maximum"), 300, PRIVATELINK)
    for name in (
        "PortAllocationErrorCount",
        "SecurityGroupBlockedFlowCount_Inbound_ICMP",
        "SecurityGroupBlockedFlowCount_Inbound_TCP",
        "SecurityGroupBlockedFlowCount_Inbound_UDP",
        "SecurityGroupBlockedFlowCount_Outbound_ICMP",
        "SecurityGroupBlockedFlowCount_Outbound_TCP",
        "SecurityGroupBlockedFlowCount_Outbound_UDP",
        "ProcessedBytes",
    ):
        yield Metric(NETWORK_ELB, name, _OF_BALANCER, ("Sum",), 60, BALANCERS)
    yield Metric(NETWORK_ELB, "RejectedFlowCount", _OF_BALANCER, _LEVELS, 60, BALANCERS)
    for name in ("HealthyHostCount", "UnHealthyHostCount"):
        yield Metric(NETWORK_ELB, name, _OF_TARGETS, ("Maximum", "Minimum"), 60, BALANCERS)
    yield Metric(INTAKE, "RecordsRefused", _sets("ServiceId"), ("Sum",), 60, "landline.intake.denial")


METRICS: Mapping[tuple[str, str], Metric] = MappingProxyType(
    {(metric.namespace, metric.name): metric for metric in _table()}
)
"""The metrics by namespace and name."""


def metric(namespace: str, name: str) -> Metric:
    """A metric of the table. Raises `ArgumentError` for another."""
    found = METRICS.get((namespace, name))
    if found is None:
        raise ArgumentError(f"{namespace} {name} is in no table of `components.metrics`")
    return found
