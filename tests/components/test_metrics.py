"""The table of metrics against AWS's own pages, and what alarms and dashboards may not name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from components.alarm import AT_ONCE, When, above
from components.errors import ArgumentError
from components.metrics import ENDPOINTS, INTAKE, METRICS, NETWORK_ELB, SERVICES, metric
from tests.components.watched import FIVE_MINUTES, OURS, Watched, of_alarm, of_dashboard, pages, unpublished
from tests.program.estate import STACKS, deploy_all

if TYPE_CHECKING:
    from pathlib import Path

LINE = {"Endpoint Type": "Interface", "Service Name": "s", "VPC Endpoint Id": "vpce-1", "VPC Id": "vpc-1"}
ROOT = STACKS.parent


def estates() -> list[Path]:
    """Every directory of stack files that the repository shows."""
    found = {
        file.parent for folder in ("stacks", "examples") for file in (ROOT / folder).rglob("Pulumi.*.yaml")
    }
    assert STACKS in found
    return sorted(found)


def test_the_table_says_what_the_pages_say() -> None:
    known = pages() | OURS

    assert {key: frozenset(one.statistics) for key, one in METRICS.items()} == {
        key: one.statistics for key, one in known.items()
    }
    assert {key: frozenset(one.dimensions) for key, one in METRICS.items()} == {
        key: one.dimensions for key, one in known.items()
    }
    assert {one.name for one in METRICS.values() if one.period == 300} == FIVE_MINUTES
    assert all(one.page and one.period in {60, 300} for one in METRICS.values())


@pytest.mark.parametrize(
    ("namespace", "name", "values", "statistic"),
    [
        (ENDPOINTS, "BytesProcessed", {"VPC Endpoint Id": "vpce-1"}, "Sum"),
        (ENDPOINTS, "BytesProcessed", {**LINE, "Subnet ID": "subnet-1"}, "Sum"),
        (ENDPOINTS, "BytesProcessed", {**LINE, "Az": "euw1-az1"}, "Sum"),
        (ENDPOINTS, "ActiveConnections", LINE, "Sum"),
        (SERVICES, "BytesProcessed", {"ServiceId": "vpce-svc-1"}, "Sum"),
        (SERVICES, "EndpointsCount", {"Service Id": "vpce-svc-1", "VPC Endpoint Id": "vpce-1"}, "Maximum"),
        (SERVICES, "EndpointsCount", {"Service Id": "vpce-svc-1"}, "Sum"),
        (NETWORK_ELB, "UnHealthyHostCount", {"TargetGroup": "targetgroup/x/1"}, "Maximum"),
    ],
)
def test_what_aws_does_not_publish_cannot_be_named(
    namespace: str,
    name: str,
    values: dict[str, str],
    statistic: Any,  # noqa: ANN401 - a wrong one too
) -> None:
    with pytest.raises(ArgumentError):
        metric(namespace, name).under(values, statistic)


def test_a_metric_of_no_table_cannot_be_named() -> None:
    with pytest.raises(ArgumentError, match="EndpointCount"):
        metric(SERVICES, "EndpointCount")


def test_a_search_needs_a_set_that_is_published_too() -> None:
    service = {"Service Id": "vpce-svc-1"}

    assert metric(SERVICES, "BytesProcessed").each(service, "VPC Endpoint Id", "Sum").by == "VPC Endpoint Id"
    with pytest.raises(ArgumentError):
        metric(SERVICES, "EndpointsCount").each(service, "VPC Endpoint Id", "Maximum")


def test_an_alarm_looks_no_more_often_than_data_comes() -> None:
    count = metric(SERVICES, "EndpointsCount").under({"Service Id": "vpce-svc-1"}, "Maximum")

    with pytest.raises(ArgumentError, match="300 seconds"):
        above("hub/logging/endpoints", [count], 1, AT_ONCE, "x", "topic", None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="255"):
        above("x" * 256, [count], 1, When(300, 1, 1), "x", "topic", None)  # type: ignore[arg-type]


@pytest.mark.parametrize("directory", estates(), ids=lambda one: str(one.relative_to(ROOT)))
def test_every_alarm_and_dashboard_of_every_estate_names_what_aws_publishes(directory: Path) -> None:
    watched: list[Watched] = []
    own: set[str] = set()
    names: list[str] = []
    for deployed in deploy_all(directory).values():
        alarms, dashboards = deployed.of("MetricAlarm"), deployed.of("Dashboard")
        names += [one.inputs["name"] for one in alarms]
        own |= set(
            re.findall(
                r'"LANDLINE_SERVICE_ID", "value": "([^"]+)"',
                "".join(one.inputs["containerDefinitions"] for one in deployed.of("TaskDefinition")),
            )
        )
        names += [one.inputs["dashboardName"] for one in dashboards]
        watched += [one for alarm in alarms for one in of_alarm(alarm.inputs)]
        watched += [
            one
            for board in dashboards
            for one in of_dashboard(board.inputs["dashboardName"], board.inputs["dashboardBody"])
        ]

    assert len(watched) > 40
    assert {one.namespace for one in watched} - {INTAKE} == {ENDPOINTS, NETWORK_ELB, SERVICES}
    # An alarm of each service of the hubs' own hears what its intake counts.
    alarms_ = [one for one in watched if one.namespace == INTAKE and one.where.endswith("/refused")]
    assert {one.values["ServiceId"] for one in alarms_} == own
    assert own or directory != STACKS
    assert unpublished(watched) == []
    # Stacks of one account and Region share their names, and dashboards those of the whole account.
    assert len(names) == len(set(names))
