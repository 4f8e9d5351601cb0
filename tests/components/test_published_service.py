import pytest
from pulumi.output import contains_unknowns

from components import PublishedService, PublishedServiceArgs
from components.errors import ArgumentError
from components.private_name import proof_of
from tests.components.recorder import Deployed, deploy

ARGS: PublishedServiceArgs = {
    "service": "logging",
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "ports": [{"port": 443, "target_port": 8443}, {"port": 4318, "target_port": 4318}],
    "acceptance_required": True,
    "target_type": "ip",
    "proxy_protocol": True,
}


@pytest.fixture(scope="module")
def service() -> Deployed:
    return deploy(lambda: PublishedService("hub-logging", ARGS))


def test_the_load_balancer_is_internal_and_filtered_from_the_start(service: Deployed) -> None:
    balancer = service.one("LoadBalancer").inputs

    assert balancer["internal"] is True
    assert balancer["loadBalancerType"] == "network"
    assert len(balancer["securityGroups"]) == 1
    assert balancer["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"


def test_its_security_group_lets_nobody_in(service: Deployed) -> None:
    assert not service.of("SecurityGroupIngressRule")
    assert not {"ingress", "egress"} & set(service.one("SecurityGroup").inputs)


def test_the_endpoint_service_is_closed_and_found_by_name(service: Deployed) -> None:
    endpoint_service = service.one("VpcEndpointService").inputs

    assert endpoint_service["acceptanceRequired"] is True
    assert "allowedPrincipals" not in endpoint_service
    assert endpoint_service["tags"] == {"Name": "logging"}
    assert endpoint_service["supportedIpAddressTypes"] == ["ipv4"]


def test_each_port_has_its_listener_and_target_group(service: Deployed) -> None:
    assert {(one.inputs["port"], one.inputs["protocol"]) for one in service.of("Listener")} == {
        (443, "TCP"),
        (4318, "TCP"),
    }
    groups = {one.inputs["port"]: one.inputs for one in service.of("TargetGroup")}
    assert set(groups) == {8443, 4318}
    for group in groups.values():
        assert group["proxyProtocolV2"] is True
        assert group["preserveClientIp"] == "false"
        assert group["healthCheck"]["protocol"] == "TCP"


def test_a_certificate_makes_tls_listeners_with_a_current_policy() -> None:
    service = deploy(
        lambda: PublishedService(
            "hub-logging", {**ARGS, "certificate_arn": "arn:aws:acm:eu-west-1:1:certificate/1"}
        )
    )

    assert {one.inputs["protocol"] for one in service.of("Listener")} == {"TLS"}
    for listener in service.of("Listener"):
        assert listener.inputs["certificateArn"].startswith("arn:aws:acm")
        assert listener.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")


def test_an_alb_keeps_the_attributes_that_aws_locks() -> None:
    service = deploy(lambda: PublishedService("hub-web", {**ARGS, "target_type": "alb"}))

    groups = [group.inputs for group in service.of("TargetGroup")]
    assert {group["healthCheck"]["protocol"] for group in groups} == {"HTTP"}
    assert not [group for group in groups if {"proxyProtocolV2", "preserveClientIp"} & set(group)]


def test_long_names_leave_room_for_the_providers_suffix() -> None:
    service = deploy(lambda: PublishedService("platform-hub-secrets-vending-machine", ARGS))

    for token in ("LoadBalancer", "TargetGroup"):
        assert max(len(one.name) for one in service.of(token)) <= 24


@pytest.mark.parametrize("name", ["logging.example.com", "*.logging.example.com"])
def test_a_name_of_its_own_is_proven_in_the_public_zone_before_anybody_uses_it(name: str) -> None:
    service = deploy(
        lambda: PublishedService(
            "hub-logging", {**ARGS, "private_name": {"name": name, "zone_id": "Z0PUBLIC"}}
        )
    )
    proof = service.one("Record")
    verification = service.one("EndpointServicePrivateDnsVerification")

    assert service.one("VpcEndpointService").inputs["privateDnsName"] == name
    assert proof.inputs["name"].startswith("_")
    assert proof.inputs["name"].endswith(".logging.example.com")
    assert "*" not in proof.inputs["name"]
    assert (proof.inputs["zoneId"], proof.inputs["type"], proof.inputs["records"]) == (
        "Z0PUBLIC",
        "TXT",
        ["vpce:Abc"],
    )
    assert verification.inputs["waitForVerification"] is True
    assert proof.urn in verification.dependencies


def test_without_a_name_of_its_own_there_is_nothing_to_prove(service: Deployed) -> None:
    assert not service.of("Record")
    assert not service.of("EndpointServicePrivateDnsVerification")
    assert "privateDnsName" not in service.one("VpcEndpointService").inputs


def test_a_preview_of_a_name_that_comes_later_does_not_know_its_proof_yet() -> None:
    asked = {"name": "_abc", "value": "vpce:xyz"}
    assert proof_of([asked], preview=True) is asked
    assert contains_unknowns(proof_of([], preview=True))
    with pytest.raises(ArgumentError, match="AWS asks for no record"):
        proof_of([], preview=False)
