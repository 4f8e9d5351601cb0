"""Every file in `stacks/` as a whole program."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from components.aws_services import AWS_SERVICES
from landline.errors import ToolError, UsageError
from landline.settings.aws_services import AWS_SERVICES as SETTINGS_AWS_SERVICES
from landline.settings.aws_services import GATEWAY_SERVICES
from tests.components import recorder
from tests.components.condition_keys import CONDITION_KEYS
from tests.program.estate import STACKS, deploy_all, deploy_stack, names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.components.recorder import Deployed

NAMES = STACKS.parent / "tests" / "program" / "names.txt"

FORBIDDEN = re.compile(
    r"aws:ec2/(internetGateway|internetGatewayAttachment|egressOnlyInternetGateway|natGateway|eip|eipAssociation"
    r"|vpcPeeringConnection\w*|vpnGateway\w*|vpnConnection|carrierGateway|localGatewayRouteTableVpcAssociation"
    r"|networkInterfacePermission|trafficMirrorSession|vpcBlockPublicAccessExclusion|route):.*"
    r"|aws:(ec2transitgateway|ec2clientvpn|globalaccelerator|verifiedaccess|directconnect)/.*"
    r"|aws:(networkmanager/vpcAttachment|vpc/routeServerVpcAssociation|cloudfront/vpcOrigin|apigateway/vpcLink"
    r"|apigatewayv2/vpcLink|vpclattice/serviceNetworkVpcAssociation|vpclattice/resourceGateway):.*"
)
"""Types that join a network to another or to the internet."""


@pytest.fixture(scope="module")
def estate() -> dict[str, Deployed]:
    return deploy_all()


def test_every_stack_file_is_declared(estate: dict[str, Deployed]) -> None:
    files = {path.stem.removeprefix("Pulumi.") for path in STACKS.glob("Pulumi.*.yaml")}

    assert set(estate) == files
    assert all(len(deployed.resources) > 3 for deployed in estate.values())


def test_nothing_that_opens_a_network_is_ever_declared(estate: dict[str, Deployed]) -> None:
    tokens = {one.token for deployed in estate.values() for one in deployed}

    assert FORBIDDEN.fullmatch("aws:ec2/internetGateway:InternetGateway")
    assert [token for token in tokens if FORBIDDEN.fullmatch(token)] == []


def test_no_resource_was_renamed(estate: dict[str, Deployed]) -> None:
    """A new name replaces the resource.

    Give a renamed one an alias. When names were only added or removed on purpose, write them anew:
    ``python -m tests.program.names``.
    """
    assert names(estate) == NAMES.read_text().splitlines()


def test_one_provider_serves_each_stack_and_tags_all(estate: dict[str, Deployed]) -> None:
    for name, deployed in estate.items():
        provider = deployed.one("aws")
        assert provider.token == "pulumi:providers:aws"
        assert provider.inputs["region"] == "eu-west-1"
        reference = f"{provider.urn}::{deployed.ids[provider.urn]}"
        for one in deployed:
            if one.custom and one is not provider:
                assert one.provider == reference, f"{name}: {one.name}"


@pytest.mark.parametrize(
    ("stack", "account", "tags"),
    [
        ("hub", "111111111111", {"landline:kind": "hub", "landline:team": "platform"}),
        ("grant-payments", "111111111111", {"landline:kind": "grant", "landline:team": "platform"}),
        ("payments", "222222222222", {"landline:kind": "spoke", "landline:team": "payments"}),
        ("baseline-payments", "222222222222", {"landline:kind": "baseline"}),
    ],
)
def test_a_stack_touches_its_own_account_alone(
    estate: dict[str, Deployed], stack: str, account: str, tags: dict[str, str]
) -> None:
    inputs = estate[stack].one("aws").inputs

    assert as_value(inputs["allowedAccountIds"]) == [account]
    assert tags.items() <= as_value(inputs["defaultTags"])["tags"].items()
    assert as_value(inputs["defaultTags"])["tags"]["landline:stack"] == stack
    assert "assumeRoles" not in inputs


def as_value(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A provider's input: the SDK sends those as JSON texts."""
    return json.loads(value) if isinstance(value, str) else value


def test_services_are_in_the_lane_that_the_file_says(estate: dict[str, Deployed]) -> None:
    assert {
        one.inputs["tags"]["Name"]: one.inputs["acceptanceRequired"]
        for one in estate["hub"].of("VpcEndpointService")
    } == {"logging": False, "security": True}
    assert {name: service["lane"] for name, service in estate["hub"].outputs["services"].items()} == {
        "logging": "standing",
        "security": "accepted",
    }


def test_a_grant_permits_before_and_accepts_after_its_spoke(estate: dict[str, Deployed]) -> None:
    hub = {"hub": estate["hub"].outputs}
    first = deploy_stack("grant-payments", hub)
    empty = deploy_stack("grant-payments", {**hub, "payments": {}})
    then = deploy_stack("grant-payments", {**hub, "payments": estate["payments"].outputs})

    for early in (first, empty):
        assert len(early.of("VpcEndpointServiceAllowedPrinciple")) == 2
        assert not early.of("VpcEndpointConnectionAccepter")
    security = estate["payments"].outputs["endpoints"]["security"]
    assert then.one("VpcEndpointConnectionAccepter").inputs["vpcEndpointId"] == security
    assert then.outputs["accepted"] == {"security": security}


def test_a_grant_permits_and_does_not_accept_an_endpoint_that_is_gone(estate: dict[str, Deployed]) -> None:
    outputs = {name: estate[name].outputs for name in ("hub", "payments")}
    gone = {outputs["payments"]["endpoints"]["security"]}
    then = deploy_stack("grant-payments", outputs, gone=gone)

    assert len(then.of("VpcEndpointServiceAllowedPrinciple")) == 2
    assert not then.of("VpcEndpointConnectionAccepter")
    kept = deploy_stack("grant-payments", outputs, gone={"vpce-of-another"})
    assert kept.of("VpcEndpointConnectionAccepter")


def test_a_grant_follows_a_replaced_endpoint_under_the_same_name(estate: dict[str, Deployed]) -> None:
    payments = estate["payments"].outputs
    replaced = {**payments, "endpoints": {**payments["endpoints"], "security": "vpce-2"}}
    then = deploy_stack("grant-payments", {"hub": estate["hub"].outputs, "payments": replaced})

    accepter = then.one("VpcEndpointConnectionAccepter")
    assert accepter.inputs["vpcEndpointId"] == "vpce-2"
    assert accepter.name == estate["grant-payments"].one("VpcEndpointConnectionAccepter").name


def test_a_spoke_of_another_account_than_its_file_says_is_not_accepted(estate: dict[str, Deployed]) -> None:
    moved = {**estate["payments"].outputs, "account": "999999999999"}

    with pytest.raises(UsageError, match=r"payments was deployed in account 999999999999.*222222222222"):
        deploy_stack("grant-payments", {"hub": estate["hub"].outputs, "payments": moved})


@pytest.mark.parametrize("stack", ["payments", "grant-payments"])
@pytest.mark.parametrize("others", [{}, {"hub": {}}])
def test_without_a_deployed_hub_the_message_says_what_to_run(
    stack: str, others: dict[str, dict[str, Any]]
) -> None:
    with pytest.raises(UsageError, match="stack hub has no landline outputs: run `landline up hub` first"):
        deploy_stack(stack, others)


def test_a_service_that_the_hub_has_not_got_yet_is_named(estate: dict[str, Deployed]) -> None:
    hub = estate["hub"].outputs
    older = {**hub, "services": {"logging": hub["services"]["logging"]}}

    with pytest.raises(
        UsageError, match=r"no service security \(it offers: logging\): run `landline up hub`"
    ):
        deploy_stack("payments", {"hub": older})


def test_a_failing_engine_is_not_taken_for_an_empty_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder._Answers, "call", lambda *_: ({}, [("name", "backend unreachable")]))  # noqa: SLF001

    with pytest.raises(ToolError, match="backend unreachable"):
        deploy_stack("payments", {})


def write(directory: Path, stack: str, text: str) -> None:
    (directory / f"Pulumi.{stack}.yaml").write_text(text)


def test_roles_are_assumed_and_every_backend_setting_arrives(tmp_path: Path) -> None:
    write(
        tmp_path,
        "hub.eu",
        """
config:
  aws:region: eu-west-1
  landline:hub:
    organization: o-a1b2c3d4e5
    account: "111111111111"
    role: landline-deploy
    network: {cidr: 10.0.0.0/20, zones: [euw1-az1, euw1-az2]}
    images:
      front: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/front@sha256:ONES
      intake: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/intake@sha256:TWOS
    services:
      logging:
        backend:
          kind: log-archive
          retention_days: 30
          mode: compliance
          glacier_after_days: 30
          expire_after_days: 60
        ports: [443]
        lane: standing
        certificate: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
      web:
        backend:
          kind: targets
          target_type: ip
          port: 8443
          targets: [10.0.1.10]
          health_check: {protocol: https, port: 9000, path: /healthz}
          proxy_protocol: true
          tls: true
        certificate: arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
        ports: [443]
        lane: accepted
      plain:
        backend: {kind: targets, target_type: ip, port: 8444, targets: [10.0.1.11]}
        ports: [443]
        lane: accepted
""".replace("ONES", "1" * 64).replace("TWOS", "2" * 64),
    )
    hub = deploy_stack("hub.eu", {}, tmp_path)

    (role,) = as_value(hub.one("aws").inputs["assumeRoles"])
    assert role == {
        "roleArn": "arn:aws:iam::111111111111:role/landline-deploy",
        "sessionName": "landline-hub.eu",
    }
    listeners = {one.inputs["protocol"] for one in hub.of("Listener")}
    assert listeners == {"TLS", "TCP"}
    assert hub.one("BucketObjectLockConfiguration").inputs["rule"]["defaultRetention"] == {
        "mode": "COMPLIANCE",
        "days": 30,
    }
    groups = {one.name: one.inputs for one in hub.of("TargetGroup")}
    check = groups["hub-eu-web-443"]["healthCheck"]
    assert (check["protocol"], check["port"], check["path"]) == ("HTTPS", "9000", "/healthz")
    assert {name: (one["port"], one["protocol"], one["proxyProtocolV2"]) for name, one in groups.items()} == {
        "hub-eu-logging-443": (8443, "TCP", True),
        "hub-eu-web-443": (8443, "TLS", True),
        "hub-eu-plain-443": (8444, "TCP", False),
    }
    (rules,) = [one.inputs["rules"] for one in hub.of("BucketLifecycleConfiguration")]
    assert [rule.get("transitions") for rule in rules] == [[{"days": 30, "storageClass": "GLACIER_IR"}], None]
    assert rules[1]["expiration"] == {"days": 60}
    (front, intake) = json.loads(hub.one("TaskDefinition").inputs["containerDefinitions"])
    assert front["image"].endswith(f"/front@sha256:{'1' * 64}")
    assert intake["image"].endswith(f"/intake@sha256:{'2' * 64}")
    assert {"name": "LANDLINE_HUB", "value": "hub.eu"} in intake["environment"]
    assert not [one.name for one in hub if one.custom and "hub.eu" in one.name]
    assert hub.outputs["services"]["web"]["local_name"] == "web.hub.eu.landline.internal"


def test_what_cannot_be_built_is_a_usage_error_with_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        "hub",
        (STACKS / "Pulumi.hub.yaml").read_text(),
    )
    write(
        tmp_path,
        "payments",
        (STACKS / "Pulumi.payments.yaml").read_text().replace("euw1-az1, euw1-az2", "euw1-az2, euw1-az3"),
    )
    hub = deploy_stack("hub", {}, tmp_path).outputs
    for service in hub["services"].values():
        service["zones"] = ["euw1-az1"]

    with pytest.raises(
        UsageError, match=r"Pulumi\.payments\.yaml: landline:spoke: network\.zones: .*euw1-az1"
    ):
        deploy_stack("payments", {"hub": hub}, tmp_path)


def policies(deployed: Deployed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy document among the inputs of a stack's resources, after the resource's name."""
    for one in deployed:
        for value in one.inputs.values():
            document = as_value(value) if isinstance(value, str) and value.startswith("{") else None
            if isinstance(document, dict) and "Statement" in document:
                yield one.name, document


def test_every_condition_key_is_in_the_table(estate: dict[str, Deployed]) -> None:
    """Of endpoints, buckets, keys, roles, topics and whatever else takes a policy."""
    used = {
        (key, name)
        for deployed in estate.values()
        for name, document in policies(deployed)
        for statement in (
            document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        )
        for keys in statement.get("Condition", {}).values()
        for key in keys
    }

    assert len(used) > 20
    assert sorted((key, name) for key, name in used if key not in CONDITION_KEYS) == []


def test_a_spoke_reaches_the_resources_that_its_file_names(estate: dict[str, Deployed]) -> None:
    policies = {
        one.inputs["serviceName"].rpartition(".")[2]: json.loads(one.inputs["policy"])["Statement"]
        for one in estate["orders"].of("VpcEndpoint")
        if "policy" in one.inputs
    }

    assert policies["s3"][0]["Resource"] == ["arn:aws:s3:::orders-data", "arn:aws:s3:::orders-data/*"]
    assert policies["dynamodb"][0]["Resource"] == [
        "arn:aws:dynamodb:eu-west-1:333333333333:table/orders",
        "arn:aws:dynamodb:eu-west-1:333333333333:table/orders/index/*",
    ]
    assert policies["sts"][0]["Resource"] == "*"


def test_settings_and_components_know_the_same_services() -> None:
    assert set(AWS_SERVICES) == SETTINGS_AWS_SERVICES
    assert {
        name for name, service in AWS_SERVICES.items() if service.endpoint_type == "Gateway"
    } == GATEWAY_SERVICES


def test_the_default_images_are_in_the_hubs_own_registry(tmp_path: Path) -> None:
    without = re.sub(r"    images:\n(      .*\n){2}", "", (STACKS / "Pulumi.hub.yaml").read_text())
    (tmp_path / "Pulumi.hub.yaml").write_text(without)
    hub = deploy_stack("hub", {}, tmp_path)
    tasks = [json.loads(one.inputs["containerDefinitions"]) for one in hub.of("TaskDefinition")]
    registry = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/landline"
    assert {tuple(container["image"] for container in task) for task in tasks} == {
        (f"{registry}/front:1", f"{registry}/intake:1")
    }


HUB_FILE = """
config:
  aws:region: eu-west-1
  landline:hub:
    organization: o-a1b2c3d4e5
    account: "111111111111"
    network: {cidr: 10.0.0.0/20, zones: [euw1-az1, euw1-az2]}
    services:
      logging: {backend: {kind: log-archive, retention_days: 30}, ports: [443], lane: standing}
"""


def test_how_many_endpoints_are_planned_is_the_hub_file_s_to_say(tmp_path: Path) -> None:
    def planned(old: str = "", new: str = "") -> list[float]:
        write(tmp_path, "hub", HUB_FILE.replace(old, new) if old else HUB_FILE)
        hub = deploy_stack("hub", {}, tmp_path)
        return [one.inputs["threshold"] for one in hub.of("MetricAlarm") if one.name.endswith("-endpoints")]

    assert planned() == []
    assert planned("lane: standing", "lane: standing, endpoints: 3") == [3]
    accounts = '    accounts: ["222222222222", "333333333333"]\n    network:'
    assert planned("    network:", accounts) == [2]
    assert planned("    network:", "    alarms: {enabled: false}\n    network:") == []


def test_alarms_are_what_the_file_says(tmp_path: Path) -> None:
    topic = "arn:aws:sns:eu-west-1:111111111111:oncall"
    settings = f"    alarms: {{topic: '{topic}', band: 7, failures: 20}}\n    network:"
    write(tmp_path, "hub", HUB_FILE.replace("    network:", settings))
    told = deploy_stack("hub", {}, tmp_path)
    write(tmp_path, "hub", HUB_FILE.replace("    network:", "    alarms: {enabled: false}\n    network:"))
    silent = deploy_stack("hub", {}, tmp_path)

    assert {tuple(one.inputs["alarmActions"]) for one in told.of("MetricAlarm")} == {(topic,)}
    assert told.one("MetricAlarm", "hub-logging-resets").inputs["threshold"] == 20
    assert "ANOMALY_DETECTION_BAND(m0, 7)" in json.dumps(
        told.one("MetricAlarm", "hub-logging-bytes").inputs["metricQueries"]
    )
    for kind in ("MetricAlarm", "Dashboard", "Topic", "VpcEndpointConnectionNotification"):
        assert not silent.of(kind)
    assert not told.of("Topic")
