"""The policy pack: each rule fires and stays quiet, what the stacks declare passes, and the pack serves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from guardrails.rules import RULES
from landline.sandbox.wire import to_struct
from tests.program.estate import deploy_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardrails.rule import Rule

PACK = Path(__file__).parent.parent.parent / "platform" / "guardrails"
BY_NAME = {rule.name: rule for rule in RULES}

S3 = "com.amazonaws.eu-west-1.s3"
HUBS = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
WHO = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
CLOSED = {"Statement": [WHO | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}]}
OPEN = {"Statement": WHO | {"Principal": {"AWS": "*"}, "Resource": ["*"]}}
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
BLOCKED: dict[str, Any] = dict.fromkeys(BLOCKS, True)

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
BLOCK = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
EXCLUSION = "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
BUCKET = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"

Sample = tuple[str, str, dict[str, Any]]
"""A rule, a resource's type and its inputs."""

FIRES: list[Sample] = [
    *(
        (name, token, {})
        for name, tokens in {
            "no-way-to-the-internet": (
                "aws:ec2/internetGateway:InternetGateway",
                "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
                "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
                "aws:ec2/natGateway:NatGateway",
                "aws:ec2/eip:Eip",
                "aws:ec2/eipAssociation:EipAssociation",
                "aws:ec2/carrierGateway:CarrierGateway",
            ),
            "no-ipv6-association": ("aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation",),
            "no-front-door": (
                "aws:globalaccelerator/accelerator:Accelerator",
                "aws:cloudfront/vpcOrigin:VpcOrigin",
                "aws:apigateway/vpcLink:VpcLink",
                "aws:apigatewayv2/vpcLink:VpcLink",
            ),
            "no-links-between-networks": (
                "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
                "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
                "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
                "aws:networkmanager/vpcAttachment:VpcAttachment",
                "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation",
                "aws:vpclattice/resourceGateway:ResourceGateway",
            ),
            "no-external-networks": (
                "aws:ec2/vpnGateway:VpnGateway",
                "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
                "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
                "aws:ec2/vpnConnection:VpnConnection",
                "aws:directconnect/gateway:Gateway",
                "aws:ec2/localGatewayRouteTableVpcAssociation:LocalGatewayRouteTableVpcAssociation",
                "aws:vpc/routeServerVpcAssociation:RouteServerVpcAssociation",
                "aws:ec2/trafficMirrorSession:TrafficMirrorSession",
            ),
            "no-remote-access": (
                "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
                "aws:ec2clientvpn/endpoint:Endpoint",
                "aws:verifiedaccess/endpoint:Endpoint",
                "aws:ec2/networkInterfacePermission:NetworkInterfacePermission",
            ),
            "no-block-public-access-exclusion": (EXCLUSION,),
            "internal-load-balancers": (BALANCER, "aws:alb/loadBalancer:LoadBalancer"),
            "block-public-access": (BLOCK,),
            "no-public-buckets": (BUCKET, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"),
        }.items()
        for token in tokens
    ),
    ("no-routes-out-of-the-vpc", "aws:ec2/route:Route", {"gatewayId": "igw-1"}),
    (
        "no-routes-out-of-the-vpc",
        "aws:ec2/route:Route",
        {"destinationPrefixListId": "pl", "natGatewayId": "n"},
    ),
    (
        "no-routes-out-of-the-vpc",
        "aws:ec2/routeTable:RouteTable",
        {"routes": [{}, {"transitGatewayId": "t"}]},
    ),
    ("no-public-addresses", "aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": True}),
    ("no-public-addresses", "aws:ec2/instance:Instance", {"associatePublicIpAddress": True}),
    ("no-public-addresses", TEMPLATE, {"networkInterfaces": [{"associatePublicIpAddress": "true"}]}),
    ("no-public-addresses", "aws:ecs/service:Service", {"networkConfiguration": {"assignPublicIp": True}}),
    ("no-ipv6", "aws:ec2/vpc:Vpc", {"assignGeneratedIpv6CidrBlock": True}),
    ("no-ipv6", "aws:ec2/subnet:Subnet", {"ipv6CidrBlock": "2001:db8::/64"}),
    ("internal-load-balancers", BALANCER, {"internal": False}),
    ("no-open-service", SERVICE, {"allowedPrincipals": ["arn:aws:iam::222222222222:root", "*"]}),
    ("no-open-service", PRINCIPAL, {"principalArn": "*"}),
    ("no-foreign-service", ENDPOINT, {"serviceName": f"{HUBS}2"}),
    ("no-foreign-service", ENDPOINT, {"serviceName": "com.example.logs"}),
    ("no-foreign-service", ENDPOINT, {"serviceNetworkArn": "arn"}),
    ("no-foreign-service", ENDPOINT, {"resourceConfigurationArn": "arn"}),
    ("closed-endpoint-policy", ENDPOINT, {"serviceName": S3}),
    ("closed-endpoint-policy", ENDPOINT, {"serviceName": S3, "policy": OPEN}),
    ("closed-endpoint-policy", ENDPOINT, {"serviceName": S3, "policy": json.dumps(OPEN)}),
    ("block-public-access", BLOCK, {"internetGatewayBlockMode": "block-ingress"}),
    ("block-public-access", BLOCK, {"internetGatewayBlockMode": "off"}),
    ("no-public-buckets", BUCKET, BLOCKED | {"blockPublicPolicy": False}),
    ("flow-logs-of-all-traffic", FLOW_LOG, {"vpcId": "vpc-1", "trafficType": "REJECT"}),
    ("flow-logs-of-all-traffic", FLOW_LOG, {"subnetId": "subnet-1"}),
]

QUIET: list[Sample] = [
    ("no-way-to-the-internet", "aws:ec2/vpc:Vpc", {}),
    ("no-routes-out-of-the-vpc", "aws:ec2/route:Route", {"gatewayId": "local"}),
    ("no-routes-out-of-the-vpc", "aws:ec2/routeTable:RouteTable", {"routes": []}),
    ("no-routes-out-of-the-vpc", "aws:ec2/routeTableAssociation:RouteTableAssociation", {"gatewayId": "g"}),
    ("no-public-addresses", "aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": False}),
    ("no-public-addresses", "aws:ecs/service:Service", {"networkConfiguration": {"assignPublicIp": False}}),
    ("no-public-addresses", TEMPLATE, {"networkInterfaces": [{"associatePublicIpAddress": "false"}]}),
    ("no-ipv6", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "assignGeneratedIpv6CidrBlock": False}),
    ("no-ipv6-association", "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", {}),
    ("no-front-door", "aws:cloudfront/function:Function", {}),
    ("internal-load-balancers", BALANCER, {"internal": True}),
    (
        "no-links-between-networks",
        "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
        {},
    ),
    ("no-external-networks", ENDPOINT, {}),
    ("no-remote-access", "aws:ec2/networkInterface:NetworkInterface", {}),
    ("no-open-service", SERVICE, {"allowedPrincipals": ["arn:aws:iam::222222222222:root"]}),
    ("no-foreign-service", ENDPOINT, {"serviceName": HUBS}),
    ("no-foreign-service", ENDPOINT, {"serviceName": S3}),
    ("closed-endpoint-policy", ENDPOINT, {"serviceName": S3, "policy": CLOSED}),
    ("closed-endpoint-policy", ENDPOINT, {"serviceName": HUBS}),
    ("block-public-access", BLOCK, {"internetGatewayBlockMode": "block-bidirectional"}),
    ("no-block-public-access-exclusion", "aws:ec2/vpc:Vpc", {}),
    ("no-public-buckets", BUCKET, BLOCKED),
    ("flow-logs-of-all-traffic", FLOW_LOG, {"vpcId": "vpc-1", "trafficType": "ALL"}),
    ("flow-logs-of-all-traffic", FLOW_LOG, {"eniId": "eni-1", "trafficType": "REJECT"}),
]

CONFIG = {"services": [HUBS]}


@pytest.mark.parametrize(("name", "token", "inputs"), FIRES)
def test_a_rule_fires(name: str, token: str, inputs: dict[str, Any]) -> None:
    messages = BY_NAME[name].violations(token, inputs, CONFIG)

    assert messages
    assert all(message.startswith(f"{token}: ") for message in messages)


@pytest.mark.parametrize(("name", "token", "inputs"), QUIET)
def test_a_rule_stays_quiet(name: str, token: str, inputs: dict[str, Any]) -> None:
    assert BY_NAME[name].violations(token, inputs, CONFIG) == ()


def test_every_rule_is_tried_both_ways_and_says_what_to_do() -> None:
    assert {name for name, *_ in FIRES} == {name for name, *_ in QUIET} == set(BY_NAME)
    assert len(BY_NAME) == len(RULES)
    for rule in RULES:
        assert rule.description.endswith(".")
        assert rule.remediation


def test_without_configuration_no_endpoint_service_is_foreign() -> None:
    assert BY_NAME["no-foreign-service"].violations(ENDPOINT, {"serviceName": HUBS}) == ()


def judges(rule: Rule, token: str) -> bool:
    return re.fullmatch(rf"(?:{rule.tokens}):\w+", token) is not None


def test_what_the_stacks_declare_passes_and_is_judged() -> None:
    declared = [one for deployed in deploy_all().values() for one in deployed if one.custom]
    found = [
        message for one in declared for rule in RULES for message in rule.violations(one.token, one.inputs)
    ]

    assert found == []
    judged = {rule.name for rule in RULES if any(judges(rule, one.token) for one in declared)}
    assert judged >= {
        "internal-load-balancers",
        "no-routes-out-of-the-vpc",
        "no-public-addresses",
        "no-ipv6",
        "no-open-service",
        "no-foreign-service",
        "closed-endpoint-policy",
        "block-public-access",
        "no-public-buckets",
        "flow-logs-of-all-traffic",
    }


@pytest.fixture(scope="module")
def analyzer() -> Iterator[AnalyzerStub]:
    """The pack as a process of its own, as Pulumi's language host runs it."""
    process = subprocess.Popen(
        [sys.executable, "."], cwd=PACK, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield AnalyzerStub(channel)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_pack_serves_every_rule_with_its_documentation(analyzer: AnalyzerStub) -> None:
    info = analyzer.GetAnalyzerInfo(Empty(), timeout=60)

    assert info.name == "landline-guardrails"
    served = {policy.name: policy for policy in info.policies}
    assert served.keys() == BY_NAME.keys()
    for name, policy in served.items():
        assert policy.description == BY_NAME[name].description
        assert policy.remediation_steps == BY_NAME[name].remediation
        severity = analyzer_pb2.PolicySeverity.Name(policy.severity)
        assert severity.lower().endswith(BY_NAME[name].severity)
        assert policy.enforcementLevel == analyzer_pb2.MANDATORY


def analyzed(analyzer: AnalyzerStub, token: str, **inputs: object) -> dict[str, str]:
    request = analyzer_pb2.AnalyzeRequest(
        type=token, urn=f"urn:pulumi:s::p::{token}::x", name="x", properties=to_struct(inputs)
    )
    answer = analyzer.Analyze(request, timeout=60)
    return {found.policyName: found.message for found in answer.diagnostics}


def test_the_pack_refuses_and_lets_pass(analyzer: AnalyzerStub) -> None:
    subnet = "aws:ec2/subnet:Subnet"
    found = analyzed(analyzer, subnet, mapPublicIpOnLaunch=True, ipv6CidrBlock="2001:db8::/64")

    assert found.keys() == {"no-public-addresses", "no-ipv6"}
    assert "mapPublicIpOnLaunch is set. Set it to false" in found["no-public-addresses"]
    assert analyzed(analyzer, subnet, cidrBlock="10.0.0.0/24") == {}


def test_the_pack_does_not_decide_on_what_a_preview_does_not_know(analyzer: AnalyzerStub) -> None:
    unknown = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"  # pulumi_policy.proxy.UNKNOWN_BOOLEAN_VALUE
    found = analyzed(analyzer, BALANCER, internal=unknown)

    assert "can't be known during preview" in found["internal-load-balancers"]
