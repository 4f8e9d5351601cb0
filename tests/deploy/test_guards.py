"""What is refused before the engine begins: each guard refuses in one test and lets pass in another."""

from __future__ import annotations

import pytest

from landline.deploy.guards import (
    BALANCER,
    ENDPOINT,
    LIVE_CONNECTIONS,
    SERVICE,
    UNPROVEN,
    RefusedError,
    allowed,
    cuts,
    doors,
    refusals_of,
)
from landline.deploy.steps import Step
from landline.estate.endpoint_connection import EndpointConnection
from landline.exit_codes import ExitCode
from tests.deploy.estate import example
from tests.estate.plans import STEPS
from tests.estate.plans.preview import VPC, Preview

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


@pytest.mark.parametrize("step", STEPS)
def test_the_plans_of_the_kit_s_own_stacks_pass(step: str) -> None:
    assert doors(Preview(step).document(), example(), None if "baseline" in step else "hub") == ()


def test_a_type_that_is_not_modelled_is_refused_and_can_be_allowed() -> None:
    preview = Preview()
    preview.create(
        "aws:networkmanager/vpcAttachment:VpcAttachment", "wan", {"coreNetworkId": "core-1"}, vpcArn=VPC
    )

    (refusal,) = doors(preview.document(), example(), "hub")

    assert refusal.rule == UNPROVEN
    assert "VpcAttachment wan of stack orders: whether its type carries packets is not" in refusal.message
    assert "--allow unproven --reason TEXT" in refusal.fix
    assert allowed((refusal,), {UNPROVEN: "CHG-7"}) == ()


def test_what_permits_at_another_stack_s_passes_once_the_plan_names_it() -> None:
    rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    named, unnamed = Preview(), Preview()
    named.create(rule, "in", {"securityGroupId": "sg-1", "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"})
    unnamed.create(rule, "in", {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}, securityGroupId=[])

    assert doors(named.document(), example(), "hub") == ()
    assert {refusal.rule for refusal in doors(unnamed.document(), example(), "hub")} == {UNPROVEN}


def test_a_route_in_a_table_that_no_document_shows_is_refused() -> None:
    preview = Preview()
    preview.create(
        "aws:ec2/route:Route",
        "out",
        {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
    )

    assert [refusal.rule for refusal in doors(preview.document(), example(), "hub")] == [UNPROVEN]


def test_what_stands_is_judged_with_what_aws_made_along_with_it() -> None:
    """A preview of what stays says its outputs in the old state alone: the default table's id among them."""
    preview = Preview()
    made = {"mainRouteTableId": "rtb-1", "defaultSecurityGroupId": "sg-1", "defaultNetworkAclId": "acl-1"}
    for step in preview.steps:
        if step["urn"] == VPC:
            old = step["newState"] | {"id": "vpc-1", "outputs": made}
            step |= {"op": "same", "oldState": old, "newState": step["newState"] | {"id": "vpc-1"}}
        elif "::orders-network-default-" in step["urn"]:
            inputs = step["newState"]["inputs"]
            for name in inputs.keys() & {"defaultRouteTableId", "defaultNetworkAclId"}:
                inputs[name] = made[name.replace("defaultRoute", "mainRoute")]
            id_ = inputs.get("defaultRouteTableId") or inputs.get("defaultNetworkAclId") or "sg-1"
            step |= {"op": "same", "oldState": step["newState"] | {"id": id_}}
            step["newState"] = step["newState"] | {"id": id_}

    assert doors(preview.document(), example(), "hub") == ()
