"""The hub with every kind of backend."""

import json
from typing import Any

import pytest

from components import Hub, HubArgs
from components.collector import repository_arn
from components.errors import ArgumentError
from tests.components.recorder import Deployed, deploy

IMAGE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/landline/collector:1"
ARGS: HubArgs = {
    "account": "111111111111",
    "region": "eu-west-1",
    "organization": "o-a1b2c3d4e5",
    "cidr": "10.0.0.0/20",
    "zones": ["euw1-az1", "euw1-az2"],
    "services": {
        "logging": {
            "ports": [443],
            "acceptance_required": False,
            "backend": {"kind": "log-archive", "image": IMAGE, "retention_days": 400, "mode": "COMPLIANCE"},
        },
        "security": {
            "ports": [443],
            "acceptance_required": True,
            "backend": {"kind": "findings-intake", "image": IMAGE, "retention_days": 365},
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
    ingress = hub.one("SecurityGroupIngressRule", "hub-logging-collector-ingress-443").inputs
    assert ingress["referencedSecurityGroupId"] == balancer
    egress = hub.one("SecurityGroupEgressRule", "hub-logging-collector-load-balancer-egress-443").inputs
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
        assert all(value is True for key, value in block.inputs.items() if key != "bucket")
    for policy in hub.of("BucketPolicy"):
        (statement,) = json.loads(policy.inputs["policy"])["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(statement["Resource"]) == 2


def test_containers_may_do_only_what_they_are_for(hub: Deployed) -> None:
    def actions(name: str) -> set[str]:
        found: set[str] = set()
        for statement in document(hub, "RolePolicy", name):
            one = statement["Action"]
            found |= {one} if isinstance(one, str) else set(one)
            if one != "ecr:GetAuthorizationToken":
                assert statement["Resource"] != "*"
        return found

    assert actions("hub-logging-collector-work") == {"firehose:PutRecord", "firehose:PutRecordBatch"}
    assert actions("hub-security-collector-work") == {
        "events:PutEvents",
        "s3:PutObject",
        "kms:GenerateDataKey",
    }
    assert {one.partition(":")[0] for one in actions("hub-logging-collector-pull")} == {"ecr", "logs"}


def test_roles_can_be_assumed_by_services_alone(hub: Deployed) -> None:
    for role in hub.of("Role"):
        statement = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert set(statement["Principal"]) == {"Service"}


def test_every_service_that_containers_call_has_an_endpoint_and_a_name(hub: Deployed) -> None:
    called = {one.inputs["serviceName"].partition("eu-west-1.")[2] for one in hub.of("VpcEndpoint")}

    assert called == {"s3", "ecr.api", "ecr.dkr", "logs", "kms", "kinesis-firehose", "events"}
    allowed = hub.one("ResolverFirewallDomainList", "hub-network-dns-allowed").inputs["domains"]
    assert {"*.dkr.ecr.eu-west-1.amazonaws.com", "firehose.eu-west-1.amazonaws.com"} <= set(allowed)


def test_the_containers_learn_where_to_write(hub: Deployed) -> None:
    (container,) = json.loads(
        hub.one("TaskDefinition", "hub-logging-collector-tasks").inputs["containerDefinitions"]
    )

    assert container["image"] == IMAGE
    environment = {one["name"]: one["value"] for one in container["environment"]}
    assert environment["LANDLINE_SERVICE"] == "logging"
    assert environment["LANDLINE_PORTS"] == "443"
    assert environment["LANDLINE_STREAM"].startswith("hub-logging-stream")


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
        for one in hub.of(token):
            assert one.protect is (not one.name.startswith("hub-network")), one.name
    for balancer in hub.of("LoadBalancer"):
        assert balancer.inputs["enableDeletionProtection"] is True


def test_a_repository_is_found_in_an_image() -> None:
    arn = "arn:aws:ecr:eu-west-1:111111111111:repository/landline/collector"

    assert repository_arn(IMAGE) == arn
    assert repository_arn(IMAGE.replace(":1", "@sha256:" + "0" * 64)) == arn
    with pytest.raises(ArgumentError, match=r"docker\.io/x:1 is in no private ECR registry"):
        repository_arn("docker.io/x:1")


def test_other_regions_are_served_by_every_service_across_zones() -> None:
    hub = deploy(lambda: Hub("hub", {**ARGS, "regions": ["eu-central-1"]}))

    for service in hub.of("VpcEndpointService"):
        assert service.inputs["supportedRegions"] == ["eu-west-1", "eu-central-1"]
    assert {one.inputs["enableCrossZoneLoadBalancing"] for one in hub.of("LoadBalancer")} == {True}


def test_the_last_other_region_is_taken_away_by_name(hub: Deployed) -> None:
    """The provider removes nothing that is left out, so an empty list says it."""
    emptied = deploy(lambda: Hub("hub", {**ARGS, "regions": []}))

    assert {tuple(one.inputs["supportedRegions"]) for one in emptied.of("VpcEndpointService")} == {
        ("eu-west-1",)
    }
    assert {one.inputs["enableCrossZoneLoadBalancing"] for one in emptied.of("LoadBalancer")} == {False}
    assert all("supportedRegions" not in one.inputs for one in hub.of("VpcEndpointService"))


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
