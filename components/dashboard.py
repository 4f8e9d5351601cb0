"""CloudWatch dashboards of the metrics of `components.metrics`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_aws import cloudwatch

from components.metrics import Search, Series

if TYPE_CHECKING:
    from pulumi_aws.cloudwatch import MetricAlarm

WIDTH, HEIGHT = 12, 6
"""Of one graph; a dashboard is 24 wide ("Amazon CloudWatch API Reference, Dashboard Body Structure")."""
ALARMS_HEIGHT = 4


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph."""

    title: str
    lines: Sequence[Series | Search]
    period: int = 300
    """In seconds."""


def dashboard(
    name: str,
    region: str,
    alarms: Sequence["MetricAlarm"],
    graphs: Sequence[Graph],
    opts: pulumi.ResourceOptions,
) -> None:
    """A dashboard of this name: the state of the alarms, and below it the graphs, two in a row.

    Dashboards belong to an account and not to a Region, and their names hold letters, digits, hyphens and
    underscores ("Amazon CloudWatch API Reference, PutDashboard").
    """
    states = {
        "type": "alarm",
        "x": 0,
        "y": 0,
        "width": 2 * WIDTH,
        "height": ALARMS_HEIGHT,
        "properties": {"title": "Alarms", "alarms": [alarm.arn for alarm in alarms]},
    }
    widgets = [
        {
            "type": "metric",
            "x": number % 2 * WIDTH,
            "y": ALARMS_HEIGHT + number // 2 * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {
                "title": graph.title,
                "region": region,
                "view": "timeSeries",
                "period": graph.period,
                "metrics": [_line(line, graph.period) for line in graph.lines],
            },
        }
        for number, graph in enumerate(graphs)
    ]
    cloudwatch.Dashboard(
        f"{name}-dashboard",
        dashboard_name=name,
        dashboard_body=pulumi.Output.json_dumps({"widgets": [states, *widgets]}),
        opts=opts,
    )


def _line(line: Series | Search, period: int) -> list[Any]:
    if isinstance(line, Search):
        return [{"expression": _search(line, period), "label": ""}]
    values = [part for pair in line.values.items() for part in pair]
    return [line.metric.namespace, line.metric.name, *values, {"stat": line.statistic}]


def _search(line: Search, period: int) -> pulumi.Output[str]:
    """The expression that finds the series ("Amazon CloudWatch User Guide, Search expression syntax")."""
    names = ",".join(f'"{name}"' for name in sorted({*line.values, line.by}))
    start = f'{{{line.metric.namespace},{names}}} MetricName="{line.metric.name}"'
    end = f"', '{line.statistic}', {period})"

    def written(values: Mapping[str, str]) -> str:
        terms = "".join(f' "{name}"="{value}"' for name, value in values.items())
        return f"SEARCH('{start}{terms}{end}"

    return pulumi.Output.all(**line.values).apply(written)
