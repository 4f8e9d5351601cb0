"""Policies with one key get one answer: names may be swapped, unless something looks into them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landline.proof.policy import Decision, Perimeter, decide, lint
from landline.proof.policy.alike import Alike

INSIDE = ("222222222222", "333333333333")
OUTSIDE = "999999999998"
PERIMETER = Perimeter("o-a1b2c3d4e5", frozenset(INSIDE), "aws")
S3 = "com.amazonaws.eu-west-1.s3"

ACCOUNTS = (*INSIDE, OUTSIDE)
NETWORKS = ("vpc-0a1b2c3d4e5f60718", "vpc-0f1b2c3d4e5f60718")
BUCKETS = ("team-logs", "prod-logs", "team-222222222222", "aws-ssm-eu-west-1")
RESOURCES = (
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::{bucket}",
    "arn:aws:s3:::{bucket}/*",
    "arn:aws:s3:::team-*",
    "arn:aws:s3:::{bucket}/{account}/*",
    "arn:aws:s3:eu-west-1:{account}:accesspoint/*",
    "arn:aws:s3:eu-west-1:222222222222:accesspoint/*",
    "arn:aws:s3:eu-west-1:2*:accesspoint/*",
)
CONDITIONS = (
    ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ("StringEquals", "aws:ResourceOrgID", "o-a1b2c3d4e5"),
    ("StringEquals", "aws:PrincipalAccount", "{account}"),
    ("StringEquals", "aws:ResourceAccount", "{account}"),
    ("StringEquals", "aws:ResourceAccount", "222222222222"),
    ("StringLike", "aws:PrincipalAccount", "2222*"),
    ("NumericLessThan", "aws:PrincipalAccount", "{account}"),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::{account}:role/*"),
    ("StringEquals", "aws:SourceVpc", "{network}"),
    ("StringLike", "aws:SourceVpc", "vpc-0a*"),
    ("StringNotEquals", "aws:SourceVpc", "vpc-0a1b2c3d4e5f60718"),
)
Statement = tuple[str, str, Sequence[tuple[str, str, str]]]

statements = st.tuples(
    st.sampled_from(("Allow", "Allow", "Deny")),
    st.sampled_from([RESOURCES[i] for i in (0, 1, 2, 3, 3, 3, 6, 6, 7)]),
    st.lists(
        st.sampled_from([CONDITIONS[i] for i in (0, 0, 1, 1, 2, 3, 4, 7, 8, 8, 10)]),
        min_size=1,
        max_size=4,
        unique_by=lambda item: item[:2],
    ),
)
accounts = st.sampled_from([INSIDE, INSIDE, INSIDE, (INSIDE[0], OUTSIDE)])
buckets = st.sampled_from([BUCKETS[:2], BUCKETS[:2], BUCKETS[1:3], BUCKETS[2:]])


def written(policy: Sequence[Statement], named: dict[str, str]) -> str:
    found: list[dict[str, Any]] = []
    for effect, resource, conditions in policy:
        tests: dict[str, dict[str, str]] = {}
        for operator, key, value in conditions:
            tests.setdefault(operator, {})[key] = value.format(**named)
        found.append(
            {
                "Effect": effect,
                "Principal": "*",
                "Action": "s3:Get*",
                "Resource": resource.format(**named),
                "Condition": tests,
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": found})


def dull(text: str) -> bool:
    return decide(text, PERIMETER, S3) == Decision("closed") and not lint(text, S3, "Gateway")


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(st.lists(statements, min_size=1, max_size=2), accounts, buckets)
def test_one_key_is_one_answer(
    policy: list[Statement], accounts: tuple[str, str], buckets: tuple[str, str]
) -> None:
    alike = Alike(INSIDE)
    one, other = (
        written(policy, {"account": account, "network": network, "bucket": bucket})
        for account, network, bucket in zip(accounts, NETWORKS, buckets, strict=True)
    )
    if one != other and alike.key(one) is not None and alike.key(one) == alike.key(other):
        assert dull(one) == dull(other)


def key(resource: str, condition: tuple[str, str, str], **named: str) -> str | None:
    named = {"account": INSIDE[0], "network": NETWORKS[0], "bucket": BUCKETS[0]} | named
    return Alike(INSIDE).key(written([("Allow", resource, [condition])], named))


@pytest.mark.parametrize(
    ("resource", "condition", "named"),
    [
        ("arn:aws:s3:::{bucket}/*", CONDITIONS[0], {"bucket": "prod"}),
        ("*", CONDITIONS[2], {"account": INSIDE[1]}),
        ("*", CONDITIONS[7], {"account": INSIDE[1]}),
        ("arn:aws:s3:eu-west-1:{account}:accesspoint/*", CONDITIONS[3], {"account": INSIDE[1]}),
        ("*", CONDITIONS[8], {"network": NETWORKS[1]}),
    ],
)
def test_names_that_stand_for_themselves_are_alike(
    resource: str, condition: tuple[str, str, str], named: dict[str, str]
) -> None:
    assert key(resource, condition) is not None
    assert key(resource, condition) == key(resource, condition, **named)


def test_inside_and_outside_are_not_alike() -> None:
    assert key("*", CONDITIONS[2]) != key("*", CONDITIONS[2], account=OUTSIDE)


def test_which_names_are_the_same_counts() -> None:
    fixed = ("StringEquals", "aws:ResourceAccount", INSIDE[0])
    resource = "arn:aws:s3:eu-west-1:{account}:accesspoint/*"

    assert key(resource, fixed) != key(resource, fixed, account=INSIDE[1])


@pytest.mark.parametrize(
    ("resource", "condition", "named"),
    [
        ("arn:aws:s3:::team-*", CONDITIONS[0], {}),
        ("arn:aws:s3:::{bucket}/{account}/*", CONDITIONS[0], {}),
        ("arn:aws:s3:eu-west-1:2*:accesspoint/*", CONDITIONS[0], {}),
        ("arn:aws:s3:::{bucket}/*", CONDITIONS[0], {"bucket": "aws-ssm-eu-west-1"}),
        ("*", CONDITIONS[5], {}),
        ("*", CONDITIONS[6], {}),
        ("*", CONDITIONS[9], {}),
        ("*", ("StringEquals", "aws:userid", "AIDAEXAMPLE:222222222222"), {}),
        ("*", ("StringEquals", "aws:PrincipalAccount", "${{aws:ResourceAccount}}"), {}),
    ],
)
def test_what_looks_into_names_is_like_nothing_else(
    resource: str, condition: tuple[str, str, str], named: dict[str, str]
) -> None:
    assert key(resource, condition, **named) is None


@pytest.mark.parametrize("text", ['{"a": 222222222222}', '{"a": "\\u0032"}', '{"a": "\0FalseTrue0\0"}'])
def test_what_is_not_plain_text_is_like_nothing_else(text: str) -> None:
    assert Alike(INSIDE).key(text) is None
