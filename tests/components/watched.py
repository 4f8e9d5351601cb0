"""What alarms and dashboards watch, taken apart as CloudWatch would, and what AWS's pages say of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landline.intake import denial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PAGES = Path(__file__).parent / "aws_metrics.txt"
FIVE_MINUTES = {"EndpointsCount"}
"""Metrics that come every five minutes; the others come every minute (the same pages)."""

Inputs = "Mapping[str, Any]"


@dataclass(frozen=True, slots=True)
class Published:
    """One metric as its page has it."""

    statistics: frozenset[str]
    dimensions: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Watched:
    """One metric that an alarm or a graph names."""

    where: str
    namespace: str
    name: str
    values: Mapping[str, str]
    """Dimensions; a search has an empty value for the one that differs."""
    statistic: str
    period: int
    unit: str | None = None


def pages() -> dict[tuple[str, str], Published]:
    """The metrics of the pages by namespace and name."""
    found = {}
    for line in PAGES.read_text().splitlines():
        if line and not line.startswith("#"):
            namespace, name, statistics, *sets = (part.strip() for part in line.split("|"))
            found[namespace, name] = Published(
                frozenset(statistics.split(", ")), frozenset(frozenset(one.split(", ")) for one in sets)
            )
    return found


OURS = {
    (denial.NAMESPACE, denial.METRIC): Published(
        frozenset({"Sum"}), frozenset({frozenset({denial.DIMENSION})})
    )
}
"""What the intake itself publishes."""


def of_alarm(alarm: Mapping[str, Any]) -> Iterator[Watched]:
    """The metrics of an alarm, from its inputs."""
    name = alarm["name"]
    if alarm.get("metricName"):
        yield _watched(name, alarm, "statistic")
    for query in alarm.get("metricQueries") or ():
        if query.get("metric"):
            yield _watched(name, query["metric"], "stat")


def _watched(where: str, metric: Mapping[str, Any], statistic: str) -> Watched:
    return Watched(
        where,
        metric["namespace"],
        metric["metricName"],
        dict(metric.get("dimensions") or {}),
        metric[statistic],
        int(metric["period"]),
        metric.get("unit"),
    )


_SEARCH = re.compile(
    r"SEARCH\('\{(?P<schema>[^}]+)\} MetricName=\"(?P<name>[^\"]+)\"(?P<terms>( \"[^\"]+\"=\"[^\"]+\")*)', "
    r"'(?P<statistic>\w+)', (?P<period>\d+)\)"
)


def of_dashboard(name: str, body: str) -> Iterator[Watched]:
    """The metrics of a dashboard; a line that is neither a metric nor a search fails."""
    for widget in json.loads(body)["widgets"]:
        for line in widget["properties"].get("metrics", ()):
            where, period = f"{name}: {widget['properties']['title']}", widget["properties"]["period"]
            options = line[-1]
            if "expression" in options:
                search = _SEARCH.fullmatch(options["expression"])
                assert search is not None, options["expression"]
                namespace, *dimensions = re.findall(r'[^,"]+', search["schema"])
                terms = dict(re.findall(r'"([^"]+)"="([^"]+)"', search["terms"]))
                assert terms.keys() < set(dimensions), options["expression"]
                yield Watched(
                    where,
                    namespace,
                    search["name"],
                    {dimension: terms.get(dimension, "") for dimension in dimensions},
                    search["statistic"],
                    int(search["period"]),
                )
            else:
                namespace, metric, *pairs = line[:-1]
                values = dict(zip(pairs[::2], pairs[1::2], strict=True))
                yield Watched(where, namespace, metric, values, options["stat"], period)


def unpublished(watched: Iterable[Watched]) -> list[str]:
    """What no page says that AWS publishes, each in words."""
    known, found = pages() | OURS, []
    for one in watched:
        metric = known.get((one.namespace, one.name))
        if metric is None:
            found.append(f"{one.where}: {one.namespace} has no {one.name}")
        elif frozenset(one.values) not in metric.dimensions:
            found.append(f"{one.where}: {one.name} is not under {', '.join(sorted(one.values))}")
        elif one.statistic not in metric.statistics:
            found.append(f"{one.where}: {one.statistic} of {one.name}")
        elif one.period % (300 if one.name in FIVE_MINUTES else 60):
            found.append(f"{one.where}: {one.name} every {one.period} seconds")
        elif one.unit is not None:
            found.append(f"{one.where}: {one.name} in {one.unit}, and its page names no unit")
    return found
