"""Tricky policies and the ones organisations commonly write, each with its answer, evaluated naively, too."""

import json
from typing import Any

import pytest

from landline.proof.policy import Decision, Perimeter, decide
from landline.proof.policy.decision import _plainly_closed
from landline.proof.policy.document import parse

from .naive import ESTATE, ORGANIZATION, Request, allowed, outside

PERIMETER = Perimeter(ORGANIZATION, frozenset(ESTATE))
ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
DENY: dict[str, Any] = {**ALLOW, "Effect": "Deny"}
IN_ORG = {"aws:PrincipalOrgID": ORGANIZATION, "aws:ResourceOrgID": ORGANIZATION}
ORG_ONLY = {**ALLOW, "Condition": {"StringEquals": IN_ORG}}
KEY = f"arn:aws:kms:eu-west-1:{ESTATE[0]}:key/*"
LAYERS = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"


def when(operator: str, key: str, value: object, **more: object) -> dict[str, Any]:
    return {**ALLOW, **more, "Condition": {operator: {key: value}}}


def deny(operator: str, key: str, value: object, **more: object) -> dict[str, Any]:
    return {**when(operator, key, value, **more), "Effect": "Deny"}


def without(statement: dict[str, Any], *names: str, **more: object) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key not in names} | more


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": [*statements]}


def answer(document: dict[str, Any], service: str = "s3") -> Decision:
    decision = decide(json.dumps(document), PERIMETER, service)
    if decision.verdict == "open":
        found = decision.witness
        assert found is not None
        principal = None if found.principal == "anonymous" else found.principal
        request = Request(principal, found.action, found.resource, dict(found.context))
        assert outside(request), found.sentence()
        assert allowed(document, request), found.sentence()
    else:
        assert decision.witness is None
    assert bool(decision.why) == (decision.verdict == "unproven")
    return decision


ESTATE_PRINCIPALS = when("StringEquals", "aws:PrincipalAccount", list(ESTATE))
RESOURCES_DENIED = deny("StringNotEquals", "aws:ResourceOrgID", ORGANIZATION)
PRINCIPALS_DENIED = deny("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION)

COMMON = {
    "the default policy": ("s3", "open", [ALLOW]),
    "only our identities on our resources": ("s3", "closed", [ORG_ONLY]),
    "only our identities": ("s3", "open", [when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION)]),
    "only our resources": ("s3", "open", [when("StringEquals", "aws:ResourceOrgID", ORGANIZATION)]),
    "the data perimeter with AWS service principals": (
        "s3",
        "closed",
        [ORG_ONLY, when("Bool", "aws:PrincipalIsAWSService", "true")],
    ),
    "the data perimeter with image layers": (
        "s3",
        "closed",
        [ORG_ONLY, {**ALLOW, "Action": "s3:GetObject", "Resource": LAYERS}],
    ),
    "full access but for foreign identities and resources": (
        "dynamodb",
        "closed",
        [ALLOW, PRINCIPALS_DENIED, RESOURCES_DENIED],
    ),
    "our accounts by number": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalAccount": list(ESTATE),
                        "aws:ResourceAccount": list(ESTATE),
                    }
                },
            }
        ],
    ),
    "named roles on one account's keys": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Principal": {"AWS": f"arn:aws:iam::{ESTATE[0]}:role/app"},
                "Action": "kms:Decrypt",
                "Resource": KEY,
            }
        ],
    ),
    "one bucket by name": (
        "s3",
        "open",
        [when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION, Resource="arn:aws:s3:::ours/*")],
    ),
}

TRICKY = {
    # Missing keys.
    "ForAllValues passes a missing key": (
        "s3",
        "open",
        [when("ForAllValues:StringEquals", "aws:PrincipalOrgID", ORGANIZATION), RESOURCES_DENIED],
    ),
    "ForAllValues with Null false": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "ForAllValues:StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                    "Null": {"aws:PrincipalOrgID": "false"},
                },
            },
            RESOURCES_DENIED,
        ],
    ),
    "IfExists passes a missing organisation": (
        "kms",
        "open",
        [when("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION), RESOURCES_DENIED],
    ),
    "IfExists on a key that is always there": (
        "kms",
        "closed",
        [when("StringEqualsIfExists", "aws:PrincipalAccount", list(ESTATE)), RESOURCES_DENIED],
    ),
    "a negated IfExists denies a missing key": (
        "kms",
        "closed",
        [ALLOW, deny("StringNotEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION), RESOURCES_DENIED],
    ),
    "Null true lets in whoever has no organisation": (
        "kms",
        "open",
        [when("Null", "aws:PrincipalOrgID", "true"), RESOURCES_DENIED],
    ),
    "two Null values exclude nothing": (
        "kms",
        "open",
        [when("Null", "aws:PrincipalOrgID", ["true", "false"])],
    ),
    "ForAnyValue negated in a Deny misses the missing": (
        "kms",
        "open",
        [
            ALLOW,
            deny("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"),
            RESOURCES_DENIED,
        ],
    ),
    "ForAllValues negated in a Deny holds on the missing": (
        "kms",
        "closed",
        [
            ALLOW,
            deny("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"),
            RESOURCES_DENIED,
        ],
    ),
    # Anonymous callers.
    "a Deny by account does not know anonymous callers": (
        "sqs",
        "open",
        [ALLOW, deny("StringEquals", "aws:PrincipalIsAWSService", "false")],
    ),
    "anonymous is an account's name": (
        "sqs",
        "open",
        [when("StringEquals", "aws:PrincipalAccount", "anonymous")],
    ),
    "signed callers only": ("sqs", "open", [when("Null", "aws:PrincipalArn", "true")]),
    # Conjunctions and correlations.
    "two organisations in one statement never meet": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"},
                    "StringLike": {"aws:PrincipalOrgID": "o-a*"},
                },
            }
        ],
    ),
    "the ARN's account is not the account": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::888888888888:*"},
                    "StringEquals": {"aws:PrincipalAccount": "777777777777"},
                },
            }
        ],
    ),
    "a root user has no user name": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
                    "Null": {"aws:username": "false"},
                },
            }
        ],
    ),
    "a user's name is the ARN's end": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/x/bob"},
                    "StringEquals": {"aws:username": "alice"},
                },
            }
        ],
    ),
    "one account is in one organisation": (
        "s3",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalOrgID": ORGANIZATION,
                        "aws:PrincipalAccount": "333333333333",
                        "aws:ResourceAccount": "333333333333",
                    }
                },
            }
        ],
    ),
    "a wildcard in the middle of an ARN's account": (
        "kms",
        "open",
        [when("StringLike", "aws:PrincipalArn", "arn:aws:iam::1111*:role/*", Resource=KEY)],
    ),
    "another partition's ARN": (
        "kms",
        "closed",
        [when("ArnLike", "aws:PrincipalArn", "arn:aws-cn:iam::*:*")],
    ),
    # Case.
    "key names in any case": (
        "kms",
        "closed",
        [
            when("StringEquals", "AWS:PRINCIPALORGID", ORGANIZATION),
            deny("StringNotEquals", "aws:resourceorgid", ORGANIZATION),
        ],
    ),
    "actions in any case": (
        "kms",
        "closed",
        [{**ALLOW, "Action": "KMS:deCRYPT"}, {**DENY, "Action": "kms:DECRYPT"}],
    ),
    "values keep their case": ("kms", "open", [ALLOW, deny("StringEquals", "aws:PrincipalTag/team", "Red")]),
    "IgnoreCase": (
        "kms",
        "closed",
        [
            when("StringEquals", "aws:PrincipalTag/team", "RED"),
            deny("StringEqualsIgnoreCase", "aws:PrincipalTag/team", "red"),
        ],
    ),
    # Negated elements.
    "NotAction leaves the rest": ("s3", "open", [without(ALLOW, "Action", NotAction="s3:Get*")]),
    "NotAction in a Deny": ("kms", "closed", [ALLOW, without(DENY, "Action", NotAction="s3:*")]),
    "NotResource in a Deny": (
        "kms",
        "closed",
        [{**ESTATE_PRINCIPALS}, without(DENY, "Resource", NotResource=KEY)],
    ),
    "NotResource with bucket names": (
        "s3",
        "open",
        [ESTATE_PRINCIPALS, without(DENY, "Resource", NotResource="arn:aws:s3:::ours/*")],
    ),
    "NotPrincipal in an Allow": (
        "kms",
        "open",
        [without(ALLOW, "Principal", NotPrincipal={"AWS": ESTATE[0]})],
    ),
    "NotPrincipal in a Deny": (
        "kms",
        "closed",
        [{**ALLOW, "Resource": KEY}, without(DENY, "Principal", NotPrincipal={"AWS": ESTATE[0]})],
    ),
    # Wildcards.
    "StringEquals takes a wildcard literally": (
        "kms",
        "closed",
        [when("StringEquals", "aws:PrincipalOrgID", "o-*")],
    ),
    "StringLike on the organisation": (
        "kms",
        "open",
        [when("StringLike", "aws:PrincipalOrgID", "o-a1b2c3d4e*", Resource=KEY)],
    ),
    "one question mark too many": (
        "kms",
        "open",
        [when("StringLike", "aws:PrincipalAccount", "11111111111?", Resource=KEY)],
    ),
    "a resource wildcard over the account": (
        "kms",
        "open",
        [when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION, Resource="arn:aws:kms:eu-west-1:*:key/*")],
    ),
    "an organisation path without its slash": (
        "kms",
        "open",
        [when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}*", Resource=KEY)],
    ),
    "an organisation path": (
        "kms",
        "closed",
        [when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*", Resource=KEY)],
    ),
    "a Region wildcard in a service without colons": (
        "sqs",
        "closed",
        [when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION, Resource=f"arn:aws:sqs:*:{ESTATE[0]}:*")],
    ),
    "a Region wildcard that may reach past a colon": (
        "lambda",
        "unproven",
        [
            when(
                "StringEquals", "aws:PrincipalOrgID", ORGANIZATION, Resource=f"arn:aws:lambda:*:{ESTATE[0]}:*"
            )
        ],
    ),
    # Policy variables.
    "same organisation on both sides": (
        "s3",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalOrgID": ORGANIZATION,
                        "aws:ResourceOrgID": "${aws:PrincipalOrgID}",
                    }
                },
            }
        ],
    ),
    "same organisation, any": (
        "s3",
        "open",
        [when("StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}")],
    ),
    "same account, of ours": (
        "s3",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalOrgID": ORGANIZATION,
                        "aws:ResourceAccount": "${aws:PrincipalAccount}",
                    }
                },
            }
        ],
    ),
    "a Deny with a variable that has no value": (
        "kms",
        "closed",
        [ALLOW, PRINCIPALS_DENIED, deny("StringNotEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}")],
    ),
    "a bucket by the caller's tag": (
        "s3",
        "open",
        [
            when(
                "StringEquals",
                "aws:PrincipalOrgID",
                ORGANIZATION,
                Resource="arn:aws:s3:::b-${aws:PrincipalTag/team}/*",
            )
        ],
    ),
    "a default value": (
        "kms",
        "open",
        [when("StringEquals", "aws:PrincipalTag/team", "${aws:PrincipalTag/none, 'red'}", Resource=KEY)],
    ),
    "a default value for a missing key": (
        "kms",
        "open",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/none, 'red'}"},
                    "Null": {"aws:PrincipalTag/none": "true"},
                },
            }
        ],
    ),
    "no default value for a missing key": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/none}"},
                    "Null": {"aws:PrincipalTag/none": "true"},
                },
            }
        ],
    ),
    "a literal asterisk": (
        "kms",
        "closed",
        [
            when("StringLike", "aws:PrincipalTag/team", "a${*}"),
            deny("StringEquals", "aws:PrincipalTag/team", "a*"),
        ],
    ),
    # Multivalued keys.
    "two tag keys at once": (
        "kms",
        "open",
        [
            {
                **ALLOW,
                "Condition": {
                    "ForAnyValue:StringEquals": {"aws:TagKeys": "a"},
                    "ForAnyValue:StringLike": {"aws:TagKeys": "b*"},
                },
            }
        ],
    ),
    "all of one tag key and another": (
        "kms",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "ForAnyValue:StringEquals": {"aws:TagKeys": "a"},
                    "ForAllValues:StringEquals": {"aws:TagKeys": "b"},
                },
            }
        ],
    ),
    "the tag key that is asked for is the one denied": (
        "kms",
        "closed",
        [
            when("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
            deny("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
        ],
    ),
    "a second tag key escapes a Deny of one alone": (
        "kms",
        "open",
        [
            when("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
            deny("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        ],
    ),
    "a multivalued key without a set operator": (
        "kms",
        "unproven",
        [ALLOW, deny("StringNotLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/*"), RESOURCES_DENIED],
    ),
    # Numbers, dates, addresses, booleans, binary.
    "numbers that leave a gap": (
        "s3",
        "open",
        [
            {
                **ALLOW,
                "Condition": {
                    "NumericGreaterThan": {"s3:max-keys": "5"},
                    "NumericLessThan": {"s3:max-keys": "6"},
                },
            }
        ],
    ),
    "numbers that leave none": (
        "s3",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "NumericGreaterThanEquals": {"s3:max-keys": "6"},
                    "NumericLessThan": {"s3:max-keys": 6},
                },
            }
        ],
    ),
    "dates that leave none": (
        "s3",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
                    "DateLessThan": {"aws:EpochTime": "1798761600"},
                },
            }
        ],
    ),
    "networks that leave an address": (
        "s3",
        "open",
        [
            {
                **ALLOW,
                "Condition": {
                    "IpAddress": {"aws:VpcSourceIp": "10.0.0.0/30"},
                    "NotIpAddress": {"aws:VpcSourceIp": ["10.0.0.0/31", "10.0.0.3"]},
                },
            }
        ],
    ),
    "networks that cover all addresses": (
        "s3",
        "closed",
        [ALLOW, deny("IpAddress", "aws:VpcSourceIp", ["0.0.0.0/1", "128.0.0.0/1", "::/0"])],
    ),
    "networks that forget IPv6": ("s3", "open", [ALLOW, deny("IpAddress", "aws:VpcSourceIp", "0.0.0.0/0")]),
    "SourceIp never comes through an endpoint": (
        "s3",
        "closed",
        [when("IpAddress", "aws:SourceIp", "10.0.0.0/8")],
    ),
    "a Deny on SourceIp holds always": (
        "s3",
        "closed",
        [ALLOW, deny("NotIpAddress", "aws:SourceIp", "10.0.0.0/8")],
    ),
    "true and false exclude each other": (
        "s3",
        "closed",
        [
            {
                **ALLOW,
                "Condition": {
                    "Bool": {"aws:SecureTransport": "true"},
                    "StringEquals": {"aws:SecureTransport": "false"},
                },
            }
        ],
    ),
    "binary": ("kms", "open", [when("BinaryEquals", "svc:blob", "QUJD")]),
    # AWS's own buckets.
    "writing to AWS's bucket": (
        "s3",
        "open",
        [ORG_ONLY, {**ALLOW, "Action": "s3:PutObject", "Resource": LAYERS}],
    ),
    "a wildcard instead of the Region": (
        "s3",
        "open",
        [ORG_ONLY, {**ALLOW, "Action": "s3:GetObject", "Resource": LAYERS.replace("eu-west-1", "*")}],
    ),
    "a Region that does not exist": (
        "s3",
        "open",
        [ORG_ONLY, {**ALLOW, "Action": "s3:GetObject", "Resource": LAYERS.replace("eu-west-1", "eu-west-9")}],
    ),
    # What is not modelled, and whether the rest decides.
    "an unknown operator in an Allow": (
        "s3",
        "unproven",
        [when("StringMatches", "aws:PrincipalOrgID", ORGANIZATION)],
    ),
    "an unknown operator beside an open statement": (
        "s3",
        "open",
        [when("StringMatches", "a:b", "c"), ALLOW],
    ),
    "an unknown operator beside a closed door": (
        "s3",
        "closed",
        [{**ORG_ONLY, "Condition": {"StringEquals": IN_ORG, "StringMatches": {"a:b": "c"}}}],
    ),
    "an unknown operator in a Deny": ("s3", "unproven", [ALLOW, deny("StringMatches", "a:b", "c")]),
    "unique ids": ("s3", "unproven", [when("StringLike", "aws:userid", "AROAEXAMPLE:*")]),
    "a canonical user": ("s3", "unproven", [{**ALLOW, "Principal": {"CanonicalUser": "79a59d"}}]),
    "an account at a gateway or an interface": (
        "s3",
        "unproven",
        [
            {**DENY, "Principal": {"AWS": "999999999999"}},
            when("StringEquals", "aws:PrincipalAccount", "999999999999"),
        ],
    ),
    "a role session": (
        "kms",
        "closed",
        [{**ALLOW, "Principal": {"AWS": f"arn:aws:sts::{ESTATE[0]}:assumed-role/app/s"}, "Resource": KEY}],
    ),
    # The rest of the world.
    "another account as principal": (
        "kms",
        "open",
        [{**ALLOW, "Principal": {"AWS": "999999999999"}, "Resource": KEY}],
    ),
    "a service as principal": (
        "s3",
        "closed",
        [{**ALLOW, "Principal": {"Service": "cloudtrail.amazonaws.com"}}],
    ),
    "our endpoint says nothing of the caller": (
        "s3",
        "open",
        [when("StringEquals", "aws:SourceVpce", "vpce-0a1b2c3d")],
    ),
    "tags are anybody's": ("kms", "open", [when("StringEquals", "aws:ResourceTag/perimeter", "inside")]),
    "a Deny wins over everything": ("s3", "closed", [ALLOW, DENY]),
    "resource keys that some actions lack": (
        "ec2",
        "open",
        [
            when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
            deny("StringNotEqualsIfExists", "aws:ResourceAccount", list(ESTATE), Action="ec2:Run*"),
        ],
    ),
    "an AWS account as resource owner": (
        "kms",
        "closed",
        [
            when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
            deny("StringNotEquals", "aws:ResourceAccount", list(ESTATE)),
        ],
    ),
}


@pytest.mark.parametrize(("service", "verdict", "statements"), COMMON.values(), ids=COMMON)
def test_common_policies(service: str, verdict: str, statements: list[dict[str, Any]]) -> None:
    assert answer(policy(*statements), service).verdict == verdict


@pytest.mark.parametrize(("service", "verdict", "statements"), TRICKY.values(), ids=TRICKY)
def test_tricky_policies(service: str, verdict: str, statements: list[dict[str, Any]]) -> None:
    assert answer(policy(*statements), service).verdict == verdict


def test_variables_are_plain_text_before_2012() -> None:
    statement = {
        **ALLOW,
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION, "aws:ResourceOrgID": "${aws:PrincipalOrgID}"}
        },
    }
    assert answer(policy(statement, version="2008-10-17")).verdict == "closed"
    tagged = {
        **ALLOW,
        "Condition": {
            "StringNotEquals": {"aws:PrincipalTag/x": "${aws:PrincipalTag/x}"},
            "Null": {"aws:PrincipalTag/x": "false"},
        },
    }
    assert answer(policy(tagged, version="2008-10-17"), "kms").verdict == "open"
    assert answer(policy(tagged), "kms").verdict != "open"


@pytest.mark.parametrize("text", [None, "", "*", " * "])
def test_no_policy_is_full_access(text: str | None) -> None:
    decision = decide(text, PERIMETER, "com.amazonaws.eu-west-1.kms")
    assert decision.verdict == "open"
    assert decision.witness is not None
    assert decision.witness.value("aws:principalaccount") not in ESTATE


def test_exceptions_are_named() -> None:
    statements = [
        ORG_ONLY,
        {**ALLOW, "Action": "s3:GetObject", "Resource": LAYERS},
        when("Bool", "aws:PrincipalIsAWSService", "true"),
    ]
    exceptions = answer(policy(*statements)).exceptions
    assert len(exceptions) == 2
    assert "service principals" in exceptions[0]
    assert "prod-<region>-starport-layer-bucket" in exceptions[1]
    assert answer(policy(ORG_ONLY)).exceptions == ()


def test_without_an_organisation_only_the_accounts_are_inside() -> None:
    ours = {**ALLOW, "Resource": KEY, "Principal": {"AWS": ESTATE[0]}}
    by_organization = json.dumps(policy(ORG_ONLY))
    accounts_only = Perimeter(accounts=frozenset(ESTATE))
    assert decide(json.dumps(policy(ours)), accounts_only, "kms").verdict == "closed"
    assert decide(by_organization, accounts_only, "kms").verdict == "open"
    assert decide(by_organization, Perimeter("o-somebodyelse"), "kms").verdict == "open"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("[" * 100_000, "nests"),
        ('{"Statement": [], "Statement": []}', "twice"),
        ('{"Version": "2012", "Statement": []}', "Version"),
        (json.dumps(policy({**ALLOW, "Effect": "allow"})), "Effect"),
        (json.dumps(policy(without(ALLOW, "Principal"))), "Principal"),
        (json.dumps(policy({**ALLOW, "NotAction": "*"})), "both"),
        (json.dumps(policy({**ALLOW, "Surprise": 1})), "Surprise"),
        (json.dumps(policy({**ALLOW, "Action": []})), "Action"),
        (json.dumps(policy({**ALLOW, "Sid": "a"}, {**DENY, "Sid": "a"})), "Sid"),
        (
            json.dumps(policy({**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalOrgID": []}}})),
            "no values",
        ),
        (json.dumps(policy({**ALLOW, "Condition": {"Null": {"a:B": "true", "A:b": "true"}}})), "twice"),
        (json.dumps(policy({**ALLOW, "Principal": {"Anybody": "x"}})), "Anybody"),
    ],
)
def test_what_is_no_policy_is_unproven(text: str, reason: str) -> None:
    decision = decide(text, PERIMETER, "s3")
    assert decision.verdict == "unproven"
    assert reason in " ".join(decision.why)


ACCOUNTS = {"aws:ResourceAccount": list(ESTATE)}
PLAIN = {
    "organisation on organisation": ([ORG_ONLY], True),
    "identities alone beside": (
        [when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION) | {"Sid": "a"}, ORG_ONLY],
        False,
    ),
    "accounts for resources": (
        [{**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION, **ACCOUNTS}}}],
        True,
    ),
    "a further condition and a Deny": (
        [{**ALLOW, "Condition": {"StringEquals": IN_ORG, "StringLike": {"aws:PrincipalTag/t": "a*"}}}, DENY],
        True,
    ),
    "another organisation beside": (
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {**IN_ORG, "aws:ResourceOrgID": [ORGANIZATION, "o-other00000"]}
                },
            }
        ],
        False,
    ),
    "callers of another organisation beside": (
        [
            {
                **ALLOW,
                "Condition": {
                    "StringEquals": {**IN_ORG, "aws:PrincipalOrgID": [ORGANIZATION, "o-other00000"]}
                },
            }
        ],
        False,
    ),
    "where there is one": ([{**ALLOW, "Condition": {"StringEqualsIfExists": IN_ORG}}], False),
    "a statement beside": ([ORG_ONLY, {**ALLOW, "Action": "s3:GetObject"}], False),
    "a variable": (
        [{**ALLOW, "Condition": {"StringEquals": {**IN_ORG, "aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}}],
        False,
    ),
}


@pytest.mark.parametrize(("statements", "plain"), PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("service", ["s3", "kms", "ec2"])
def test_what_is_plainly_closed_is_what_the_search_finds_closed(
    service: str,
    statements: list[dict[str, Any]],
    plain: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = json.dumps(policy(*statements))
    assert _plainly_closed(parse(text), PERIMETER) == plain

    quick = decide(text, PERIMETER, service)
    monkeypatch.setattr("landline.proof.policy.decision._plainly_closed", lambda *_: False)
    assert decide(text, PERIMETER, service) == quick


def test_custom_services_take_no_policy() -> None:
    assert decide(None, PERIMETER, "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b").verdict == "unproven"


def test_a_policy_of_ten_thousand_entries_is_decided() -> None:
    many = [f"arn:aws:s3:::bucket-{number}*x{number}/*" for number in range(10_000)]
    accounts = [f"{number:012}" for number in range(10_000)]
    assert answer(policy({**ORG_ONLY, "Resource": many})).verdict == "closed"
    assert answer(policy(when("StringEquals", "aws:PrincipalAccount", accounts))).verdict == "open"
    assert answer(policy(ALLOW, deny("StringEquals", "aws:PrincipalAccount", accounts))).verdict == "open"
    assert (
        answer(policy(ALLOW, *({**DENY, "Resource": f"arn:aws:s3:::b{n}/*"} for n in range(500)))).verdict
        == "open"
    )


def test_a_policy_that_takes_too_many_steps_is_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    document = policy(when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION), RESOURCES_DENIED)
    assert answer(document).verdict == "closed"
    monkeypatch.setattr("landline.proof.policy.decision.STEPS", 50)
    decision = answer(document)
    assert decision.verdict == "unproven"
    assert "steps" in decision.why[0]


def test_patterns_that_multiply_end_in_time() -> None:
    bucket = "arn:aws:s3:::"
    masks = [{**DENY, "Resource": f"{bucket}*{letter}{'?' * 25}{letter}*"} for letter in "abcdefgh"]
    allow = {**ALLOW, "Resource": [f"{bucket}*{letter}*{letter}{'?' * 20}" for letter in "abcdefgh"]}
    nowhere = without(DENY, "Resource", NotResource=f"{bucket}*z{'?' * 22}a{'?' * 18}z{'?' * 3}")
    assert answer(policy(allow, nowhere, *masks)).verdict in ("open", "unproven")


def test_the_answer_is_the_same_every_time() -> None:
    document = policy(ALLOW, deny("StringLike", "aws:PrincipalTag/x", ["a*", "?b"]))
    assert answer(document) == answer(document)


NOBODY = {"Null": {"aws:PrincipalArn": "true"}}
FEDERATED = {
    **ALLOW,
    "Action": ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
    "Condition": {"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}, **NOBODY},
}


def test_federated_callers_may_take_on_the_organisations_roles_and_are_named() -> None:
    decision = answer(policy(ORG_ONLY, FEDERATED), "sts")

    assert decision.verdict == "closed"
    assert decision.exceptions == (
        "callers without an AWS identity may call sts:assumerolewithsaml on the organisation's roles",
    )
    assert answer(policy(ORG_ONLY), "sts").exceptions == ()


@pytest.mark.parametrize(
    "statement",
    [
        # Roles of anybody, other calls, and callers who sign elsewhere.
        without(FEDERATED, Condition=NOBODY),
        without(FEDERATED, Condition={"StringEquals": {"aws:ResourceOrgID": "o-elsewhere0"}, **NOBODY}),
        without(FEDERATED, Action="sts:*"),
        without(FEDERATED, Action="sts:AssumeRole"),
        without(FEDERATED, Condition={"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}),
    ],
)
def test_no_more_than_that_is_meant(statement: dict[str, Any]) -> None:
    assert answer(policy(ORG_ONLY, statement), "sts").verdict == "open"


def test_federation_is_of_sts_alone() -> None:
    assert answer(policy(ORG_ONLY, without(FEDERATED, Action="s3:GetObject")), "s3").verdict == "open"
