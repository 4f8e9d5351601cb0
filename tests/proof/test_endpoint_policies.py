"""Endpoints to AWS services: a request that crosses is shown, a closed policy passes, doubt stays open."""

import json
from typing import Any

import pytest

from landline.proof import Grants
from landline.proof.policy import Perimeter, decide
from tests.proof.dump import HUB, SPOKE, Dump, isolated
from tests.proof.judge import finding, latent, open_questions, verdict, violations

ORGANIZATION = "o-a1b2c3d4e5"
GRANTS = Grants(HUB, (), ORGANIZATION)
ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
CLOSED = {
    **ALLOW,
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION, "aws:ResourceOrgID": ORGANIZATION}},
}
IDENTITIES = {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}}
KMS = "com.amazonaws.eu-west-1.kms"


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def estate(policy: str | None = None, service: str = KMS, **more: Any) -> Dump:  # noqa: ANN401 - JSON
    dump = isolated()
    item = {"VpcEndpointId": "vpce-1", "VpcId": "vpc-a", "VpcEndpointType": "Interface", "State": "available"}
    written = {} if policy is None else {"PolicyDocument": policy}
    dump.add("VpcEndpoints", **(item | {"ServiceName": service} | written | more))
    dump.at(HUB)
    return dump


def test_a_policy_for_the_organisation_alone_passes() -> None:
    told = verdict(estate(text(CLOSED)), GRANTS)

    assert told.verdict == "proven"
    assert any("Endpoint policies" in assumption for assumption in told.assumptions)


@pytest.mark.parametrize("policy", [None, "", text(ALLOW), text(IDENTITIES)])
def test_a_policy_that_lets_a_request_cross_shows_one(policy: str | None) -> None:
    found = finding(estate(policy), "open-endpoint-policy", GRANTS)

    assert (found.vpc, found.resource, found.account) == ("vpc-a", "vpce-1", SPOKE)
    assert len(found.path) == 3
    principal, endpoint, resource = found.path
    assert endpoint == "vpce-1"
    assert principal in found.message
    assert resource in found.message


@pytest.mark.parametrize("kind", ["Gateway", "Interface"])
def test_gateway_and_interface_endpoints_are_judged(kind: str) -> None:
    dump = estate(text(ALLOW), "com.amazonaws.eu-west-1.s3", VpcEndpointType=kind)

    assert set(violations(dump, GRANTS)) == {("open-endpoint-policy", "vpc-a", "vpce-1")}


def test_the_witness_is_outside_the_estate() -> None:
    """The account that a witness would name first is in the estate: it must name another."""
    dump = estate(text(ALLOW)).at("999999999999")

    principal = finding(dump, "open-endpoint-policy", GRANTS).path[0]
    assert principal.split(":")[4] not in {HUB, SPOKE, "999999999999"}


@pytest.mark.parametrize("accounts", [[SPOKE, HUB], [SPOKE]])
def test_accounts_of_the_estate_are_inside(accounts: list[str]) -> None:
    both = {"aws:PrincipalAccount": accounts, "aws:ResourceAccount": accounts}
    dump = estate(text({**ALLOW, "Condition": {"StringEquals": both}}))

    assert violations(dump, GRANTS) == {}
    assert violations(dump) == {}
    foreign = {key: [*accounts, "444444444444"] for key in both}
    dump = estate(text({**ALLOW, "Condition": {"StringEquals": foreign}}))
    assert set(violations(dump, GRANTS)) == {("open-endpoint-policy", "vpc-a", "vpce-1")}


def test_without_grants_an_organisation_that_the_policy_names_leaves_the_question_open() -> None:
    dump = estate(text(CLOSED))

    assert violations(dump) == {}
    [why] = open_questions(dump)["open-endpoint-policy"]
    assert ORGANIZATION in why
    assert set(violations(estate(text(IDENTITIES)))) == {("open-endpoint-policy", "vpc-a", "vpce-1")}


def test_endpoints_that_are_open_for_one_reason_are_one_line() -> None:
    dump = estate(text(CLOSED))
    for number in range(2, 6):
        item = {"VpcId": "vpc-a", "VpcEndpointType": "Interface", "State": "available", "ServiceName": KMS}
        dump.add("VpcEndpoints", VpcEndpointId=f"vpce-{number}", PolicyDocument=text(CLOSED), **item)
    dump.at(HUB)

    [why] = open_questions(dump)["open-endpoint-policy"]
    assert why.startswith(f"5 endpoints, vpce-1 ({KMS}), vpce-2 ({KMS}), vpce-3 ({KMS}) and 2 more: ")


def test_another_organisation_is_outside() -> None:
    dump = estate(text(CLOSED))

    assert set(violations(dump, Grants(HUB, (), "o-0000000000"))) == {
        ("open-endpoint-policy", "vpc-a", "vpce-1")
    }


@pytest.mark.parametrize(
    "policy", ["{", text({**ALLOW, "Condition": {"StringSomehow": {"aws:PrincipalOrgID": ORGANIZATION}}})]
)
def test_what_cannot_be_decided_is_unproven_with_the_reason(policy: str) -> None:
    dump = estate(policy)

    assert verdict(dump, GRANTS).verdict == "unproven"
    assert all("vpce-1" in why for why in open_questions(dump, GRANTS)["open-endpoint-policy"])


def test_a_service_that_takes_no_policy_is_open_whatever_is_written() -> None:
    dump = estate(text(CLOSED))
    dump.add("ServiceDetails", ServiceName=KMS, Owner="amazon", VpcEndpointPolicySupported=False)

    assert "takes no endpoint policy" in finding(dump, "open-endpoint-policy", GRANTS).message


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"VpcEndpointPolicySupported": False}, "violated"),
        ({"VpcEndpointPolicySupported": True}, "unproven"),
        ({}, "unproven"),
    ],
)
def test_amazons_services_under_other_names_are_judged_by_what_is_shown_of_them(
    told: dict[str, bool], answer: str
) -> None:
    theirs = "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b"
    dump = estate(text(CLOSED), theirs)
    dump.add("ServiceDetails", ServiceName=theirs, Owner="amazon", **told)

    assert verdict(dump, GRANTS).verdict == answer


@pytest.mark.parametrize(
    ("more", "severity"),
    [({"State": "deleted"}, None), ({"State": "failed"}, None), ({"State": "pendingAcceptance"}, "latent")],
)
def test_an_endpoint_that_carries_nothing_is_no_violation(more: dict[str, str], severity: str | None) -> None:
    dump = estate(text(ALLOW), **more)

    assert violations(dump, GRANTS) == {}
    assert bool(latent(dump)) == (severity == "latent")


def test_an_endpoint_to_the_hub_takes_no_policy_and_is_not_judged() -> None:
    dump = estate(None, "com.amazonaws.vpce.eu-west-1.vpce-svc-hub")
    dump.service("vpce-svc-hub", "logging", [])

    assert "open-endpoint-policy" not in {key[0] for key in violations(dump, GRANTS)}


def test_a_gateway_endpoint_that_does_not_say_where_it_leads_is_open() -> None:
    dump = isolated()
    item = {"VpcEndpointId": "vpce-1", "VpcId": "vpc-a", "State": "available", "VpcEndpointType": "Gateway"}
    dump.add("VpcEndpoints", **item)

    assert any("vpce-1" in why for why in open_questions(dump, GRANTS)["open-endpoint-policy"])


def test_without_endpoint_documents_the_question_is_open() -> None:
    assert open_questions(estate(text(CLOSED)).drop("VpcEndpoints"), GRANTS)["open-endpoint-policy"]


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (text({**ALLOW, "Effect": "Deny"}), "allows-nothing"),
        (
            text(CLOSED, {**CLOSED, "Action": "kms-*", "Resource": "arn:aws:kms:eu-west-1:1111*:key/*"}),
            "mixed-account",
        ),
        (text(CLOSED) + " " * 20_480, "too-long"),
    ],
)
def test_an_odd_policy_is_latent(policy: str, code: str) -> None:
    dump = estate(policy)

    assert violations(dump, GRANTS) == {}
    assert any(code in found.message for found in verdict(dump, GRANTS).findings)


@pytest.mark.parametrize("statement", [CLOSED, ALLOW, IDENTITIES])
def test_many_accounts_change_no_answer(statement: dict[str, Any]) -> None:
    """The short cut past accounts that a policy does not name agrees with the whole decision."""
    dump = estate(text(statement))
    accounts = [f"{number:012}" for number in range(300)]
    for account in accounts:
        dump.at(account)

    whole = decide(text(statement), Perimeter(ORGANIZATION, frozenset({*accounts, HUB, SPOKE})), KMS)
    assert bool(violations(dump, GRANTS)) == (whole.verdict == "open")
