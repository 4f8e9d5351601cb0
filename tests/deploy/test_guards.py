"""What is refused before the engine begins: each guard refuses in one test and lets pass in another."""

from __future__ import annotations

import pytest

from landline.deploy.guards import (
    BALANCER,
    ENDPOINT,
    LIVE_CONNECTIONS,
    SERVICE,
    RefusedError,
    allowed,
    cuts,
    refusals_of,
)
from landline.deploy.stacks import Step
from landline.estate.endpoint_connection import EndpointConnection
from landline.exit_codes import ExitCode
from tests.deploy.estate import example

NLB = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/net/logging/1"


def connection(state: str = "available") -> EndpointConnection:
    return EndpointConnection("hub", "logging", "vpce-svc-1", "vpce-1", "222222222222", state)


def step(token: str, operation: str, id_: str, **known: object) -> Step:
    urn = f"urn:pulumi:hub::landline::{token}::hub-logging"
    return Step(operation, urn, token, id=id_, known=known, changed=("networkLoadBalancerArns",))


def service(operation: str) -> Step:
    return step(SERVICE, operation, "vpce-svc-1", networkLoadBalancerArns=[NLB])


def refused(*steps: Step, state: str = "available") -> list[str]:
    return [str(refusal) for refusal in refusals_of(cuts(steps, [connection(state)]), example())]


@pytest.mark.parametrize(
    "steps",
    [
        (service("replace"),),
        (service("delete"),),
        (service("create-replacement"), service("replace"), service("delete-replaced")),
        (step(ENDPOINT, "replace", "vpce-1"),),
        # The load balancer alone goes; the preview shows which service stands before it.
        (service("same"), step(BALANCER, "replace", NLB)),
        (service("update"), step(BALANCER, "delete", NLB)),
    ],
)
def test_what_cuts_a_living_connection_is_refused_with_who_it_is(steps: tuple[Step, ...]) -> None:
    (text,) = refused(*steps)

    assert "cut payments (222222222222) from logging (vpce-1, available)" in text
    assert text.startswith(f"{LIVE_CONNECTIONS}: ")
    assert "--allow live-connections --reason TEXT" in text
    (pending,) = refused(*steps, state="pendingAcceptance")
    assert "pendingAcceptance" in pending


@pytest.mark.parametrize("state", ["rejected", "deleted", "Expired"])
def test_a_dead_connection_is_nobody_s_loss(state: str) -> None:
    assert refused(service("replace"), state=state) == []


@pytest.mark.parametrize(
    "steps",
    [
        (service("update"), step(BALANCER, "update", NLB), step(ENDPOINT, "update", "vpce-1")),
        # Leaving is the spoke's own affair.
        (step(ENDPOINT, "delete", "vpce-1"),),
        (step(SERVICE, "create", ""),),
        (step(SERVICE, "replace", "vpce-svc-2"), step(ENDPOINT, "replace", "vpce-2")),
        (service("same"), step(BALANCER, "replace", NLB + "0")),
    ],
)
def test_what_cuts_nobody_passes(steps: tuple[Step, ...]) -> None:
    assert refused(*steps) == []


def test_an_allowed_rule_does_not_refuse_and_others_do() -> None:
    refusals = refusals_of(cuts([service("replace")], [connection()]), example())

    assert allowed(refusals, {LIVE_CONNECTIONS: "CHG-7"}) == ()
    assert allowed(refusals, {"internet-egress": "CHG-7"}) == refusals
    assert RefusedError("hub", refusals).exit_code is ExitCode.FINDING
