"""Single requests, decided as by the naive evaluation, and left open where the documentation does."""

import json
from typing import Any

import pytest

from landline.proof.policy import Asked, answers
from landline.proof.policy.service import service_of

from .naive import ESTATE, ORGANIZATION, Request, allowed
from .test_decide import ALLOW, deny, policy, when, without

ROLE = f"arn:aws:iam::{ESTATE[0]}:role/app"
BUCKET = "arn:aws:s3:::orders/1"
PUT = Asked(
    ROLE,
    "s3:PutObject",
    BUCKET,
    {
        "aws:principalorgid": (ORGANIZATION,),
        "aws:vpcsourceip": ("10.0.0.7",),
        "s3:max-keys": ("7",),
        "aws:currenttime": ("2026-11-26T10:00:00Z",),
        "aws:principalorgpaths": (f"{ORGANIZATION}/r-ab12/",),
        "aws:principaltag/team": ("orders",),
    },
)


def says(document: dict[str, Any], asked: Asked, service: str = "s3") -> str:
    (found,) = answers(json.dumps(document), [asked], service_of(service))
    if found != "unproven":
        caller = asked.principal if asked.principal is None or asked.principal[:4] == "arn:" else None
        service_principal = asked.principal if asked.principal != caller else None
        request = Request(caller, asked.action, asked.resource, asked.context(), service_principal)
        assert (found == "allowed") == allowed(document, request)
    return found


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ([ALLOW], "allowed"),
        ([when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION)], "allowed"),
        ([when("StringEquals", "aws:PrincipalOrgID", "o-elsewhere0")], "unmatched"),
        ([when("StringEquals", "aws:PrincipalAccount", ESTATE[0])], "allowed"),
        ([when("IpAddress", "aws:VpcSourceIp", "10.0.0.0/24")], "allowed"),
        ([when("IpAddress", "aws:VpcSourceIp", "10.0.1.0/24")], "unmatched"),
        ([when("NumericLessThan", "s3:max-keys", "8")], "allowed"),
        ([when("NumericLessThan", "s3:max-keys", "7")], "unmatched"),
        ([when("DateLessThan", "aws:CurrentTime", "2026-11-27")], "allowed"),
        ([when("DateGreaterThan", "aws:CurrentTime", "2026-11-27")], "unmatched"),
        ([when("Null", "aws:SourceVpce", "true")], "allowed"),
        ([when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*")], "allowed"),
        ([{**ALLOW, "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"}], "allowed"),
        ([{**ALLOW, "Resource": "arn:aws:s3:::${aws:PrincipalTag/stage}/*"}], "unmatched"),
        ([without(ALLOW, "Action", NotAction="s3:Get*")], "allowed"),
        ([without(ALLOW, "Action", NotAction="s3:Put*")], "unmatched"),
        ([ALLOW, deny("StringNotEquals", "aws:SourceVpce", "vpce-1")], "denied"),
        ([ALLOW, deny("Bool", "aws:PrincipalIsAWSService", "true")], "allowed"),
        # At a gateway endpoint an account is perhaps its root user alone; the answer stays open.
        ([{**ALLOW, "Principal": {"AWS": ESTATE[0]}}], "unproven"),
        ([ALLOW, deny("Bool", "aws:SecureTransport", "x")], "unproven"),
    ],
)
def test_a_request_is_decided(statements: list[dict[str, Any]], answer: str) -> None:
    assert says(policy(*statements), PUT) == answer


def test_nobody_and_services_are_told_apart() -> None:
    services = policy({**ALLOW, "Principal": {"Service": "cloudtrail.amazonaws.com"}})
    anyone = policy(when("StringEquals", "aws:PrincipalType", "Anonymous"))
    nobody = Asked(None, "s3:GetObject", BUCKET)
    trail = Asked("cloudtrail.amazonaws.com", "s3:GetObject", BUCKET)

    assert says(services, trail) == "allowed"
    assert says(services, Asked("config.amazonaws.com", "s3:GetObject", BUCKET)) == "unmatched"
    assert says(services, nobody) == "unmatched"
    assert says(anyone, nobody) == "allowed"
    assert says(anyone, trail) == "unmatched"


def test_no_policy_decides_nothing() -> None:
    assert list(answers('{"Statement": 1}', [PUT, PUT], service_of("s3"))) == ["unproven", "unproven"]
