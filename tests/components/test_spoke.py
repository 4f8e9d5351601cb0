import pytest

from components import Access, ArgumentError, Spoke, SpokeArgs
from components.zones import UNREACHED, reaching_zones, shared_zones
from landline.sandbox import handshake
from landline.settings import regions
from tests.components.recorder import Deployed, deploy

ARGS: SpokeArgs = {
    "account": "222222222222",
    "region": "eu-west-1",
    "organization": "o-a1b2c3d4e5",
    "hub": "hub",
    "cidr": "10.40.0.0/20",
    "zones": ["euw1-az1", "euw1-az2"],
    "lines": {
        "logging": {"service_name": "svc-logging", "ports": [443, 4318], "zones": ["euw1-az1", "euw1-az2"]},
        "security": {"service_name": "svc-security", "ports": [443], "zones": ["euw1-az2", "euw1-az3"]},
    },
    "aws_services": ["s3", "kms"],
}


@pytest.fixture(scope="module")
def spoke() -> Deployed:
    return deploy(lambda: Spoke("payments", ARGS))


def test_lines_are_laid_in_the_zones_that_both_have(spoke: Deployed) -> None:
    logging, security = (
        spoke.one("VpcEndpoint", f"payments-{service}").inputs for service in ("logging", "security")
    )

    second = spoke.ids[spoke.one("Subnet", "payments-network-subnet-euw1-az2").urn]
    assert logging["serviceName"] == "svc-logging"
    assert len(logging["subnetIds"]) == 2
    assert security["subnetIds"] == [second]


def test_lines_have_no_policy_and_no_name_of_the_services_own(spoke: Deployed) -> None:
    for service in ARGS["lines"]:
        line = spoke.one("VpcEndpoint", f"payments-{service}").inputs
        assert line["vpcEndpointType"] == "Interface"
        assert line["privateDnsEnabled"] is False
        assert "policy" not in line
        assert len(line["securityGroupIds"]) == 1


def test_local_names_lead_to_the_spokes_own_endpoints(spoke: Deployed) -> None:
    zone = spoke.one("Zone").inputs
    records = {one.inputs["name"]: one.inputs["aliases"][0]["name"] for one in spoke.of("Record")}

    assert zone["name"] == "hub.landline.internal"
    assert [vpc["vpcRegion"] for vpc in zone["vpcs"]] == ["eu-west-1"]
    assert set(records) == {"logging.hub.landline.internal", "security.hub.landline.internal"}
    assert len(set(records.values())) == 2
    allowed = spoke.one("ResolverFirewallDomainList", "payments-network-dns-allowed").inputs["domains"]
    assert "*.hub.landline.internal" in allowed


def test_clients_and_endpoints_admit_each_other_alone(spoke: Deployed) -> None:
    clients = spoke.ids[spoke.one("SecurityGroup", "payments-clients").urn]
    endpoints = spoke.ids[spoke.one("SecurityGroup", "payments-endpoints").urn]
    ingress = [one.inputs for one in spoke.of("SecurityGroupIngressRule")]
    egress = [one.inputs for one in spoke.of("SecurityGroupEgressRule")]

    assert {rule["referencedSecurityGroupId"] for rule in ingress} == {clients}
    assert {rule["securityGroupId"] for rule in egress} == {clients}
    assert {rule["fromPort"] for rule in ingress if rule["securityGroupId"] == endpoints} == {443, 4318}
    assert {rule["fromPort"] for rule in egress if rule.get("referencedSecurityGroupId") == endpoints} == {
        443,
        4318,
    }
    assert all(rule["fromPort"] == rule["toPort"] for rule in (*ingress, *egress))
    assert not [rule for rule in (*ingress, *egress) if "cidrIpv4" in rule]


def test_what_is_asked_of_a_service_is_in_its_policy_and_its_names_resolve() -> None:
    access: dict[str, Access] = {
        "s3": {"resources": ["arn:aws:s3:::payments-data"], "aws_owned": ["amazon-linux"]}
    }
    spoke = deploy(lambda: Spoke("payments", {**ARGS, "lines": {}, "aws_access": access}))
    policies = {one.name: one.inputs["policy"] for one in spoke.of("VpcEndpoint")}
    allowed = {domain for one in spoke.of("ResolverFirewallDomainList") for domain in one.inputs["domains"]}

    assert "arn:aws:s3:::payments-data/*" in policies["payments-aws-s3"]
    assert "al2023-repos-eu-west-1-de612dc2" in policies["payments-aws-s3"]
    assert "payments-data" not in policies["payments-aws-kms"]
    assert "*.s3.dualstack.eu-west-1.amazonaws.com" in allowed


def test_a_spoke_without_services_is_just_isolated() -> None:
    spoke = deploy(lambda: Spoke("payments", {**ARGS, "lines": {}, "aws_services": []}))

    assert not spoke.of("VpcEndpoint")
    assert not spoke.of("Zone")
    assert not spoke.of("SecurityGroupEgressRule")


def test_no_shared_zone_is_refused() -> None:
    offered = ARGS["lines"]["security"]["zones"]

    assert shared_zones("security", ["euw1-az3", "euw1-az1"], offered) == ("euw1-az3",)
    with pytest.raises(ArgumentError, match=r"euw1-az1 shares no zone with the service security.*euw1-az2"):
        shared_zones("security", ["euw1-az1"], offered)


@pytest.fixture(scope="module")
def remote() -> Deployed:
    lines = {name: {**line, "service_region": "us-east-1"} for name, line in ARGS["lines"].items()}
    return deploy(
        lambda: Spoke(
            "payments",
            {**ARGS, "lines": lines, "region": "us-west-1", "zones": ["usw1-az1", "usw1-az2", "usw1-az3"]},  # type: ignore[typeddict-item] # the same keys, and one more
        )
    )


def test_lines_to_another_region_name_it_and_lie_in_every_zone_that_reaches_it(remote: Deployed) -> None:
    reaching = {
        remote.ids[remote.one("Subnet", f"payments-network-subnet-{zone}").urn]
        for zone in ("usw1-az1", "usw1-az3")
    }

    for service in ARGS["lines"]:
        line = remote.one("VpcEndpoint", f"payments-{service}").inputs
        assert line["serviceRegion"] == "us-east-1"
        assert set(line["subnetIds"]) == reaching
    aws = remote.one("VpcEndpoint", "payments-aws-kms").inputs
    assert "serviceRegion" not in aws
    assert len(aws["subnetIds"]) == 3


def test_the_names_of_endpoints_to_another_region_resolve(remote: Deployed, spoke: Deployed) -> None:
    allowed = remote.one("ResolverFirewallDomainList", "payments-network-dns-allowed").inputs["domains"]

    assert {"*.us-west-1.vpce.amazonaws.com", "*.us-east-1.vpce.amazonaws.com"} <= set(allowed)
    own = spoke.one("ResolverFirewallDomainList", "payments-network-dns-allowed").inputs["domains"]
    assert [name for name in own if ".vpce." in name] == ["*.eu-west-1.vpce.amazonaws.com"]


def test_zones_without_access_to_other_regions_are_refused() -> None:
    assert reaching_zones("logging", ["use1-az3", "use1-az1"], "eu-west-1") == ("use1-az1",)
    with pytest.raises(ArgumentError, match=r"from use1-az3 AWS reaches no other Region.*logging.*eu-west-1"):
        reaching_zones("logging", ["use1-az3"], "eu-west-1")


def test_all_know_the_same_zones_without_access_to_other_regions() -> None:
    assert UNREACHED == regions.UNREACHED_ZONES == handshake.UNREACHED_ZONES


def test_a_services_own_name_leads_to_the_endpoint_and_resolves() -> None:
    named = {**ARGS["lines"]["logging"], "private_dns_name": "logging.example.com"}
    lines = {"logging": named, "security": ARGS["lines"]["security"]}
    spoke = deploy(lambda: Spoke("payments", {**ARGS, "lines": lines}))  # type: ignore[typeddict-item] # as above

    assert spoke.one("VpcEndpoint", "payments-logging").inputs["privateDnsEnabled"] is True
    assert spoke.one("VpcEndpoint", "payments-security").inputs["privateDnsEnabled"] is False
    allowed = spoke.one("ResolverFirewallDomainList", "payments-network-dns-allowed").inputs["domains"]
    assert "logging.example.com" in allowed
    assert {one.inputs["name"] for one in spoke.of("Record")} == {
        "logging.hub.landline.internal",
        "security.hub.landline.internal",
    }, "the local names stay"
