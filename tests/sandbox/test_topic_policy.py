"""Whom the policy of a topic lets publish, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest

from landline.sandbox.operations.topic_policy import lets_publish
from tests.sandbox.places import HUB, REGION, SPOKE

TOPIC = f"arn:aws:sns:{REGION}:{HUB}:connections"
SOURCE = f"arn:aws:ec2:{REGION}:{HUB}:vpc-endpoint-service/vpce-svc-1"


def allow(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - what a policy holds
    plain = {
        "Effect": "Allow",
        "Principal": {"Service": "vpce.amazonaws.com"},
        "Action": "SNS:Publish",
        "Resource": TOPIC,
    }
    return {**plain, **changed}


def deny(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - what a policy holds
    return allow(Effect="Deny", Principal="*", **changed)


def where(operator: str, key: str, value: object) -> dict[str, Any]:
    return {operator: {key: value}}


def decided(*statements: dict[str, Any]) -> bool:
    return lets_publish({"Statement": list(statements)}, TOPIC, HUB, SOURCE)


@pytest.mark.parametrize(
    ("statements", "let"),
    [
        ([allow()], True),
        ([], False),
        ([allow(Principal="*")], True),
        ([allow(Principal={"AWS": ["*"]})], True),
        ([allow(Principal={"AWS": f"arn:aws:iam::{HUB}:root"})], False),
        ([allow(Action=["sns:Subscribe", "sns:Pub*"])], True),
        ([allow(Action="sns:Subscribe")], False),
        ([allow(Resource=f"{TOPIC}-more")], False),
        ([allow(Resource="arn:aws:sns:*:*:connect?ons")], True),
        ([allow(), deny()], False),
        ([allow(), deny(Action="sns:Subscribe")], True),
        ([allow(), deny(Condition=where("Bool", "aws:SecureTransport", "false"))], True),
        ([allow(), deny(Condition=where("Bool", "aws:SecureTransport", "True"))], False),
        ([allow(), deny(Condition=where("BoolIfExists", "aws:PrincipalIsAWSService", "false"))], True),
        ([allow(), deny(Condition=where("StringNotEquals", "aws:SourceAccount", HUB))], True),
        ([allow(), deny(Condition=where("StringNotEquals", "aws:SourceAccount", [SPOKE]))], False),
        ([allow(Condition=where("StringEquals", "AWS:SourceAccount", [SPOKE, HUB]))], True),
        ([allow(Condition=where("StringEquals", "aws:SourceAccount", "1*"))], False),
        ([allow(Condition=where("StringLike", "aws:SourceAccount", "1*"))], True),
        (
            [
                allow(
                    Condition=where(
                        "ArnEquals", "aws:SourceArn", f"arn:aws:ec2:*:{HUB}:vpc-endpoint-service/*"
                    )
                )
            ],
            True,
        ),
        ([allow(Condition=where("ArnLike", "aws:SourceArn", "arn:aws:ec2:*"))], False),
        ([allow(Condition=where("StringLike", "aws:SourceArn", "arn:aws:ec2:*"))], True),
        # A topic's default policy.
        ([allow(Principal={"AWS": "*"}, Condition=where("StringEquals", "AWS:SourceOwner", HUB))], False),
        (
            [allow(Principal={"AWS": "*"}, Condition=where("StringEqualsIfExists", "AWS:SourceOwner", HUB))],
            True,
        ),
        (
            [
                allow(
                    Condition={
                        **where("StringEquals", "aws:SourceAccount", HUB),
                        **where("Bool", "aws:SecureTransport", "false"),
                    }
                )
            ],
            False,
        ),
    ],
)
def test_allow_and_deny(statements: list[dict[str, Any]], *, let: bool) -> None:
    assert decided(*statements) is let


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            deny(Condition=where("StringNotEquals", "aws:SourceOrgID", "o-1")),
            "StringNotEquals of aws:SourceOrgID",
        ),
        (allow(Condition=where("ForAnyValue:StringLike", "aws:SourceArn", "*")), "ForAnyValue:StringLike"),
        (allow(Condition=where("StringEquals", "aws:SourceArn", "${aws:SourceArn}")), "StringEquals"),
        ({k: v for k, v in allow(NotAction="sns:Subscribe").items() if k != "Action"}, "NotAction"),
        ({k: v for k, v in allow(NotPrincipal="*").items() if k != "Principal"}, "NotPrincipal"),
        ({k: v for k, v in allow(NotResource="*").items() if k != "Resource"}, "NotResource"),
    ],
)
def test_what_is_not_modelled_is_named(statement: dict[str, Any], named: str) -> None:
    with pytest.raises(NotImplementedError, match=f"the sandbox does not model {named}"):
        decided(allow(), statement)


def test_conditions_of_statements_about_something_else_do_not_matter() -> None:
    other = deny(Action="sns:Subscribe", Condition=where("StringEquals", "aws:SourceOrgID", "o-1"))
    assert decided(allow(), other)
