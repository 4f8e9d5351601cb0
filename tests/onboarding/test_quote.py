"""What a stack costs a month, counted on made-up resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from landline.onboarding.quote import BY_USE, FREE, Quote, document, quote, total
from landline.settings.prices import HOURS, INTERFACE_ENDPOINT, spoke_month

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@dataclass(frozen=True)
class Made:
    """A resource."""

    token: str
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


def endpoint(zones: int, service: str) -> Made:
    subnets = [f"subnet-{number}" for number in range(zones)]
    return Made(ENDPOINT, {"vpcEndpointType": "Interface", "serviceName": service, "subnetIds": subnets})


def amounts(shown: Quote) -> dict[str, str]:
    return {item.what: str(item.month) for item in shown.items}


@given(st.lists(st.integers(1, 6), max_size=5), st.integers(0, 3), st.integers(1, 6))
def test_endpoints_cost_what_the_catalogue_says(lines: list[int], aws: int, zones: int) -> None:
    """Each in each of its zones; the quick price of review and check is the same."""
    made = [endpoint(count, "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718") for count in lines]
    made += [endpoint(zones, f"com.amazonaws.eu-west-1.{name}") for name in ("kms", "sts", "sqs")[:aws]]
    shown = quote("payments", "spoke", made)

    assert shown.month == spoke_month(lines, ("kms", "sts", "sqs")[:aws], zones)
    assert shown.month == INTERFACE_ENDPOINT.dollars * HOURS * (sum(lines) + aws * zones)
    assert {item.what for item in shown.items} <= {"endpoints to hub services", "endpoints to AWS services"}


def test_gateway_endpoints_are_free() -> None:
    made = [Made(ENDPOINT, {"vpcEndpointType": "Gateway", "serviceName": "com.amazonaws.eu-west-1.s3"})]
    assert quote("payments", "spoke", made).month == 0


def test_tasks_cost_by_their_size_and_number() -> None:
    arn = "arn:aws:ecs:eu-west-1:111111111111:task-definition/logging:1"
    made = [
        Made("aws:ecs/taskDefinition:TaskDefinition", {"cpu": "512", "memory": "2048"}, {"arn": arn}),
        Made("aws:ecs/service:Service", {"desiredCount": 3, "taskDefinition": arn}),
    ]
    cpu, memory = quote("hub", "hub", made).items
    assert (cpu.quantity, memory.quantity) == (Decimal("1.5"), Decimal(6))
    # 1.5 x 0.04048 x 730 and 6 x 0.004445 x 730
    assert (str(cpu.month), str(memory.month)) == ("44.33", "19.47")


def test_an_anomaly_band_counts_for_three_metrics() -> None:
    made = [
        Made("aws:cloudwatch/metricAlarm:MetricAlarm", {"threshold": 1}),
        Made("aws:cloudwatch/metricAlarm:MetricAlarm", {"thresholdMetricId": "band"}),
        Made("aws:cloudwatch/dashboard:Dashboard"),
    ]
    assert amounts(quote("hub", "hub", made)) == {"alarms": "0.40", "dashboards": "3.00"}


def test_an_alarm_on_a_sum_counts_for_each_metric_in_it() -> None:
    queries = [
        {"id": "m0", "metric": {}},
        {"id": "m1", "metric": {}},
        {"id": "total", "expression": "m0 + m1"},
    ]
    band = [{"id": "m0", "metric": {}}, {"id": "band", "expression": "ANOMALY_DETECTION_BAND(m0, 3)"}]
    made = [
        Made("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricQueries": queries}),
        Made("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricQueries": band, "thresholdMetricId": "band"}),
    ]
    assert amounts(quote("hub", "hub", made)) == {"alarms": "0.50"}


def test_data_is_added_where_it_is_given() -> None:
    shown = quote("payments", "spoke", [endpoint(1, "com.amazonaws.eu-west-1.kms")], gigabytes=Decimal(500))
    assert amounts(shown) == {"endpoints to AWS services": "7.30", "data": "5.00"}


def test_what_has_no_price_written_down_is_named() -> None:
    made = [Made("aws:ec2/natGateway:NatGateway"), Made("aws:kms/key:Key"), Made("aws:ec2/vpc:Vpc")]
    shown = quote("hub", "hub", made)
    assert shown.unknown == ("aws:ec2/natGateway:NatGateway",)
    assert shown.by_use == (BY_USE["aws:kms/key:Key"],)
    assert document([shown])["stacks"][0]["unknown"] == ["aws:ec2/natGateway:NatGateway"]


def test_quotes_add_up() -> None:
    one = quote("a", "spoke", [Made("aws:route53/zone:Zone")])
    assert total([one, one, quote("b", "grant", [])]) == Decimal("1.00")
    assert document([one, one])["month_usd"] == "1.00"


def test_no_type_is_both_free_and_charged() -> None:
    assert not FREE & BY_USE.keys()
