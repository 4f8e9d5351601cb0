"""decide() against the naive evaluator on every request of a small universe, both ways."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landline.proof.policy import Perimeter, Witness, decide

from .naive import ESTATE, ORGANIZATION, Request, allowed, outside

PERIMETER = Perimeter(ORGANIZATION, frozenset(ESTATE))
MEMBER, OTHER, NOBODY = "333333333333", "888888888888", "999999999999"
ORGANIZATIONS = (ORGANIZATION, "o-otherother", "o-unnamedone", None)
EXAMPLES = int(os.environ.get("LANDLINE_POLICY_EXAMPLES", "40"))
ACTIONS = {
    "kms": ("kms:encrypt", "kms:decrypt", "kms:ecrypt", "kms:xcrypt", "kms:list"),
    "s3": ("s3:getobject", "s3:putobject", "s3:listbucket"),
}
KEYS: Mapping[str, tuple[tuple[str, ...] | None, ...]] = {
    "aws:principaltag/t": (None, ("a",), ("b",), ("ab",), ("other",)),
    "aws:tagkeys": (None, ("a",), ("b",), ("zz",), ("a", "b"), ("a", "zz"), ("b", "zz"), ("a", "b", "zz")),
    "svc:number": (None, ("4",), ("5",), ("7",), ("10",), ("11",)),
    "aws:vpcsourceip": (("10.0.0.1",), ("10.1.0.1",), ("192.168.0.1",)),
}

CONDITIONS = [
    *[
        (operator, key, value)
        for operator in (
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIfExists",
            "StringNotEqualsIfExists",
            "ForAllValues:StringEquals",
            "ForAnyValue:StringNotEquals",
        )
        for key in ("aws:PrincipalOrgID", "aws:ResourceOrgID", "AWS:principalorgid")
        for value in (ORGANIZATION, [ORGANIZATION, "o-otherother"])
    ],
    *[
        (operator, key, value)
        for operator in ("StringEquals", "StringNotEquals", "StringEqualsIfExists")
        for key in ("aws:PrincipalAccount", "aws:ResourceAccount")
        for value in (ESTATE[0], list(ESTATE), [ESTATE[0], MEMBER], OTHER)
    ],
    *[
        (operator, key, f"{ORGANIZATION}/*")
        for operator in ("ForAnyValue:StringLike", "ForAllValues:StringNotLike", "ForAllValues:StringLike")
        for key in ("aws:PrincipalOrgPaths", "aws:ResourceOrgPaths")
    ],
    *[
        (operator, "aws:PrincipalArn", f"arn:aws:iam::{account}:{rest}")
        for operator in ("ArnLike", "StringNotLike", "ArnNotEquals", "ArnEqualsIfExists")
        for account, rest in ((ESTATE[0], "*"), (MEMBER, "role/r"), ("*", "role/r"))
    ],
    *[
        ("Null", key, value)
        for key in ("aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:PrincipalTag/t")
        for value in ("true", "false")
    ],
    *[
        (operator, "aws:PrincipalTag/t", value)
        for operator in (
            "StringEquals",
            "StringNotLike",
            "StringLike",
            "StringNotEquals",
            "StringLikeIfExists",
        )
        for value in ("a", ["a", "b"], "a*", "?b", "*")
    ],
    *[
        (quantifier + operator, "aws:TagKeys", value)
        for quantifier in ("ForAllValues:", "ForAnyValue:")
        for operator in ("StringEquals", "StringNotEquals", "StringLike")
        for value in ("a", ["a", "b"])
    ],
    *[
        (f"Numeric{name}", "svc:number", value)
        for name in ("Equals", "NotEquals", "LessThan", "GreaterThanEquals", "LessThanEqualsIfExists")
        for value in ("5", ["5", "10"])
    ],
    *[
        (operator, "aws:VpcSourceIp", value)
        for operator in ("IpAddress", "NotIpAddress")
        for value in ("10.0.0.0/8", "10.0.0.0/16", ["10.0.0.0/16", "192.168.0.0/16"])
    ],
    ("StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"),
    ("StringNotEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"),
    ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
    ("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
    ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID, 'o-a1b2c3d4e5'}"),
    ("Bool", "aws:PrincipalIsAWSService", "false"),
    ("BoolIfExists", "aws:PrincipalIsAWSService", True),
    ("StringEquals", "aws:PrincipalType", ["AssumedRole", "User"]),
    ("StringNotEquals", "aws:PrincipalType", "Anonymous"),
]
RESOURCES = {
    "kms": (
        "*",
        f"arn:aws:kms:eu-west-1:{ESTATE[0]}:*",
        f"arn:aws:kms:eu-west-1:{OTHER}:key/a",
        "arn:aws:kms:eu-west-1:*:key/a",
        f"arn:aws:kms:*:{ESTATE[1]}:key/*",
    ),
    "s3": (
        "*",
        "arn:aws:s3:::b1/*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::b?/a",
        "arn:aws:s3:::b-${aws:PrincipalTag/t}/*",
    ),
}
PATTERNS = {
    "kms": ("*", "kms:*", "kms:Encrypt", "KMS:*crypt", "kms:?crypt"),
    "s3": ("*", "s3:*", "s3:Get*", "s3:PutObject", "s3:*Object"),
}
PRINCIPALS = {
    "kms": (
        "*",
        {"AWS": "*"},
        {"AWS": ESTATE[0]},
        {"AWS": [f"arn:aws:iam::{account}:root" for account in ESTATE]},
        {"AWS": f"arn:aws:iam::{OTHER}:role/r"},
        {"Service": "cloudtrail.amazonaws.com"},
    ),
    "s3": ("*", {"AWS": "*"}, {"AWS": f"arn:aws:iam::{ESTATE[0]}:role/r"}),
}


@st.composite
def policies(draw: st.DrawFn, service: str) -> dict[str, Any]:
    def statement(effect: str) -> dict[str, Any]:
        made: dict[str, Any] = {"Effect": effect}
        for name, pool in (("Principal", PRINCIPALS), ("Action", PATTERNS), ("Resource", RESOURCES)):
            plain = draw(st.integers(0, 5)) > 0
            made[name if plain else f"Not{name}"] = draw(
                st.sampled_from(pool[service][:1] if plain and draw(st.booleans()) else pool[service])
            )
        chosen = draw(st.lists(st.sampled_from(CONDITIONS), max_size=3))
        block: dict[str, dict[str, Any]] = {}
        for operator, key, value in chosen:
            if key.lower() not in {name.lower() for name in block.get(operator, {})}:
                block.setdefault(operator, {})[key] = value
        if block:
            made["Condition"] = block
        return made

    effects = ["Allow", *draw(st.lists(st.sampled_from(["Allow", "Deny", "Deny"]), max_size=2))]
    return {
        "Version": draw(st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])),
        "Statement": [*map(statement, effects)],
    }


def _membership(account: str, organizations: Sequence[str | None]) -> Sequence[str | None]:
    return (ORGANIZATION,) if account in ESTATE else organizations


def _side(prefix: str, account: str | None, organization: str | None) -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    if account is not None:
        made[f"aws:{prefix}account"] = (account,)
    if organization is not None:
        made[f"aws:{prefix}orgid"] = (organization,)
        made[f"aws:{prefix}orgpaths"] = (f"{organization}/r-root/",)
    return made


def universe(policy: Mapping[str, Any], service: str) -> Iterator[Request]:
    """Every request across the perimeter that a policy over the pools above can tell from the others."""
    text = json.dumps(policy).lower()
    keys = [key for key in KEYS if key in text]
    accounts = [
        account for account in (*ESTATE, MEMBER, OTHER) if account in text or account == ESTATE[0]
    ] + [NOBODY]
    organizations = [name for name in ORGANIZATIONS if name != "o-otherother" or name in text]
    rests = (
        ("role/r", "root") if "root" in text or "role/" in text or "principaltype" in text else ("role/r",)
    )
    callers: list[tuple[str | None, str | None, str | None]] = [(None, None, None)]
    callers += [
        (f"arn:aws:iam::{account}:{rest}", account, organization)
        for account in accounts
        for organization in _membership(account, organizations)
        for rest in rests
    ]
    resources: list[tuple[str, str | None, str | None]] = []
    owners = [(owner, membership) for owner in accounts for membership in _membership(owner, organizations)]
    for owner, membership in owners:
        if service == "kms":
            resources += [
                (f"arn:aws:kms:eu-west-1:{owner}:key/{key}", owner, membership) for key in ("a", "c")
            ]
        else:
            buckets = ("b1/a", "b1/b", "b2/a", "c/a", "b-a/x", "b-other/x")
            resources += [(f"arn:aws:s3:::{bucket}", owner, membership) for bucket in buckets]
            resources += [(f"arn:aws:s3:eu-west-1:{owner}:accesspoint/x", owner, membership)]
    resources += [("*", nobody, membership) for nobody in (None, *accounts) for membership in organizations]
    for (arn, account, organization), (resource, theirs, their_organization) in product(callers, resources):
        if (
            account is not None
            and account == theirs
            and organization != their_organization
            and resource != "*"
        ):
            continue
        side = _side("principal", account or "anonymous", organization)
        side |= _side("resource", theirs, their_organization)
        if arn is not None:
            side["aws:principalarn"] = (arn,)
            side["aws:principalisawsservice"] = ("false",)
        kind = "Anonymous" if arn is None else "Account" if arn.endswith("root") else "AssumedRole"
        side["aws:principaltype"] = (kind,)
        if not outside(Request(arn, "", resource, side)):
            continue
        pools = [(None,) if arn is None and "principaltag" in key else KEYS[key] for key in keys]
        for values in product(*pools):
            extra = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
            for action in ACTIONS[service]:
                yield Request(arn, action, resource, side | extra)


def request_of(found: Witness) -> Request:
    context = dict(found.context)
    return Request(
        None if found.principal == "anonymous" else found.principal, found.action, found.resource, context
    )


@pytest.mark.parametrize("service", ["kms", "s3"])
def test_decide_agrees_with_the_evaluation_of_every_request(service: str) -> None:
    verdicts: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(policies(service))
    def agree(policy: dict[str, Any]) -> None:
        decision = decide(json.dumps(policy), PERIMETER, service)
        verdicts[decision.verdict] += 1
        if decision.verdict == "open":
            assert decision.witness is not None
            request = request_of(decision.witness)
            assert outside(request), decision.witness.sentence()
            assert allowed(policy, request), decision.witness.sentence()
        elif decision.verdict == "closed":
            leak = next((request for request in universe(policy, service) if allowed(policy, request)), None)
            assert leak is None, leak
        else:
            assert decision.why

    agree()
    total = sum(verdicts.values())
    assert verdicts["open"] >= total * 0.2, verdicts
    assert verdicts["closed"] >= total * 0.05, verdicts
    assert verdicts["unproven"] <= total * 0.1, verdicts
