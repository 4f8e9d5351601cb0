"""Alarms on the metrics of `components.metrics`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch

from components.errors import ArgumentError
from components.metrics import Series

if TYPE_CHECKING:
    from pulumi_aws.cloudwatch import MetricAlarm, MetricAlarmMetricQueryArgsDict

NAME = 255
"""The longest name of an alarm ("Amazon CloudWatch API Reference, PutMetricAlarm")."""


class AlarmArgs(TypedDict):
    """How a stack's alarms are set, and where they go."""

    topic_arn: NotRequired[str]
    """An SNS topic that CloudWatch and PrivateLink may publish to. Default: a topic of the stack's own."""
    emails: Sequence[str]
    """Addresses that are subscribed to the stack's own topic."""
    band: int
    """How many standard deviations a value may lie above what CloudWatch expects."""
    failures: int
    """How many failed connections and packets in a minute are none too many."""


@dataclass(frozen=True, slots=True)
class When:
    """How long a value must be too high."""

    period: int
    """Over how many seconds values are put together; not below the metric's own."""
    breaching: int
    """How many periods must be too high ..."""
    evaluated: int
    """... of how many."""


AT_ONCE = When(60, 1, 5)
"""One minute of the last five: late data still counts."""
LASTING = When(60, 3, 5)
"""Three minutes of the last five."""
QUARTER_HOUR = When(300, 3, 3)
"""Three times five minutes in a row, for bands: one burst is nothing unusual."""


def above(
    name: str,
    series: Sequence[Series],
    threshold: int,
    when: When,
    description: str,
    action: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> "MetricAlarm":
    """An alarm when the sum of the series is above `threshold`. No data is no alarm.

    Raises `ArgumentError` when `when` has a period below a metric's own.
    """
    _check(series, when)
    common = _common(name, when, description, action)
    if len(series) == 1:
        [one] = series
        return cloudwatch.MetricAlarm(
            _logical(name),
            namespace=one.metric.namespace,
            metric_name=one.metric.name,
            dimensions=one.values,
            statistic=one.statistic,
            period=when.period,
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            opts=opts,
            **common,
        )
    queries = [_query(f"m{number}", one, when, returned=False) for number, one in enumerate(series)]
    # A metric without traffic is not published, and a sum with a gap in it would have none either.
    total = " + ".join(f"FILL(m{number}, 0)" for number in range(len(series)))
    return cloudwatch.MetricAlarm(
        _logical(name),
        metric_queries=[
            *queries,
            {
                "id": "total",
                "expression": total,
                "label": name.rpartition("/")[2],
                "return_data": True,
            },
        ],
        comparison_operator="GreaterThanThreshold",
        threshold=threshold,
        opts=opts,
        **common,
    )


def unusual(
    name: str,
    series: Series,
    band: int,
    description: str,
    action: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> "MetricAlarm":
    """An alarm when the series is above what CloudWatch learnt to expect, by `band` standard deviations.

    ("Amazon CloudWatch API Reference, PutMetricAlarm: Anomaly Detection Model Alarm".) It learns from up to
    two weeks of data. No data is no alarm.
    """
    return cloudwatch.MetricAlarm(
        _logical(name),
        metric_queries=[
            _query("m0", series, QUARTER_HOUR, returned=True),
            {
                "id": "band",
                "expression": f"ANOMALY_DETECTION_BAND(m0, {band})",
                "label": "expected",
                "return_data": True,
            },
        ],
        comparison_operator="GreaterThanUpperThreshold",
        threshold_metric_id="band",
        opts=opts,
        **_common(name, QUARTER_HOUR, description, action),
    )


def _logical(name: str) -> str:
    return name.replace("/", "-")


def _check(series: Sequence[Series], when: When) -> None:
    for one in series:
        if when.period < one.metric.period:
            raise ArgumentError(
                f"{one.metric.name} comes every {one.metric.period} seconds, so a period of {when.period} "
                "would have gaps"
            )


def _common(name: str, when: When, description: str, action: pulumi.Input[str]) -> dict[str, Any]:
    if len(name) > NAME:
        raise ArgumentError(f"{name} is longer than the {NAME} characters of an alarm's name")
    return {
        # A name of its own for people and runbooks; stack and service names hold no slash, so no two are
        # the same.
        "name": name,
        "alarm_description": description,
        "evaluation_periods": when.evaluated,
        "datapoints_to_alarm": when.breaching,
        # Without traffic there are no data points ("AWS PrivateLink guide, CloudWatch metrics for AWS
        # PrivateLink").
        "treat_missing_data": "notBreaching",
        "alarm_actions": [action],
        "ok_actions": [action],
    }


def _query(query: str, series: Series, when: When, *, returned: bool) -> "MetricAlarmMetricQueryArgsDict":
    return {
        "id": query,
        "metric": {
            "namespace": series.metric.namespace,
            "metric_name": series.metric.name,
            "dimensions": series.values,
            "period": when.period,
            "stat": series.statistic,
        },
        "return_data": returned,
    }
