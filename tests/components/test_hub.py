"""The hub with every kind of backend."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name

from components import Hub, HubArgs
from components.aws_actions import ACTIONS
from components.collector import repository_arn
from components.errors import ArgumentError
from components.front import INTAKE_PORT, PORT, front_configuration
from components.grant import spokes_path
from landline import intake
from landline.intake.config import read_config
from landline.intake.findings import Importer
from landline.intake.roster import parameters_path
from landline.proof.policy import Asked, answers
from landline.proof.policy.service import service_of
from tests.components.recorder import Deployed, deploy

IMAGE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/landline/intake:1"
ARGS: HubArgs = {
    "hub": "central.hub",
    "account": "111111111111",
    "region": "eu-west-1",
    "organization": "o-a1b2c3d4e5",
    "cidr": "10.0.0.0/20",
    "zones": ["euw1-az1", "euw1-az2"],
    "images": {"front": IMAGE.replace("intake", "front"), "intake": IMAGE},
    "services": {
        "logging": {
            "ports": [443],
            "acceptance_required": False,
            "backend": {"kind": "log-archive", "retention_days": 400, "mode": "COMPLIANCE"},
        },
        "security": {
            "ports": [443],
            "acceptance_required": True,
            "backend": {"kind": "findings-intake", "retention_days": 365, "security_hub": True},
        },
        "own": {
            "ports": [443, 8443],
            "acceptance_required": True,
            "backend": {
                "kind": "targets",
                "target_type": "ip",
                "port": 9000,
                "targets": ["10.0.1.10", "10.0.3.10"],
                "proxy_protocol": False,
                "tls": False,
                "health_check": {"protocol": "HTTP", "port": 9001, "path": "/healthz"},
            },
        },
    },
}


@pytest.fixture(scope="module")
def hub() -> Deployed:
    return deploy(lambda: Hub("hub", ARGS))


def document(hub: Deployed, token: str, name: str, key: str = "policy") -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(hub.one(token, name).inputs[key])["Statement"]
    return statements


def test_each_service_is_published_in_its_lane(hub: Deployed) -> None:
    assert {
        one.inputs["tags"]["Name"]: one.inputs["acceptanceRequired"] for one in hub.of("VpcEndpointService")
    } == {"logging": False, "security": True, "own": True}
    assert len({one.inputs["networkLoadBalancerArns"][0] for one in hub.of("VpcEndpointService")}) == 3


def test_containers_are_in_private_subnets_behind_their_load_balancer(hub: Deployed) -> None:
    for service in hub.of("Service"):
        network = service.inputs["networkConfiguration"]
        assert network["assignPublicIp"] is False
        assert len(network["subnets"]) == 2
        assert service.inputs["enableExecuteCommand"] is False
        assert service.inputs["desiredCount"] == 2
    balancer = hub.ids[hub.one("SecurityGroup", "hub-logging-security-group").urn]
    ingress = hub.one("SecurityGroupIngressRule", "hub-logging-collector-ingress-8443").inputs
    assert ingress["referencedSecurityGroupId"] == balancer
    egress = hub.one("SecurityGroupEgressRule", "hub-logging-collector-load-balancer-egress-8443").inputs
    assert egress["securityGroupId"] == balancer
    assert egress["referencedSecurityGroupId"] == ingress["securityGroupId"]


def test_no_rule_names_an_address_outside_the_network(hub: Deployed) -> None:
    ranges = {one.inputs.get("cidrIpv4") for one in hub if "SecurityGroup" in one.token}

    assert ranges <= {None, "10.0.0.0/20"}


def test_logs_are_locked_and_encrypted(hub: Deployed) -> None:
    assert hub.one("Bucket", "hub-logging-archive-bucket").inputs["objectLockEnabled"] is True
    lock = hub.one("BucketObjectLockConfiguration").inputs["rule"]["defaultRetention"]
    assert lock == {"mode": "COMPLIANCE", "days": 400}
    stream = hub.one("FirehoseDeliveryStream").inputs
    key = hub.one("Key", "hub-logging-archive-key")
    assert stream["extendedS3Configuration"]["kmsKeyArn"].endswith(hub.ids[key.urn].rpartition("-")[2])
    assert stream["serverSideEncryption"]["enabled"] is True


def test_findings_are_kept_and_passed_on(hub: Deployed) -> None:
    assert hub.one("BucketLifecycleConfiguration").inputs["rules"][0]["expiration"] == {"days": 365}
    assert json.loads(hub.one("EventRule").inputs["eventPattern"]) == {"source": ["landline.findings"]}
    target, rule = hub.one("EventTarget").inputs, hub.one("EventRule").inputs
    assert target["eventBusName"] == rule["eventBusName"]
    assert target["rule"].startswith("hub-security-rule")
    assert ":LogGroup/" in target["arn"]
    assert hub.one("LogGroup", "hub-security-events").inputs["name"].startswith("/aws/events/")


def test_buckets_are_private_versioned_encrypted_and_take_tls_alone(hub: Deployed) -> None:
    buckets = {one.inputs["bucket"] for one in hub.of("BucketVersioning")}

    assert len(buckets) == len(hub.of("Bucket")) == 2
    for token in ("BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration", "BucketPolicy"):
        assert {one.inputs["bucket"] for one in hub.of(token)} == buckets
    for block in hub.of("BucketPublicAccessBlock"):
        assert {key for key, value in block.inputs.items() if value is True} == {
            "blockPublicAcls",
            "blockPublicPolicy",
            "ignorePublicAcls",
            "restrictPublicBuckets",
        }
    for policy in hub.of("BucketPolicy"):
        statements = json.loads(policy.inputs["policy"])["Statement"]
        assert {(one["Effect"], one["Principal"]) for one in statements} == {("Deny", "*")}
        assert statements[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(statements[0]["Resource"]) == 2


def test_the_stream_alone_writes_to_the_archive_and_the_hubs_network_to_the_findings(hub: Deployed) -> None:
    def writers(name: str) -> dict[str, Any]:
        (found,) = [one for one in document(hub, "BucketPolicy", name) if one["Sid"] == "WritersOnly"]
        conditions: dict[str, Any] = found["Condition"]
        return conditions

    stream = hub.one("FirehoseDeliveryStream").inputs["extendedS3Configuration"]
    vpc = hub.ids[hub.one("Vpc").urn]

    archive, findings = writers("hub-logging-archive-policy"), writers("hub-security-findings-policy")
    assert archive["ArnNotEqualsIfExists"] == {"aws:PrincipalArn": [stream["roleArn"]]}
    assert "StringNotEqualsIfExists" not in archive
    assert findings["StringNotEqualsIfExists"] == {"aws:SourceVpc": vpc}
    assert "ArnNotEqualsIfExists" not in findings


def test_containers_may_do_only_what_they_are_for(hub: Deployed) -> None:
    def actions(name: str) -> set[str]:
        found: set[str] = set()
        for statement in document(hub, "RolePolicy", name):
            one = statement["Action"]
            found |= {one} if isinstance(one, str) else set(one)
            # These know no resources.
            if one not in ("ecr:GetAuthorizationToken", "ec2:DescribeVpcEndpointConnections"):
                assert statement["Resource"] != "*"
        return found

    roster = {"ec2:DescribeVpcEndpointConnections", "ssm:GetParametersByPath"}
    assert actions("hub-logging-collector-work") == roster | {
        "firehose:PutRecordBatch",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    assert actions("hub-security-collector-work") == roster | {
        "events:PutEvents",
        "s3:PutObject",
        "kms:GenerateDataKey",
        "securityhub:BatchImportFindings",
    }
    started = actions("hub-logging-collector-pull")
    assert {one.partition(":")[0] for one in started} == {"ecr", "logs", "secretsmanager", "kms"}
    assert {"secretsmanager:GetSecretValue", "kms:Decrypt"} < started


def test_containers_may_do_nothing_that_they_never_do(hub: Deployed) -> None:
    """Each action is a call in the intake's text, and each endpoint one of its clients or the agent's."""
    text = "".join(file.read_text() for file in Path(intake.__file__).parent.glob("*.py"))
    for service in ("logging", "security"):
        for statement in document(hub, "RolePolicy", f"hub-{service}-collector-work"):
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            for prefix, operation in (action.split(":") for action in actions):
                # On keys other services act in the containers' name.
                if prefix != "kms":
                    assert re.search(rf"\b{xform_name(operation)}\b[(\"]", text), f"{prefix}:{operation}"

    clients = {"firehose": "kinesis-firehose"}
    called = {clients.get(name, name) for name in re.findall(r'client\("([a-z0-9]+)"', text)}
    agent = {"s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager"}
    endpoints = {one.inputs["serviceName"].partition("eu-west-1.")[2] for one in hub.of("VpcEndpoint")}
    assert endpoints == called | agent


def test_who_puts_into_a_stream_may_use_its_key(hub: Deployed) -> None:
    encryption = hub.one("FirehoseDeliveryStream").inputs["serverSideEncryption"]
    assert encryption["keyType"] == "CUSTOMER_MANAGED_CMK"

    used = [
        one
        for one in document(hub, "RolePolicy", "hub-logging-collector-work")
        if "kms:Decrypt" in one["Action"]
    ]

    assert [one["Resource"] for one in used] == [encryption["keyArn"]]
    assert set(used[0]["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_roles_can_be_assumed_by_services_alone(hub: Deployed) -> None:
    statements = [json.loads(role.inputs["assumeRolePolicy"])["Statement"] for role in hub.of("Role")]

    assert {kind for statement in statements for kind in statement["Principal"]} == {"Service"}


def test_every_service_that_containers_call_has_an_endpoint_and_a_name(hub: Deployed) -> None:
    called = {one.inputs["serviceName"].partition("eu-west-1.")[2] for one in hub.of("VpcEndpoint")}

    images = {"s3", "ecr.api", "ecr.dkr"}
    assert called == images | {
        *("logs", "kinesis-firehose", "events", "securityhub"),
        *("ec2", "ssm", "secretsmanager"),
    }
    allowed = hub.one("ResolverFirewallDomainList", "hub-network-dns-allowed").inputs["domains"]
    assert {"*.dkr.ecr.eu-west-1.amazonaws.com", "firehose.eu-west-1.amazonaws.com"} <= set(allowed)


def containers(hub: Deployed, service: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The proxy and the intake of a service's tasks."""
    tasks = hub.one("TaskDefinition", f"hub-{service}-collector-tasks").inputs
    # What ECS takes of a task definition as a whole ("Amazon ECS Developer Guide, Amazon ECS service
    # quotas").
    assert len(json.dumps(tasks)) < 64 * 1024
    front, intake = json.loads(tasks["containerDefinitions"])
    assert (front["name"], intake["name"]) == ("front", "intake")
    return front, intake


@pytest.mark.parametrize("service", ["logging", "security"])
def test_the_intake_starts_with_what_it_is_told(hub: Deployed, service: str) -> None:
    _, intake = containers(hub, service)

    assert intake["image"] == IMAGE
    environment = {one["name"]: one["value"] for one in intake["environment"]}
    service_id = hub.ids[hub.one("VpcEndpointService", f"hub-{service}-endpoint-service").urn]
    assert environment["LANDLINE_SERVICE_ID"] == service_id
    config = read_config({**environment, "LANDLINE_SERVICE_ID": "vpce-svc-0123456789abcdef0"})
    assert (config.service, config.hub, config.region) == (service, "central.hub", "eu-west-1")
    assert f"{config.host}:{config.port}" == f"127.0.0.1:{INTAKE_PORT}"
    assert type(config.backend).__name__ == {"logging": "LogArchive", "security": "FindingsIntake"}[service]
    assert parameters_path(config.hub) == spokes_path("central.hub")
    path = "arn:aws:ssm:eu-west-1:111111111111:parameter/landline/central.hub/spokes"
    statements = document(hub, "RolePolicy", f"hub-{service}-collector-work")
    assert {
        "Effect": "Allow",
        "Action": "ssm:GetParametersByPath",
        "Resource": [path, f"{path}/*"],
    } in statements


def test_findings_go_to_security_hub_where_it_is_asked_for(hub: Deployed) -> None:
    statements = document(hub, "RolePolicy", "hub-security-collector-work")
    (imports,) = [one for one in statements if one["Action"] == "securityhub:BatchImportFindings"]
    product = Importer("111111111111", "eu-west-1").product_arn
    assert imports["Resource"] == product

    backend = {**ARGS["services"]["security"]["backend"], "security_hub": False}
    service: Any = {**ARGS["services"]["security"], "backend": backend}
    without = deploy(lambda: Hub("hub", {**ARGS, "services": {"security": service}}))
    assert not [one for one in without.of("VpcEndpoint") if "securityhub" in one.inputs["serviceName"]]
    assert "securityhub" not in json.dumps(document(without, "RolePolicy", "hub-security-collector-work"))
    _, intake = containers(without, "security")
    assert {"name": "LANDLINE_SECURITY_HUB", "value": "off"} in intake["environment"]


def test_the_proxy_is_in_front_of_the_intake(hub: Deployed) -> None:
    front, intake = containers(hub, "logging")

    assert front["image"] == ARGS["images"]["front"]
    assert front["dependsOn"] == [{"containerName": "intake", "condition": "HEALTHY"}]
    assert f"127.0.0.1:{INTAKE_PORT}/healthz" in " ".join(intake["healthCheck"]["command"])
    assert front["entryPoint"] == ["/usr/local/bin/envoy"]
    configuration = yaml.safe_load(front["command"][front["command"].index("--config-yaml") + 1])
    assert configuration == front_configuration({"tls": True, "port": PORT, "intake_port": INTAKE_PORT})
    # Nothing but the proxy can be reached from outside the task.
    assert front["portMappings"] == [{"containerPort": PORT, "protocol": "tcp"}]
    assert "portMappings" not in intake
    for one in (front, intake):
        assert one["essential"] is True
        assert one["readonlyRootFilesystem"] is True
    (balanced,) = hub.one("Service", "hub-logging-collector-service").inputs["loadBalancers"]
    assert (balanced["containerName"], balanced["containerPort"]) == ("front", PORT)


def test_the_load_balancer_asks_through_the_proxy(hub: Deployed) -> None:
    for service in ("logging", "security"):
        group = hub.one("TargetGroup", f"hub-{service}-443").inputs
        assert (group["port"], group["protocol"], group["proxyProtocolV2"]) == (PORT, "TCP", True)
        check = group["healthCheck"]
        assert (check["protocol"], check["path"], check["port"]) == ("HTTPS", "/healthz", "traffic-port")


def test_the_certificate_is_a_secret_without_a_value(hub: Deployed) -> None:
    secret = hub.one("Secret", "hub-logging-certificate")
    front, _ = containers(hub, "logging")

    assert set(secret.inputs) == {"description"}
    named = {one["name"]: one["valueFrom"] for one in front["secrets"]}
    arn = named["LANDLINE_TLS_CERTIFICATE"].removesuffix(":certificate::")
    assert named["LANDLINE_TLS_KEY"] == f"{arn}:key::"
    statements = document(hub, "RolePolicy", "hub-logging-collector-pull")
    assert {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn} in statements
    (decrypt,) = [one for one in statements if one["Action"] == "kms:Decrypt"]
    assert decrypt["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == arn


def changed(**logging: Any) -> Deployed:  # noqa: ANN401
    """The hub with one service, another in some keys."""
    one: Any = {**ARGS["services"]["logging"], **logging}
    return deploy(lambda: Hub("hub", {**ARGS, "services": {"logging": one}}))


def test_a_certificate_of_the_users_own_is_taken() -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:tls-a1B2c3"
    backend = {**ARGS["services"]["logging"]["backend"], "certificate_secret": secret}
    hub = changed(backend=backend)

    assert not hub.of("Secret")
    front, _ = containers(hub, "logging")
    assert [one["valueFrom"] for one in front["secrets"]] == [f"{secret}:certificate::", f"{secret}:key::"]


def test_where_the_load_balancer_ends_tls_the_proxy_needs_no_certificate() -> None:
    hub = changed(certificate_arn="arn:aws:acm:eu-west-1:111111111111:certificate/1", ports=[443, 8443])

    assert not hub.of("Secret")
    assert not [one for one in hub.of("VpcEndpoint") if one.inputs["serviceName"].endswith("secretsmanager")]
    front, _ = containers(hub, "logging")
    assert "secrets" not in front
    configuration = yaml.safe_load(front["command"][front["command"].index("--config-yaml") + 1])
    assert configuration == front_configuration({"tls": False, "port": PORT, "intake_port": INTAKE_PORT})
    assert {one.inputs["healthCheck"]["protocol"] for one in hub.of("TargetGroup")} == {"HTTP"}
    actions = str(document(hub, "RolePolicy", "hub-logging-collector-pull"))
    assert "secretsmanager" not in actions
    # Both ports lead to the one that the proxy listens on.
    assert {one.inputs["port"] for one in hub.of("TargetGroup")} == {PORT}
    assert len(hub.one("Service").inputs["loadBalancers"]) == 2
    assert len([one for one in hub.of("SecurityGroupIngressRule") if "collector" in one.name]) == 1


def test_logs_go_to_cloudwatch_too_where_the_user_says_so(hub: Deployed) -> None:
    backend = {**ARGS["services"]["logging"]["backend"], "cloudwatch_days": 30}
    searched = changed(backend=backend)

    group = searched.one("LogGroup", "hub-logging-records")
    assert group.inputs["retentionInDays"] == 30
    key = searched.one("Key", "hub-logging-archive-key")
    assert group.inputs["kmsKeyId"].endswith(searched.ids[key.urn].rpartition("-")[2])
    assert "logs.eu-west-1.amazonaws.com" in key.inputs["policy"]
    _, intake = containers(searched, "logging")
    environment = {one["name"]: one["value"] for one in intake["environment"]}
    assert environment["LANDLINE_LOG_GROUP"].startswith("hub-logging-records")
    (written,) = [
        one
        for one in document(searched, "RolePolicy", "hub-logging-collector-work")
        if "logs:PutLogEvents" in one["Action"]
    ]
    assert written["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert written["Resource"].endswith(":*")
    assert ":LogGroup/" in written["Resource"]
    assert not [one for one in hub.of("LogGroup") if one.name == "hub-logging-records"]


def test_logs_move_to_glacier_and_go_when_the_user_says_so() -> None:
    backend = {**ARGS["services"]["logging"]["backend"], "glacier_after_days": 90, "expire_after_days": 800}
    rules = changed(backend=backend).one("BucketLifecycleConfiguration").inputs["rules"]

    assert [(one["id"], one["status"]) for one in rules] == [("glacier", "Enabled"), ("expire", "Enabled")]
    assert rules[0]["transitions"] == [{"days": 90, "storageClass": "GLACIER_IR"}]
    assert rules[1]["expiration"] == {"days": 800}


def test_own_targets_are_registered_on_every_port_and_reached_in_the_network_alone(hub: Deployed) -> None:
    attachments = hub.of("TargetGroupAttachment")

    assert {(one.inputs["targetId"], one.inputs["port"]) for one in attachments} == {
        ("10.0.1.10", 9000),
        ("10.0.3.10", 9000),
    }
    assert len(attachments) == 4
    for port in (9000, 9001):
        rule = hub.one("SecurityGroupEgressRule", f"hub-own-targets-egress-{port}").inputs
        assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("10.0.0.0/20", port, port)
    for one in hub.of("TargetGroup"):
        assert one.inputs["proxyProtocolV2"] is not one.name.startswith("hub-own")


def test_a_hub_of_own_targets_alone_has_no_endpoints() -> None:
    services = {"own": ARGS["services"]["own"]}
    hub = deploy(lambda: Hub("hub", {**ARGS, "services": services}))

    assert not hub.of("VpcEndpoint")
    assert len(hub.one("NetworkAcl").inputs["egress"]) == 1


def test_protection_covers_services_and_what_they_keep() -> None:
    hub = deploy(lambda: Hub("hub", {**ARGS, "protect": True}))

    for token in ("VpcEndpointService", "LoadBalancer", "Bucket", "Key"):
        kept = {one.name for one in hub.of(token) if not one.name.startswith("hub-network")}
        assert kept, token
        assert {one.name for one in hub.of(token) if one.protect} == kept
    assert {one.inputs["enableDeletionProtection"] for one in hub.of("LoadBalancer")} == {True}


def test_a_repository_is_found_in_an_image() -> None:
    arn = "arn:aws:ecr:eu-west-1:111111111111:repository/landline/intake"

    assert repository_arn(IMAGE) == arn
    assert repository_arn(IMAGE.replace(":1", "@sha256:" + "0" * 64)) == arn
    with pytest.raises(ArgumentError, match=r"docker\.io/x:1 is in no private ECR registry"):
        repository_arn("docker.io/x:1")


def test_other_regions_are_served_by_every_service_across_zones() -> None:
    hub = deploy(lambda: Hub("hub", {**ARGS, "regions": ["eu-central-1"]}))

    assert {tuple(one.inputs["supportedRegions"]) for one in hub.of("VpcEndpointService")} == {
        ("eu-west-1", "eu-central-1")
    }
    assert {one.inputs["enableCrossZoneLoadBalancing"] for one in hub.of("LoadBalancer")} == {True}


def test_the_last_other_region_is_taken_away_by_name(hub: Deployed) -> None:
    """The provider removes nothing that is left out, so an empty list says it."""
    emptied = deploy(lambda: Hub("hub", {**ARGS, "regions": []}))

    assert {tuple(one.inputs["supportedRegions"]) for one in emptied.of("VpcEndpointService")} == {
        ("eu-west-1",)
    }
    assert {one.inputs["enableCrossZoneLoadBalancing"] for one in emptied.of("LoadBalancer")} == {False}
    assert {"supportedRegions" in one.inputs for one in hub.of("VpcEndpointService")} == {False}


def test_a_name_of_a_services_own_needs_a_public_zone() -> None:
    services = {**ARGS["services"], "own": {**ARGS["services"]["own"], "private_dns_name": "own.example.com"}}
    args: HubArgs = {**ARGS, "services": services}  # type: ignore[typeddict-item] # the same keys, and one more

    with pytest.raises(
        ArgumentError, match=r"services\.own\.private_dns_name: own\.example\.com.*public_zone"
    ):
        deploy(lambda: Hub("hub", args))
    hub = deploy(lambda: Hub("hub", {**args, "public_zone_id": "Z0PUBLIC"}))
    named = {
        one.inputs["tags"]["Name"]: one.inputs.get("privateDnsName") for one in hub.of("VpcEndpointService")
    }
    assert named == {"logging": None, "security": None, "own": "own.example.com"}
    assert hub.one("Record", "hub-own-private-name-proof").inputs["zoneId"] == "Z0PUBLIC"


def calls(hub: Deployed) -> Iterator[Asked]:
    """What the containers' own roles let them call, as requests through the hub's endpoints.

    Not those to KMS, which other services send in the roles' name.
    """
    keys = {
        "aws:principalorgid": (ARGS["organization"],),
        "aws:resourceorgid": (ARGS["organization"],),
        "aws:resourceaccount": (ARGS["account"],),
    }
    for one in hub.of("RolePolicy"):
        if "-collector-" in one.name:
            for statement in json.loads(one.inputs["policy"])["Statement"]:
                actions, resources = statement["Action"], statement["Resource"]
                for action in [actions] if isinstance(actions, str) else actions:
                    if action.startswith("kms:"):
                        continue
                    for resource in [resources] if isinstance(resources, str) else resources:
                        arn = resource if resource == "*" else resource.replace("*", "x")
                        yield Asked(f"arn:aws:iam::{ARGS['account']}:role/task", action, arn, keys)


def test_the_endpoints_carry_whatever_the_containers_may_call(hub: Deployed) -> None:
    policies = {
        one.name.removeprefix("hub-workloads-aws-"): one.inputs["policy"] for one in hub.of("VpcEndpoint")
    }
    refused = []
    for asked in calls(hub):
        through = [name for name in policies if ACTIONS[name].prefix == asked.action.split(":")[0]]
        said = {next(answers(policies[name], [asked], service_of(name))) for name in through}
        if "allowed" not in said:
            refused.append(asked)

    assert len({asked.action for asked in calls(hub)}) > 8
    assert refused == []


def test_the_endpoint_to_systems_manager_reads_the_hubs_own_parameters_alone(hub: Deployed) -> None:
    policy = hub.one("VpcEndpoint", "hub-workloads-aws-ssm").inputs["policy"]
    asked = next(asked for asked in calls(hub) if asked.action == "ssm:GetParametersByPath")
    other = replace(asked, resource="arn:aws:ssm:eu-west-1:111111111111:parameter/payments/password")

    assert list(answers(policy, [asked, other], service_of("ssm"))) == ["allowed", "unmatched"]
