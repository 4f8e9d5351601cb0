"""The isolated network and what filters its names."""

from typing import Any

import pytest

from components import PrivateNetwork, PrivateNetworkArgs
from components.flow_log_fields import FIELDS
from components.flow_queries import QUERIES
from tests.components.recorder import Deployed, deploy

ARGS: PrivateNetworkArgs = {
    "cidr": "10.40.0.0/20",
    "zones": ["euw1-az1", "euw1-az2", "euw1-az3"],
    "account": "222222222222",
    "region": "eu-west-1",
    "allowed_domains": ["kms.eu-west-1.amazonaws.com"],
    "gateway_endpoints": True,
}


@pytest.fixture(scope="module")
def network() -> Deployed:
    return deploy(lambda: PrivateNetwork("net", ARGS))


def test_names_of_endpoints_can_resolve(network: Deployed) -> None:
    vpc = network.one("Vpc").inputs

    assert vpc["enableDnsSupport"] is True
    assert vpc["enableDnsHostnames"] is True


def test_nothing_gets_a_public_or_ipv6_address(network: Deployed) -> None:
    assert len(network.of("Subnet")) == 3
    for subnet in network.of("Subnet"):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
        assert subnet.inputs["assignIpv6AddressOnCreation"] is False
    assert not [key for one in network for key in one.inputs if "ipv6" in key.lower() and one.inputs[key]]


def test_each_zone_has_a_subnet_by_id_and_a_table_of_its_own(network: Deployed) -> None:
    assert [subnet.inputs["availabilityZoneId"] for subnet in network.of("Subnet")] == list(ARGS["zones"])
    associations = network.of("RouteTableAssociation")
    assert len({one.inputs["subnetId"] for one in associations}) == 3
    assert len({one.inputs["routeTableId"] for one in associations}) == 3


def test_no_route_is_declared(network: Deployed) -> None:
    assert not network.of("Route")
    for table in network.of("RouteTable"):
        assert not table.inputs.get("routes")
        assert not table.inputs.get("propagatingVgws")


def test_what_aws_makes_along_is_adopted_and_emptied(network: Deployed) -> None:
    assert network.one("DefaultRouteTable").inputs["routes"] == []
    assert network.one("DefaultRouteTable").inputs["defaultRouteTableId"].startswith("rtb-")
    assert network.one("DefaultNetworkAcl").inputs["defaultNetworkAclId"].startswith("acl-")
    for token in ("DefaultSecurityGroup", "DefaultNetworkAcl"):
        assert not {"ingress", "egress"} & set(network.one(token).inputs)
    assert network.one("DefaultSecurityGroup").inputs["vpcId"].startswith("vpc-")


def entries(network: Deployed, way: str) -> list[tuple[Any, ...]]:
    return [
        (one["ruleNo"], one["action"], one["protocol"], one["cidrBlock"], one["fromPort"], one["toPort"])
        for one in network.one("NetworkAcl").inputs[way]
    ]


def test_the_network_acl_lets_through_the_network_and_answers_of_gateway_endpoints(network: Deployed) -> None:
    inside = (100, "allow", "-1", "10.40.0.0/20", 0, 0)

    assert entries(network, "egress") == [inside, (110, "allow", "6", "0.0.0.0/0", 443, 443)]
    assert entries(network, "ingress") == [inside, (110, "allow", "6", "0.0.0.0/0", 1024, 65535)]
    assert len(network.one("NetworkAcl").inputs["subnetIds"]) == 3


def test_without_gateway_endpoints_the_network_acl_admits_the_network_alone() -> None:
    closed = deploy(lambda: PrivateNetwork("net", {**ARGS, "gateway_endpoints": False}))

    for way in ("ingress", "egress"):
        assert entries(closed, way) == [(100, "allow", "-1", "10.40.0.0/20", 0, 0)]


def test_the_resolver_answers_the_list_and_blocks_the_rest_even_when_it_fails(network: Deployed) -> None:
    lists = {one.name: one.inputs["domains"] for one in network.of("ResolverFirewallDomainList")}
    rules = sorted(network.of("ResolverFirewallRule"), key=lambda rule: rule.inputs["priority"])

    assert lists == {"net-dns-allowed": ["kms.eu-west-1.amazonaws.com"], "net-dns-everything": ["*"]}
    assert [rule.inputs["action"] for rule in rules] == ["ALLOW", "BLOCK"]
    for rule, name in zip(rules, ("net-dns-allowed", "net-dns-everything"), strict=True):
        made = network.one("ResolverFirewallDomainList", name)
        assert rule.inputs["firewallDomainListId"] == network.ids[made.urn]
    assert network.one("ResolverFirewallConfig").inputs["firewallFailOpen"] == "DISABLED"


def test_the_resolver_is_filtered_only_once_its_rules_are_there(network: Deployed) -> None:
    association = network.one("ResolverFirewallRuleGroupAssociation")

    assert association.inputs["vpcId"].startswith("vpc-")
    assert association.inputs["priority"] > 100
    assert {rule.urn for rule in network.of("ResolverFirewallRule")} <= association.dependencies


def test_all_traffic_is_logged_under_a_key(network: Deployed) -> None:
    log = network.one("FlowLog").inputs

    assert log["trafficType"] == "ALL"
    assert {"${traffic-path}", "${flow-direction}", "${reject-reason}"} <= set(log["logFormat"].split())
    assert len(network.of("LogGroup")) == 2
    for group in network.of("LogGroup"):
        assert group.inputs["kmsKeyId"].startswith("arn:")
        assert group.inputs["retentionInDays"] == 400
    assert "logs.eu-west-1.amazonaws.com" in network.one("Key").inputs["policy"]
    assert network.one("Key").inputs["enableKeyRotation"] is True


def test_the_flow_log_holds_what_is_in_the_table_and_the_saved_queries_read_its_group(
    network: Deployed,
) -> None:
    log = network.one("FlowLog").inputs

    assert log["logFormat"] == " ".join(f"${{{field}}}" for field in FIELDS)
    queries = network.of("QueryDefinition")
    assert {one.inputs["name"]: one.inputs["queryString"] for one in queries} == {
        f"net-flows/{title}": text for title, text in QUERIES.items()
    }
    assert {tuple(one.inputs["logGroupNames"]) for one in queries} == {
        (network.one("LogGroup", "net-flows-records").name,)
    } or all(len(one.inputs["logGroupNames"]) == 1 for one in queries)


def test_the_resolvers_queries_are_logged_as_long_as_the_flows() -> None:
    kept = deploy(lambda: PrivateNetwork("net", {**ARGS, "log_retention_days": 90}))
    config, association = (kept.one(f"ResolverQueryLogConfig{kind}") for kind in ("", "Association"))

    assert [one.inputs["retentionInDays"] for one in kept.of("LogGroup")] == [90, 90]
    assert config.inputs["destinationArn"].startswith("arn:")
    assert config.urn in association.dependencies
    assert association.inputs["resourceId"].startswith("vpc-")


def test_a_zone_appended_changes_no_other_subnet(network: Deployed) -> None:
    larger = deploy(lambda: PrivateNetwork("net", {**ARGS, "zones": [*ARGS["zones"], "euw1-az4"]}))

    before, after = (
        {one.name: one.inputs["cidrBlock"] for one in which.of("Subnet")} for which in (network, larger)
    )
    assert before.items() < after.items()
