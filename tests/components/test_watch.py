"""What watches services and lines looks at the right ones, whatever an estate holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import AlarmArgs, Hub, HubArgs, HubService, Line, Spoke, SpokeArgs
from tests.components.recorder import deploy
from tests.components.watched import of_alarm, of_dashboard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.components.recorder import Deployed, Registered

ALARMS: AlarmArgs = {"emails": ["oncall@example.com"], "band": 3, "failures": 10}
SERVICES = st.dictionaries(
    st.sampled_from(["a", "b", "logging", "a-b"]),
    st.tuples(
        st.lists(st.sampled_from([443, 4317, 4318]), min_size=1, max_size=3, unique=True),
        st.sampled_from(["ip", "alb"]),
        st.none() | st.integers(1, 50),
    ),
    min_size=1,
    max_size=3,
)


def hub(services: Mapping[str, tuple[list[int], Any, int | None]], alarms: AlarmArgs = ALARMS) -> Deployed:
    args: HubArgs = {
        "hub": "hub",
        "images": {"front": "front:1", "intake": "intake:1"},
        "account": "111111111111",
        "region": "eu-west-1",
        "organization": "o-a1b2c3d4e5",
        "cidr": "10.0.0.0/20",
        "zones": ["euw1-az1", "euw1-az2"],
        "services": {},
        "alarms": alarms,
    }
    declared: dict[str, HubService] = {
        name: {
            "ports": ports,
            "acceptance_required": False,
            "backend": {
                "kind": "targets",
                "target_type": kind,
                "port": 9000,
                "proxy_protocol": False,
                "tls": False,
                "targets": [
                    "10.0.1.10"
                    if kind == "ip"
                    else "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/x/1"
                ],
            },
        }
        for name, (ports, kind, _) in services.items()
    }
    for name, (_, _, endpoints) in services.items():
        if endpoints is not None:
            declared[name]["endpoints"] = endpoints
    args["services"] = declared
    return deploy(lambda: Hub("hub", args))


def spoke(services: list[str], alarms: AlarmArgs = ALARMS, region: str | None = None) -> Deployed:
    lines: dict[str, Line] = {
        name: {
            "service_name": f"vpce-svc-{name}",
            "ports": [443],
            "zones": ["euw1-az1", "euw1-az2"],
        }
        for name in services
    }
    if region is not None:
        for line in lines.values():
            line["service_region"] = region
    args: SpokeArgs = {
        "account": "222222222222",
        "region": "eu-west-1",
        "organization": "o-a1b2c3d4e5",
        "hub": "hub",
        "cidr": "10.40.0.0/20",
        "zones": ["euw1-az1", "euw1-az2"],
        "lines": lines,
        "aws_services": ["s3", "kms"],
        "alarms": alarms,
    }
    return deploy(lambda: Spoke("payments", args))


def allowed(deployed: Deployed) -> dict[str, dict[str, set[str]]]:
    """Dimension → values for each service, found through the resources and not through what watches them."""
    found: dict[str, dict[str, set[str]]] = {}
    for service in deployed.of("VpcEndpointService"):
        [arn] = service.inputs["networkLoadBalancerArns"]
        [balancer] = [one for one in deployed.of("LoadBalancer") if output(one, "arn") == arn]
        groups = {
            action["targetGroupArn"]
            for listener in deployed.of("Listener")
            if listener.inputs["loadBalancerArn"] == arn
            for action in listener.inputs["defaultActions"]
        }
        found[service.inputs["tags"]["Name"]] = {
            "Service Id": {deployed.ids[service.urn]},
            "LoadBalancer": {output(balancer, "arnSuffix")},
            "TargetGroup": {
                output(one, "arnSuffix") for one in deployed.of("TargetGroup") if output(one, "arn") in groups
            },
        }
    for endpoint in deployed.of("VpcEndpoint"):
        if endpoint.inputs["serviceName"].startswith("vpce-svc-"):
            found[endpoint.inputs["serviceName"].removeprefix("vpce-svc-")] = {
                "Endpoint Type": {endpoint.inputs["vpcEndpointType"]},
                "Service Name": {endpoint.inputs["serviceName"]},
                "VPC Endpoint Id": {deployed.ids[endpoint.urn]},
                "VPC Id": {endpoint.inputs["vpcId"]},
            }
    return found


def output(resource: Registered, name: str) -> str:
    """What the recorder answered for an output."""
    from tests.components.recorder import _outputs

    return str(_outputs(resource.token, resource.name, "test")[name])


def misplaced(deployed: Deployed) -> list[str]:
    """Every dimension of an alarm or a graph that is not of the service or line that it is named after."""
    places, wrong = allowed(deployed), []
    watched = [
        (alarm.inputs["name"].split("/")[1], one)
        for alarm in deployed.of("MetricAlarm")
        for one in of_alarm(alarm.inputs)
    ]
    for board in deployed.of("Dashboard"):
        name = board.inputs["dashboardName"]
        for one in of_dashboard(name, board.inputs["dashboardBody"]):
            service = name.removeprefix("hub_")
            if name == "payments_lines":
                service = one.where.removeprefix("payments_lines: ").rpartition(": ")[0]
            watched.append((service, one))
    for service, one in watched:
        for dimension, value in one.values.items():
            # A search leaves one open.
            if value and value not in places[service][dimension]:
                wrong.append(f"{one.where}: {dimension} {value}")
    return wrong


@settings(max_examples=10)
@given(SERVICES)
def test_a_service_s_alarms_and_graphs_are_its_own(services: dict[str, Any]) -> None:
    deployed = hub(services)

    assert misplaced(deployed) == []
    names = [alarm.inputs["name"] for alarm in deployed.of("MetricAlarm")]
    assert len(names) == len(set(names))
    for service, (ports, kind, endpoints) in services.items():
        own = {name.split("/")[2] for name in names if name.split("/")[1] == service}
        always = {"refused", "blocked", "resets", "connections", "bytes"}
        counted = set() if endpoints is None else {"endpoints"}
        assert own == always | counted | (set() if kind == "alb" else {"targets"})
        if kind == "ip":
            targets = deployed.one("MetricAlarm", f"hub-{service}-targets").inputs
            assert len(list(of_alarm(targets))) == len(ports)
        if endpoints is not None:
            assert deployed.one("MetricAlarm", f"hub-{service}-endpoints").inputs["threshold"] == endpoints
    notified = [
        one.inputs["vpcEndpointServiceId"] for one in deployed.of("VpcEndpointConnectionNotification")
    ]
    assert sorted(notified) == sorted(deployed.ids[one.urn] for one in deployed.of("VpcEndpointService"))


@settings(max_examples=5)
@given(st.lists(st.sampled_from(["a", "b", "logging", "a-b"]), unique=True, max_size=4))
def test_a_line_s_alarms_and_graphs_are_its_own(services: list[str]) -> None:
    deployed = spoke(services)

    assert misplaced(deployed) == []
    assert sorted(alarm.inputs["name"] for alarm in deployed.of("MetricAlarm")) == sorted(
        f"payments/{service}/{what}" for service in services for what in ("bytes", "connections", "failures")
    )
    assert len(deployed.of("Dashboard")) == len(deployed.of("Topic")) == bool(services)
    assert len(deployed.of("VpcEndpointConnectionNotification")) == len(services)


def test_a_line_to_another_region_has_events_and_no_metrics() -> None:
    """PrivateLink publishes none for consumers that use cross-Region access."""
    far, near = spoke(["a"], region="eu-central-1"), spoke(["a"])

    for deployed, count in ((far, 0), (near, 3)):
        assert len(deployed.of("VpcEndpointConnectionNotification")) == 1
        assert len(deployed.of("MetricAlarm")) == count
        assert len(deployed.of("Dashboard")) == bool(count)


@pytest.mark.parametrize("kind", ["alarm", "dashboard"])
@pytest.mark.parametrize("place", ["hub", "spoke"])
def test_exchanged_wires_are_found(kind: str, place: str) -> None:
    """The two properties above can fail: what one watches is exchanged for what its neighbour does."""
    deployed = hub({"a": ([443], "ip", 1), "b": ([443], "ip", 2)}) if place == "hub" else spoke(["a", "b"])
    assert misplaced(deployed) == []
    a, b = allowed(deployed)["a"], allowed(deployed)["b"]
    exchanged = set()
    for number, one in enumerate(deployed.resources):
        if not one.token.endswith(":MetricAlarm" if kind == "alarm" else ":Dashboard"):
            continue
        for dimension in a:
            [mine], [other] = a[dimension], b[dimension]
            swapped = json.loads(json.dumps(one.inputs).replace(mine, other))
            if swapped == one.inputs:
                continue
            deployed.resources[number] = replace(one, inputs=swapped)
            assert misplaced(deployed) != [], (one.name, dimension)
            deployed.resources[number] = one
            exchanged.add(dimension)
    assert exchanged == (
        {"Service Id", "LoadBalancer", "TargetGroup"}
        if place == "hub"
        else {"Service Name", "VPC Endpoint Id"}
    )


@pytest.mark.parametrize("place", ["hub", "spoke"])
def test_all_of_it_tells_the_stack_s_own_encrypted_topic(place: str) -> None:
    deployed = hub({"a": ([443], "ip", 1)}) if place == "hub" else spoke(["a"])
    account, name = ("111111111111", "hub") if place == "hub" else ("222222222222", "payments")
    topic, key = deployed.one("Topic").inputs, deployed.one("Key", f"{name}-alarms-key").inputs
    arn = f"arn:aws:sns:eu-west-1:{account}:{name}-alarms"
    [published] = {one for alarm in deployed.of("MetricAlarm") for one in alarm.inputs["alarmActions"]}

    assert topic["name"] == f"{name}-alarms"
    assert topic["kmsMasterKeyId"].startswith("arn:aws:kms:")
    assert {
        one.inputs["connectionNotificationArn"] for one in deployed.of("VpcEndpointConnectionNotification")
    } == {published}
    assert deployed.one("TopicSubscription").inputs["endpoint"] == "oncall@example.com"
    for policy, actions in (
        (topic["policy"], "sns:Publish"),
        (key["policy"], ["kms:GenerateDataKey*", "kms:Decrypt"]),
    ):
        statements = [one for one in json.loads(policy)["Statement"] if "Service" in one["Principal"]]
        assert {one["Principal"]["Service"] for one in statements} == {
            "cloudwatch.amazonaws.com",
            "vpce.amazonaws.com",
        }
        for one in statements:
            assert one["Action"] == actions
            assert one["Condition"]["StringEquals"] == {"aws:SourceAccount": account}
            assert all(
                f":eu-west-1:{account}:" in source for source in one["Condition"]["ArnLike"]["aws:SourceArn"]
            )
    assert {one["Resource"] for one in json.loads(topic["policy"])["Statement"]} == {arn}


def test_a_topic_of_somebody_else_s_is_told_instead() -> None:
    theirs = "arn:aws:sns:eu-west-1:111111111111:oncall"
    alarms: AlarmArgs = {"topic_arn": theirs, "emails": [], "band": 5, "failures": 99}
    deployed = hub({"a": ([443], "ip", 1)}, alarms)

    assert not deployed.of("Topic")
    assert "hub-alarms-key" not in {one.name for one in deployed.of("Key")}
    assert {one for alarm in deployed.of("MetricAlarm") for one in alarm.inputs["alarmActions"]} == {theirs}
    bands = [
        q["expression"]
        for a in deployed.of("MetricAlarm")
        for q in a.inputs.get("metricQueries", ())
        if q.get("expression", "").startswith("ANOMALY")
    ]
    assert set(bands) == {"ANOMALY_DETECTION_BAND(m0, 5)"}
    assert len(bands) == 2
    assert deployed.one("MetricAlarm", "hub-a-resets").inputs["threshold"] == 99


def test_no_data_is_no_alarm_and_no_alarm_names_a_unit() -> None:
    for deployed in (hub({"a": ([443, 4317], "ip", 1)}), spoke(["a"])):
        alarms = deployed.of("MetricAlarm")
        assert {alarm.inputs["treatMissingData"] for alarm in alarms} == {"notBreaching"}
        assert [alarm.name for alarm in alarms if "unit" in json.dumps(alarm.inputs)] == []
