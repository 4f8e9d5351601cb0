"""Each oddity is found where it is, and not where it is not."""

import json
from typing import Any

import pytest

from landline.proof.policy import lint
from landline.proof.policy.lint import CODES

ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
IN_ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}}
S3 = "com.amazonaws.eu-west-1.s3"


def codes(*statements: dict[str, Any], service: str = S3, kind: str = "Interface") -> set[str]:
    text = json.dumps({"Version": "2012-10-17", "Statement": [*statements]})
    found = lint(text, service, kind)
    assert all(item.code in CODES and item.message for item in found)
    return {item.code for item in found}


def when(operator: str, key: str, value: object) -> dict[str, Any]:
    return {**ALLOW, "Condition": {operator: {key: value}}}


def test_a_good_policy_has_none() -> None:
    assert codes({**ALLOW, "Condition": IN_ORG}) == set()
    assert lint(None, S3) == ()


ODD = {
    "allows-nothing": {**ALLOW, "Effect": "Deny"},
    "wildcard-as-text": when("StringEquals", "aws:PrincipalTag/team", "payments-*"),
    "wildcard-on-system-id": when("StringLike", "aws:PrincipalAccount", "111111111*"),
    "number-on-system-id": when("NumericEquals", "aws:PrincipalAccount", "111111111111"),
    "short-wildcard": when("StringLike", "aws:PrincipalTag/team", "pay*"),
    "mixed-account": {**ALLOW, "Resource": "arn:aws:kms:eu-west-1:1111*:key/*"},
    "missing-key-passes": when("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    "no-set-operator": when("StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"),
    "source-ip": when("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
}


@pytest.mark.parametrize(("code", "statement"), ODD.items(), ids=ODD)
def test_odd_statements(code: str, statement: dict[str, Any]) -> None:
    assert code in codes(statement)


NEVER = {
    "two different single values": {
        "StringEquals": {"aws:PrincipalTag/a": "x"},
        "StringLike": {"aws:PrincipalTag/a": "y*"},
    },
    "another partition": {"ArnLike": {"aws:PrincipalArn": "arn:aws-cn:iam::*:role/long-name"}},
    "an organisation's id with a wildcard": {"StringEquals": {"aws:PrincipalOrgID": "o-*"}},
    "eleven digits": {"StringEquals": {"aws:PrincipalAccount": "11111111111"}},
    "SourceIp": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    "present and missing": {"StringEquals": {"a:b": "c"}, "Null": {"a:b": "true"}},
}


@pytest.mark.parametrize("condition", NEVER.values(), ids=NEVER)
def test_statements_that_never_match(condition: dict[str, Any]) -> None:
    assert "never-matches" in codes({**ALLOW, "Condition": condition}, {**ALLOW, "Condition": IN_ORG})


def test_a_statement_for_another_service_never_matches() -> None:
    assert "never-matches" in codes({**ALLOW, "Action": "kms:*"})
    assert "never-matches" not in codes({**ALLOW, "Action": "kms:*"}, service="com.amazonaws.eu-west-1.kms")


def test_the_partition_is_that_of_the_service() -> None:
    statement = {**ALLOW, "Resource": "arn:aws-cn:kms:cn-north-1:111111111111:key/*"}
    assert "never-matches" in codes(statement, service="com.amazonaws.eu-west-1.kms")
    assert "never-matches" not in codes(statement, service="cn.com.amazonaws.cn-north-1.kms")
    assert "never-matches" not in codes(statement, service="kms")


def test_null_makes_for_all_values_safe() -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}
    assert "missing-key-passes" not in codes({**ALLOW, "Condition": condition})


def test_an_account_is_the_root_user_at_a_gateway_endpoint_only() -> None:
    statement = {**ALLOW, "Principal": {"AWS": "111111111111"}}
    assert "root-only" in codes(statement, kind="Gateway")
    assert "root-only" not in codes(statement)


def test_length_counts_white_space() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**ALLOW, "Condition": IN_ORG}]})
    assert lint(text.ljust(20_480), S3) == ()
    assert [item.code for item in lint(text.ljust(20_481), S3)] == ["too-long"]


def test_custom_services_and_malformed_texts() -> None:
    service = "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d"
    assert {item.code for item in lint("{", service)} == {"takes-no-policy", "malformed"}
