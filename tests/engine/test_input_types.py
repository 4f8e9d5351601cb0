"""What pulumi_aws says of inputs: each kind of mistake is found and named."""

from __future__ import annotations

from typing import Any

import pytest

from landline.sandbox.input_types import Mistake, mistakes, output_names, resource_class
from landline.sandbox.unknown import UNKNOWN

TYPES = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:ec2/vpcEndpointService:VpcEndpointService",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:route53/record:Record",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
)

ENDPOINT = {
    "vpcId": "vpc-1",
    "serviceName": "com.amazonaws.eu-west-1.kms",
    "subnetIds": ["subnet-1", UNKNOWN],
}


@pytest.mark.parametrize("token", TYPES)
def test_every_type_is_known_and_an_unknown_input_is_named(token: str) -> None:
    assert resource_class(token) is not None
    assert "nonsense" in {found.path for found in mistakes(token, {"nonsense": 1})}


def test_right_inputs_are_quiet_and_unknown_values_pass() -> None:
    options = {"dnsRecordIpType": "ipv4"}
    assert (
        mistakes("aws:ec2/vpcEndpoint:VpcEndpoint", ENDPOINT | {"dnsOptions": options, "tags": UNKNOWN}) == ()
    )


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"privateDnsEnabled": "true"}, "privateDnsEnabled", "must be true or false, not 'true'"),
        ({"subnetIds": "subnet-1"}, "subnetIds", "must be a list, not 'subnet-1'"),
        ({"subnetIds": ["subnet-1", 2]}, "subnetIds[1]", "must be a string, not 2"),
        ({"tags": ["a"]}, "tags", "must be an object, not ['a']"),
        ({"tags": {"a": 1}}, 'tags["a"]', "must be a string, not 1"),
        ({"dnsOptions": []}, "dnsOptions", "must be an object, not []"),
        (
            {"dnsOptions": {"dnsRecordIpTyp": "ipv4"}},
            "dnsOptions.dnsRecordIpTyp",
            "did you mean 'dnsRecordIpType'?",
        ),
        ({"vpcid": "vpc-1"}, "vpcid", "did you mean 'vpcId'?"),
    ],
)
def test_a_wrong_input_is_named_with_its_remedy(change: dict[str, Any], path: str, reason: str) -> None:
    (found,) = mistakes("aws:ec2/vpcEndpoint:VpcEndpoint", ENDPOINT | change)
    assert found.path == path
    assert reason in found.reason


def test_a_missing_required_input_is_named() -> None:
    without = {key: value for key, value in ENDPOINT.items() if key != "vpcId"}
    assert mistakes("aws:ec2/vpcEndpoint:VpcEndpoint", without) == (
        Mistake("vpcId", "required input 'vpcId' is missing"),
    )


def test_missing_inputs_of_nested_objects_are_named() -> None:
    listener = {"loadBalancerArn": "arn", "defaultActions": [{"targetGroupArn": "arn"}]}
    assert [found.path for found in mistakes("aws:lb/listener:Listener", listener)] == [
        "defaultActions[0].type"
    ]


def test_the_inputs_of_a_resource_are_not_those_of_a_nested_type_of_the_same_name() -> None:
    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    assert mistakes(token, {"bucket": "b", "rules": []}) == ()


def test_a_whole_number_is_no_boolean_and_no_fraction() -> None:
    group = {"port": True, "deregistrationDelay": 1.5}
    assert {found.path for found in mistakes("aws:lb/targetGroup:TargetGroup", group)} == set(group)


def test_a_union_takes_each_of_its_members() -> None:
    for policy in ("{}", {"Version": "2012-10-17", "Statement": []}):
        assert mistakes("aws:iam/role:Role", {"assumeRolePolicy": policy}) == ()
    assert mistakes("aws:iam/role:Role", {"assumeRolePolicy": 1})


def test_a_type_that_pulumi_aws_lacks_is_a_mistake() -> None:
    for token in ("aws:ec2/vpc:Vcp", "aws:ec3/vpc:Vpc", "nonsense"):
        assert token in mistakes(token, {})[0].reason
        assert output_names(token) == frozenset()
