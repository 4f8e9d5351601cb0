"""CloudWatch alarms on metrics, metric math and anomaly bands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import all_tags, arguments, forgiving_absence, now, retag, tag_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from landline.sandbox.resource_type import Place

_STATIC = frozenset(
    {
        "GreaterThanOrEqualToThreshold",
        "GreaterThanThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
    }
)
_BAND = frozenset(
    {"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"}
)
_STATISTICS = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
_MISSING = frozenset({"breaching", "notBreaching", "ignore", "missing"})
_SINGLE = ("metricName", "namespace", "dimensions", "period", "unit", "statistic", "extendedStatistic")
_ARGUMENTS = {
    "name": "AlarmName",
    "alarmDescription": "AlarmDescription",
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "okActions": "OKActions",
    "insufficientDataActions": "InsufficientDataActions",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
"""Property → argument of PutMetricAlarm, and member of what DescribeAlarms lists."""
_WHOLE = ("datapointsToAlarm", "evaluationPeriods", "period")
"""Inputs that the engine keeps as floating point and the API takes as whole numbers."""
_REFERENCE = re.compile(r"\b[a-z][A-Za-z0-9_]*\b")


def _refuse(message: str) -> NoReturn:
    raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "PutMetricAlarm")


def _check(place: Place, alarm: Properties) -> None:
    """Refuses what AWS refuses ("Amazon CloudWatch API Reference, PutMetricAlarm" and "MetricDataQuery").

    The texts are ours, and so is the code ``ValidationError`` for each of them.
    """
    if not 1 <= len(alarm["name"]) <= 255 or any(ord(letter) < 32 for letter in alarm["name"]):
        _refuse(f"AlarmName has 1 to 255 characters and no control characters, not {alarm['name']!r}")
    queries = alarm.get("metricQueries") or ()
    given = [name for name in _SINGLE if alarm.get(name)]
    if queries and given:
        _refuse(f"Metrics and {', '.join(given)} exclude each other")
    if not queries and not alarm.get("metricName"):
        _refuse("One of MetricName and Metrics is required")
    if alarm.get("treatMissingData", "missing") not in _MISSING:
        _refuse(f"TreatMissingData is one of {', '.join(sorted(_MISSING))}")
    for actions in ("alarmActions", "okActions", "insufficientDataActions"):
        _check_actions(place, alarm.get(actions) or ())
    periods = list(_check_queries(queries)) if queries else [_check_metric(alarm)]
    _check_window(alarm, max(periods, default=0))
    _check_threshold(alarm, queries)


def _check_actions(place: Place, actions: Sequence[str]) -> None:
    if len(actions) > 5:
        _refuse("An alarm has at most 5 actions for a state")
    for action in actions:
        topic = re.fullmatch(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}", action)
        if topic is None:
            message = f"the sandbox models SNS topics as an alarm's actions, not {action}"
            raise NotImplementedError(message)
        if topic[1] != place.region:
            _refuse(f"Invalid region {topic[1]} specified. Only {place.region} is supported.")


def _check_metric(metric: Properties, statistic: str = "statistic") -> int:
    """One metric with its dimensions and statistic; gives its period."""
    if not metric.get("namespace") or not metric.get("metricName"):
        _refuse("A metric needs a Namespace and a MetricName")
    _check_statistic(metric, statistic)
    dimensions = metric.get("dimensions") or {}
    if len(dimensions) > 30 or not all(name and value for name, value in dimensions.items()):
        _refuse("A metric has at most 30 dimensions, each with a name and a value")
    period = int(metric.get("period") or 0)
    if period not in {10, 20, 30} and (period < 60 or period % 60):
        _refuse(f"Period is 10, 20, 30 or a multiple of 60, not {period}")
    return period


def _check_statistic(metric: Properties, statistic: str) -> None:
    plain, extended = metric.get(statistic), metric.get("extendedStatistic")
    if extended and plain:
        _refuse("Statistic and ExtendedStatistic exclude each other")
    if statistic == "stat" and plain and plain not in _STATISTICS:
        # A query's Stat takes both kinds.
        plain, extended = None, plain
    if extended:
        percentile = re.fullmatch(r"p(\d{1,3}(?:\.\d{1,10})?)", extended)
        if percentile is None and re.match(r"(IQM$|(tm|wm|tc|ts|TM|WM|TC|TS|PR)[\d(])", extended):
            message = f"the sandbox models percentiles (p99) as an alarm's extended statistic, not {extended}"
            raise NotImplementedError(message)
        if percentile is None or float(percentile[1]) > 100:
            _refuse(f"The value {extended} for parameter ExtendedStatistic is not supported.")
    elif plain not in _STATISTICS:
        _refuse(f"Statistic is one of {', '.join(sorted(_STATISTICS))}, not {plain}")


def _check_queries(queries: Sequence[Properties]) -> Iterator[int]:
    """The metrics and expressions of an alarm; gives the metrics' periods."""
    ids = [query.get("id", "") for query in queries]
    if len(set(ids)) < len(ids) or not all(re.fullmatch(r"[a-z][A-Za-z0-9_]*", one) for one in ids):
        _refuse(f"Ids of Metrics are unique and begin with a lower-case letter: {', '.join(ids)}")
    for query in queries:
        if bool(query.get("metric")) == bool(query.get("expression")):
            _refuse(f"{query['id']} needs either a MetricStat or an Expression")
        if query.get("metric"):
            yield _check_metric(query["metric"], "stat")
        else:
            names = {name for name in _REFERENCE.findall(query["expression"]) if name.islower()}
            if unknown := sorted(names - set(ids)):
                _refuse(f"Invalid metrics list: {query['id']} refers to {', '.join(unknown)}")
    returned = [query for query in queries if query.get("returnData")]
    if len([one for one in returned if "ANOMALY_DETECTION_BAND" not in (one.get("expression") or "")]) != 1:
        _refuse("Exactly one element of the metrics list should return data")


def _check_window(alarm: Properties, period: int) -> None:
    evaluated, breaching = int(alarm["evaluationPeriods"]), int(alarm.get("datapointsToAlarm") or 1)
    if evaluated < 1 or not 1 <= breaching <= evaluated:
        _refuse(f"DatapointsToAlarm ({breaching}) is 1 to EvaluationPeriods ({evaluated})")
    longest = 604_800 if period >= 3600 else 86_400
    if period * evaluated > longest:
        _refuse(f"Metrics cannot be checked across more than {longest} seconds")


def _check_threshold(alarm: Properties, queries: Sequence[Properties]) -> None:
    operator, band = alarm["comparisonOperator"], alarm.get("thresholdMetricId")
    if operator not in _STATIC | _BAND:
        _refuse(f"ComparisonOperator is none of {', '.join(sorted(_STATIC | _BAND))}")
    if (operator in _BAND) != bool(band):
        _refuse(f"{operator} and ThresholdMetricId ({band}) do not go together")
    if bool(band) == (alarm.get("threshold") is not None):
        _refuse("One of Threshold and ThresholdMetricId is required, and only one")
    bands = {q["id"] for q in queries if (q.get("expression") or "").startswith("ANOMALY_DETECTION_BAND(")}
    if band and band not in bands:
        _refuse(f"ThresholdMetricId {band} is the id of no ANOMALY_DETECTION_BAND")


def _queries(properties: Properties) -> list[dict[str, Any]]:
    """The metrics and expressions as the API takes them."""
    return [
        {
            **arguments(
                query,
                {"id": "Id", "expression": "Expression", "label": "Label", "returnData": "ReturnData"},
            ),
            **({"MetricStat": _metric_stat(query["metric"])} if query.get("metric") else {}),
        }
        for query in properties.get("metricQueries") or ()
    ]


def _metric_stat(metric: Properties) -> dict[str, Any]:
    return {
        "Metric": {
            "Namespace": metric["namespace"],
            "MetricName": metric["metricName"],
            "Dimensions": _dimensions(metric),
        },
        "Period": int(metric["period"]),
        "Stat": metric["stat"],
    }


def _dimensions(metric: Properties) -> list[dict[str, str]]:
    return [
        {"Name": name, "Value": value} for name, value in sorted((metric.get("dimensions") or {}).items())
    ]


def _put(place: Place, properties: Properties, *, first: bool) -> None:
    _check(place, properties)
    given = arguments(properties, _ARGUMENTS)
    given |= {_ARGUMENTS[name]: int(properties[name]) for name in _WHOLE if properties.get(name) is not None}
    queries = _queries(properties)
    place.client("cloudwatch").put_metric_alarm(
        **given,
        **({"Metrics": queries} if queries else {}),
        **({} if queries else {"Dimensions": _dimensions(properties)}),
        # PutMetricAlarm takes tags at creation only.
        **({"Tags": tag_list(properties)} if first and all_tags(properties) else {}),
    )


def _create(place: Place, properties: Properties) -> Made:
    _put(place, properties, first=True)
    name = properties["name"]
    arn = f"arn:aws:cloudwatch:{place.region}:{place.account}:alarm:{name}"
    return Made(name, {**properties, "id": name, "arn": arn, "tagsAll": all_tags(properties)})


def _read(place: Place, name: str, known: Properties) -> Properties | None:
    cloudwatch = place.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    if not alarms:
        return None
    alarm: dict[str, Any] = alarms[0]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    outputs = {
        **known,
        **{name: alarm[member] for name, member in _ARGUMENTS.items() if member in alarm and name in known},
        "id": name,
        "name": name,
        "arn": alarm["AlarmArn"],
        "tagsAll": {tag["Key"]: tag["Value"] for tag in tags},
    }
    if alarm.get("Dimensions"):
        outputs["dimensions"] = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    actual = alarm.get("Metrics") or []
    if actual != _queries(known):
        outputs["metricQueries"] = [_query(query) for query in actual]
    return outputs


def _query(query: dict[str, Any]) -> Properties:
    found = {"id": query["Id"], "returnData": query.get("ReturnData", False)}
    found |= {name.lower(): query[name] for name in ("Expression", "Label") if query.get(name)}
    if stat := query.get("MetricStat"):
        found["metric"] = {
            "namespace": stat["Metric"]["Namespace"],
            "metricName": stat["Metric"]["MetricName"],
            "dimensions": {one["Name"]: one["Value"] for one in stat["Metric"].get("Dimensions", ())},
            "period": stat["Period"],
            "stat": stat["Stat"],
        }
    return found


def _update(place: Place, name: str, old: Properties, new: Properties) -> Properties:
    cloudwatch = place.client("cloudwatch")
    _put(place, new, first=False)
    arn = now(place, name, new, _read)["arn"]
    retag(
        old,
        new,
        untag=lambda keys: cloudwatch.untag_resource(ResourceARN=arn, TagKeys=keys),
        tag=lambda: cloudwatch.tag_resource(ResourceARN=arn, Tags=tag_list(new)),
    )
    return now(place, name, new, _read)


def _delete(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("cloudwatch").delete_alarms(AlarmNames=[name])


TYPES = (
    ResourceType(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"name"}),
        inputs=frozenset({*_ARGUMENTS, "dimensions", "metricQueries", "tags"}),
        autoname=AutoName(max_length=255),
    ),
)
"""The rows of this noun family."""
