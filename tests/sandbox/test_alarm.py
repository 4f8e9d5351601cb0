"""What CloudWatch refuses of alarms and dashboards, and the rows with it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from landline.sandbox.resources.table import row_of
from tests.sandbox.places import HUB, REGION, refused

if TYPE_CHECKING:
    from landline.sandbox.world import World

METRIC = {
    "namespace": "AWS/PrivateLinkServices",
    "metricName": "EndpointsCount",
    "dimensions": {"Service Id": "vpce-svc-0123456789abcdef0"},
    "period": 300,
}
STATIC: dict[str, Any] = {
    "name": "one",
    **METRIC,
    "statistic": "Maximum",
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 3,
    "threshold": 2,
}
QUERY: dict[str, Any] = {"id": "m", "metric": {**METRIC, "stat": "Maximum"}, "returnData": True}
BAND: dict[str, Any] = {
    "name": "band",
    "comparisonOperator": "GreaterThanUpperThreshold",
    "evaluationPeriods": 3,
    "thresholdMetricId": "band",
    "metricQueries": [
        QUERY,
        {"id": "band", "expression": "ANOMALY_DETECTION_BAND(m, 3)", "returnData": True},
    ],
}
SUM: dict[str, Any] = {
    "name": "sum",
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 1,
    "threshold": 0,
    "metricQueries": [
        {**QUERY, "returnData": False},
        {"id": "total", "expression": "FILL(m, 0)", "returnData": True},
    ],
}


PERCENTILE: dict[str, Any] = {
    **{name: value for name, value in STATIC.items() if name != "statistic"},
    "name": "percentile",
    "extendedStatistic": "p99.9",
}


@pytest.mark.parametrize("statistic", ["tm90", "IQM", "PR(1:2)", "TC(10%:90%)"])
@pytest.mark.parametrize("where", ["extendedStatistic", "stat"])
def test_what_it_does_not_model_it_says_itself(world: World, statistic: str, where: str) -> None:
    query = {**QUERY, "metric": {**METRIC, "stat": statistic}}
    asked = (
        {**PERCENTILE, where: statistic}
        if where == "extendedStatistic"
        else {**SUM, "metricQueries": [{**query, "returnData": False}, SUM["metricQueries"][1]]}
    )
    with pytest.raises(
        NotImplementedError, match=rf"models percentiles \(p99\).* not {re.escape(statistic)}"
    ):
        row_of("aws:cloudwatch/metricAlarm:MetricAlarm").create(world.place(HUB, REGION), asked)


def test_a_percentile_is_read_and_changed(world: World) -> None:
    place, row = world.place(HUB, REGION), row_of("aws:cloudwatch/metricAlarm:MetricAlarm")
    made = row.create(place, PERCENTILE)
    assert row.update is not None
    changed = row.update(place, made.id, PERCENTILE, {**PERCENTILE, "extendedStatistic": "p50"})
    assert changed["extendedStatistic"] == "p50"
    assert place.client("cloudwatch").describe_alarms()["MetricAlarms"][0]["ExtendedStatistic"] == "p50"


@pytest.mark.parametrize(
    "alarm", [STATIC, BAND, SUM, PERCENTILE], ids=["static", "band", "sum", "percentile"]
)
def test_an_alarm_is_described_as_it_was_put(world: World, alarm: dict[str, Any]) -> None:
    place, row = world.place(HUB, REGION), row_of("aws:cloudwatch/metricAlarm:MetricAlarm")
    row.create(place, alarm)

    shown = place.client("cloudwatch").describe_alarms(AlarmNames=[alarm["name"]])["MetricAlarms"][0]

    stats = [one["MetricStat"] for one in shown.get("Metrics", ()) if "MetricStat" in one]
    metric = stats[0]["Metric"] if stats else shown
    assert metric["Dimensions"] == [{"Name": "Service Id", "Value": "vpce-svc-0123456789abcdef0"}]
    assert (metric["Namespace"], metric["MetricName"]) == ("AWS/PrivateLinkServices", "EndpointsCount")
    assert shown["ComparisonOperator"] == alarm["comparisonOperator"]
    assert shown.get("ThresholdMetricId") == alarm.get("thresholdMetricId")


@pytest.mark.parametrize(
    ("alarm", "said"),
    [
        ({**STATIC, "name": ""}, "AlarmName"),
        ({**STATIC, "name": "x" * 256}, "AlarmName"),
        ({**STATIC, "period": 45}, "Period"),
        ({**STATIC, "statistic": "Most"}, "Statistic"),
        ({**STATIC, "extendedStatistic": "p99"}, "exclude each other"),
        ({**PERCENTILE, "extendedStatistic": "p101"}, "ExtendedStatistic"),
        ({**PERCENTILE, "extendedStatistic": "median"}, "ExtendedStatistic"),
        ({**SUM, "metricQueries": [{**QUERY, "metric": {**METRIC, "stat": "Most"}}]}, "ExtendedStatistic"),
        ({**STATIC, "dimensions": {f"d{i}": "x" for i in range(31)}}, "30 dimensions"),
        ({**STATIC, "dimensions": {"Service Id": ""}}, "30 dimensions"),
        ({**STATIC, "threshold": None}, "Threshold"),
        ({**STATIC, "comparisonOperator": "GreaterThanUpperThreshold"}, "do not go together"),
        ({**STATIC, "evaluationPeriods": 2, "datapointsToAlarm": 3}, "DatapointsToAlarm"),
        ({**STATIC, "evaluationPeriods": 289}, "86400"),
        ({**STATIC, "treatMissingData": "fine"}, "TreatMissingData"),
        ({**STATIC, "metricQueries": [QUERY]}, "exclude each other"),
        ({**STATIC, "alarmActions": [f"arn:aws:sns:us-east-1:{HUB}:t"]}, "Only eu-west-1"),
        ({**STATIC, "alarmActions": [f"arn:aws:sns:eu-west-1:{HUB}:t"] * 6}, "at most 5"),
        ({name: value for name, value in STATIC.items() if name != "metricName"}, "MetricName"),
        ({**BAND, "thresholdMetricId": "m"}, "no ANOMALY_DETECTION_BAND"),
        ({**BAND, "thresholdMetricId": None}, "do not go together"),
        ({**BAND, "threshold": 3}, "only one"),
        ({**BAND, "comparisonOperator": "GreaterThanThreshold"}, "do not go together"),
        ({**SUM, "metricQueries": [QUERY, *SUM["metricQueries"][1:]]}, "Exactly one"),
        ({**SUM, "metricQueries": [QUERY, QUERY]}, "unique"),
        ({**SUM, "metricQueries": SUM["metricQueries"][1:]}, "refers to m"),
        ({**SUM, "metricQueries": [{"id": "M", "expression": "1", "returnData": True}]}, "lower-case"),
        ({**SUM, "metricQueries": [{"id": "m", "returnData": True}]}, "either a MetricStat or"),
    ],
)
def test_an_alarm_that_is_refused(world: World, alarm: dict[str, Any], said: str) -> None:
    place, row = world.place(HUB, REGION), row_of("aws:cloudwatch/metricAlarm:MetricAlarm")

    code, text = refused(lambda: row.create(place, alarm))

    assert code == "ValidationError"
    assert said in text
    assert place.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def board(*widgets: object) -> str:
    return json.dumps({"widgets": list(widgets)})


def graph(*lines: object, **properties: object) -> dict[str, object]:
    return {"type": "metric", "properties": {"region": REGION, "metrics": list(lines), **properties}}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "valid JSON"),
        ("[]", "array"),
        (json.dumps({"widgets": {}}), "array"),
        (board(*[graph(["A", "B"])] * 501), "at most 500"),
        (board({"type": "metric"}), "needs properties"),
        (board({"type": "picture", "properties": {}}), "needs properties"),
        (board({**graph(["A", "B"]), "width": 25}), "width"),
        (board({**graph(["A", "B"]), "x": 24}), "x is 24"),
        (board({**graph(["A", "B"]), "height": 0}), "height"),
        (board(graph(["A", "B"], region="")), "region"),
        (board(graph()), "needs metrics"),
        (board(graph(["A", "B", "Dimension"])), "no metric with its dimensions"),
        (board(graph(["A", "B", {"expression": "m"}])), "no metric with its dimensions"),
        (board(graph([{"stat": "Sum"}])), "no metric with its dimensions"),
        (board({"type": "alarm", "properties": {"alarms": []}}), "needs alarms"),
        (board({"type": "text", "properties": {}}), "needs markdown"),
    ],
)
def test_a_dashboard_that_is_refused(world: World, body: str, said: str) -> None:
    place, row = world.place(HUB, REGION), row_of("aws:cloudwatch/dashboard:Dashboard")

    code, text = refused(lambda: row.create(place, {"dashboardName": "x", "dashboardBody": body}))

    assert code == "InvalidParameterInput"
    assert said in text


def test_a_dashboard_s_name_holds_no_slash(world: World) -> None:
    place, row = world.place(HUB, REGION), row_of("aws:cloudwatch/dashboard:Dashboard")
    inputs = {"dashboardName": "hub/logging", "dashboardBody": board(graph(["A", "B"]))}

    assert "DashboardName" in refused(lambda: row.create(place, inputs))[1]
    row.create(place, {**inputs, "dashboardName": "hub_logging"})
