from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from landline.errors import UsageError
from landline.estate import FOLLOW_UPS, REGIONAL, Call, Progress, Target, collect
from landline.network.documents import KINDS, SUBJECT_IN_NAME

from .fake_aws import Answer, FakeSession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

KEYS = {call.operation: call.key for call in [*REGIONAL, *(step.call for step in FOLLOW_UPS)]}
CALLS = [*REGIONAL, *(step.call for step in FOLLOW_UPS)]


def refusal(operation: str, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def nothing(operation: str, _arguments: Mapping[str, Any]) -> Answer:
    """An account with nothing in it."""
    return {KEYS[operation]: {} if operation == "DescribeVpcBlockPublicAccessOptions" else []}


def only(**answers: Answer) -> Any:  # noqa: ANN401 - a function of two arguments
    return lambda operation, arguments: answers.get(operation) or nothing(operation, arguments)


def test_every_call_leaves_one_document_named_as_the_cli_spells_it() -> None:
    collected = collect([Target("111111111111", "eu-west-1", FakeSession(nothing))])

    assert collected.failures == ()
    assert len(collected.snapshot) == len(REGIONAL)
    assert json.loads(collected.snapshot["111111111111/eu-west-1/describe-vpcs.json"]) == {"Vpcs": []}
    assert json.loads(
        collected.snapshot["111111111111/eu-west-1/describe-vpc-block-public-access-options.json"]
    ) == {"VpcBlockPublicAccessOptions": {}}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_each_call_is_one_that_aws_has(call: Call) -> None:
    """Name, key, arguments and command are those of botocore's model, and the operation only reads."""
    model = botocore.session.get_session().get_service_model(call.service).operation_model(call.operation)

    assert call.operation.startswith(("Describe", "Get", "List", "Search"))
    assert call.key in model.output_shape.members  # type: ignore[union-attr]
    assert set(call.arguments) <= set(model.input_shape.members)  # type: ignore[union-attr]
    assert model.output_shape.members[call.key].type_name in {"list", "structure"}  # type: ignore[union-attr]


def test_each_follow_up_asks_with_a_field_that_its_items_have() -> None:
    session = botocore.session.get_session()
    parents = {call.operation: call for call in REGIONAL}
    for step in FOLLOW_UPS:
        parent = parents[step.after]
        items = session.get_service_model(parent.service).operation_model(parent.operation).output_shape
        fields = items.members[parent.key].member.members  # type: ignore[union-attr]
        asked = session.get_service_model(step.call.service).operation_model(step.call.operation)

        assert {step.identifier, step.suffix, *([step.unless] if step.unless else [])} <= set(fields)
        assert step.argument in asked.input_shape.members  # type: ignore[union-attr]
        assert {*asked.input_shape.required_members} <= {step.argument, *step.call.arguments}  # type: ignore[union-attr]


def test_every_kind_of_document_that_the_model_reads_is_asked_for() -> None:
    """But for ServiceDetails: the names of services say whose they are, and AWS lists hundreds of its own.

    And but for the keys under which other tools write what AWS gives of one transit gateway or balancer, for
    multicast domains, which only a transit gateway can have whose options say so, and for secondary
    interfaces, which instances show.
    """
    others = {
        "TransitGatewayMulticastDomains",
        "SecondaryInterfaces",
        "TransitGatewayStaticRoutes",
        "TransitGatewayPropagations",
        "TransitGatewayPrefixListReferences",
        "LoadBalancerListeners",
        "LoadBalancerTargetHealth",
    }
    assert {*KINDS.values()} - {*KEYS.values()} == {"ServiceDetails", *others}
    named = {re.match(r"[a-z-]*[a-z]", pattern.pattern)[0] for pattern in SUBJECT_IN_NAME.values()}  # type: ignore[index]
    # The routes that a table has tell what was propagated.
    assert named - {step.call.command for step in FOLLOW_UPS} == {
        "get-transit-gateway-route-table-propagations"
    }


def test_all_pages_become_one_document() -> None:
    pages: dict[str | None, Answer] = {
        None: {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "two"},
        "two": {"Vpcs": [{"VpcId": "vpc-2"}], "NextToken": "three"},
        "three": {"Vpcs": [{"VpcId": "vpc-3"}]},
    }
    session = FakeSession(
        lambda operation, arguments: (
            pages[arguments.get("NextToken")]
            if operation == "DescribeVpcs"
            else nothing(operation, arguments)
        )
    )

    collected = collect([Target("111111111111", "eu-west-1", session)])

    assert json.loads(collected.snapshot["111111111111/eu-west-1/describe-vpcs.json"]) == {
        "Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}, {"VpcId": "vpc-3"}]
    }


def test_pages_that_boto3_has_no_paginator_for_become_one_document_too() -> None:
    pages: dict[str | None, Answer] = {
        None: {"VpcBlockPublicAccessExclusions": [{"ExclusionId": "1"}], "NextToken": "two"},
        "two": {"VpcBlockPublicAccessExclusions": [{"ExclusionId": "2"}]},
    }
    session = FakeSession(
        lambda operation, arguments: (
            pages[arguments.get("NextToken")]
            if operation == "DescribeVpcBlockPublicAccessExclusions"
            else nothing(operation, arguments)
        )
    )

    collected = collect([Target("111111111111", "eu-west-1", session)])

    path = "111111111111/eu-west-1/describe-vpc-block-public-access-exclusions.json"
    assert json.loads(collected.snapshot[path]) == {
        "VpcBlockPublicAccessExclusions": [{"ExclusionId": "1"}, {"ExclusionId": "2"}]
    }


def test_what_was_found_is_asked_about() -> None:
    session = FakeSession(
        only(
            DescribeVpcEndpointServiceConfigurations={"ServiceConfigurations": [{"ServiceId": "vpce-svc-1"}]},
            DescribeTransitGatewayRouteTables={
                "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]
            },
            DescribeTargetGroups={"TargetGroups": [{"TargetGroupArn": "arn:tg", "TargetGroupName": "logs"}]},
            ListFirewallDomainLists={
                "FirewallDomainLists": [
                    {"Id": "rslvr-fdl-1"},
                    {"Id": "rslvr-fdl-2", "ManagedOwnerName": "AWS"},
                ]
            },
        )
    )

    collected = collect([Target("111111111111", "eu-west-1", session)])

    found = {path.rpartition("/")[2] for path in collected.snapshot}
    assert {
        "describe-vpc-endpoint-service-permissions-vpce-svc-1.json",
        "search-transit-gateway-routes-tgw-rtb-1.json",
        "describe-target-health-logs.json",
        "list-firewall-domains-rslvr-fdl-1.json",
    } <= found
    assert "list-firewall-domains-rslvr-fdl-2.json" not in found
    assert ("DescribeTargetHealth", {"TargetGroupArn": "arn:tg"}) in session.asked


@pytest.mark.parametrize(
    ("answer", "code", "action"),
    [
        (
            refusal("DescribeNatGateways", "UnauthorizedOperation"),
            "UnauthorizedOperation",
            "ec2:DescribeNatGateways",
        ),
        (refusal("DescribeNatGateways", "RequestLimitExceeded"), "RequestLimitExceeded", None),
        (EndpointConnectionError(endpoint_url="https://ec2"), "EndpointConnectionError", None),
        (NotImplementedError("nat"), "NotImplementedError", None),
        ({"Something": []}, "IncompleteError", None),
    ],
)
def test_a_call_that_fails_is_named_and_its_document_is_missing(
    answer: Answer, code: str, action: str | None
) -> None:
    collected = collect([Target("111111111111", "eu-west-1", FakeSession(only(DescribeNatGateways=answer)))])

    path = "111111111111/eu-west-1/describe-nat-gateways.json"
    assert path not in collected.snapshot
    assert len(collected.snapshot) == len(REGIONAL) - 1
    [failure] = collected.failures
    assert (failure.path, failure.command, failure.code, failure.action) == (
        path,
        "ec2 describe-nat-gateways",
        code,
        action,
    )
    assert str(failure).startswith(f"111111111111/eu-west-1: ec2 describe-nat-gateways: {code}: ")
    assert str(failure).endswith("; allow ec2:DescribeNatGateways") is (action is not None)


def test_the_keys_of_vpn_tunnels_are_in_no_snapshot() -> None:
    tunnel = {"OutsideIpAddress": "192.0.2.1", "PreSharedKey": "hush", "Phase1LifetimeSeconds": 28800}
    vpn = {
        "VpnConnectionId": "vpn-1",
        "CustomerGatewayConfiguration": "<ike><pre_shared_key>hush</pre_shared_key></ike>",
        "Options": {"StaticRoutesOnly": True, "TunnelOptions": [tunnel]},
        "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}],
    }
    session = FakeSession(only(DescribeVpnConnections={"VpnConnections": [vpn]}))

    collected = collect([Target("111111111111", "eu-west-1", session)])

    [document] = [data for path, data in collected.snapshot.items() if "vpn-connections" in path]
    assert json.loads(document)["VpnConnections"] == [
        {
            "VpnConnectionId": "vpn-1",
            "Options": {
                "StaticRoutesOnly": True,
                "TunnelOptions": [{"OutsideIpAddress": "192.0.2.1", "Phase1LifetimeSeconds": 28800}],
            },
            "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}],
        }
    ]
    assert not any(b"hush" in data for data in collected.snapshot.values())


def test_routes_that_aws_holds_back_are_a_failure_and_not_a_shorter_table() -> None:
    session = FakeSession(
        only(
            DescribeTransitGatewayRouteTables={
                "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]
            },
            SearchTransitGatewayRoutes={"Routes": [{"Type": "static"}], "AdditionalRoutesAvailable": True},
        )
    )

    collected = collect([Target("111111111111", "eu-west-1", session)])

    assert [failure.path for failure in collected.failures] == [
        "111111111111/eu-west-1/search-transit-gateway-routes-tgw-rtb-1.json"
    ]


def test_accounts_and_regions_are_kept_apart_and_a_broken_one_does_not_hide_the_others() -> None:
    broken = FakeSession(lambda operation, _: refusal(operation, "AuthFailure"))
    targets = [
        Target("111111111111", "eu-west-1", FakeSession(only(DescribeVpcs={"Vpcs": [{"VpcId": "vpc-a"}]}))),
        Target("111111111111", "eu-west-2", FakeSession(only(DescribeVpcs={"Vpcs": [{"VpcId": "vpc-b"}]}))),
        Target("222222222222", "eu-west-1", broken),
    ]

    collected = collect(targets, workers=4)

    assert {
        place: len([path for path in collected.snapshot if path.startswith(place)])
        for place in ("111111111111/eu-west-1", "111111111111/eu-west-2", "222222222222/eu-west-1")
    } == {
        "111111111111/eu-west-1": len(REGIONAL) + 1,
        "111111111111/eu-west-2": len(REGIONAL) + 1,
        "222222222222/eu-west-1": 0,
    }
    assert b"vpc-b" in collected.snapshot["111111111111/eu-west-2/describe-vpcs.json"]
    assert "111111111111/eu-west-2/describe-vpc-attribute-vpc-b.json" in collected.snapshot
    assert {failure.account for failure in collected.failures} == {"222222222222"}
    assert len(collected.failures) == len(REGIONAL)


def test_the_same_estate_gives_the_same_value() -> None:
    def once() -> tuple[list[str], tuple[str, ...]]:
        session = FakeSession(
            only(DescribeVpcs=refusal("DescribeVpcs", "x"), DescribeSubnets=refusal("x", "y"))
        )
        collected = collect([Target("111111111111", "eu-west-1", session)], workers=8)
        return list(collected.snapshot), tuple(map(str, collected.failures))

    assert once() == once()


def test_a_target_named_twice_is_refused() -> None:
    session = FakeSession(nothing)
    with pytest.raises(ValueError, match="111111111111/eu-west-1 is named twice"):
        collect([Target("111111111111", "eu-west-1", session), Target("111111111111", "eu-west-1", session)])


def test_progress_counts_every_call_to_the_end() -> None:
    seen: list[Progress] = []
    session = FakeSession(
        only(
            DescribeVpcEndpointServiceConfigurations={"ServiceConfigurations": [{"ServiceId": "vpce-svc-1"}]}
        )
    )

    collect([Target("111111111111", "eu-west-1", session)], seen.append)

    assert [progress.done for progress in seen] == list(range(1, len(REGIONAL) + 2))
    assert seen[-1].done == seen[-1].total
    assert seen[-1].command == "ec2 describe-vpc-endpoint-service-permissions"


def test_documents_are_as_the_cli_prints_them() -> None:
    gateway = {
        "NatGatewayId": "nat-1",
        "CreateTime": datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        "Tags": [{"Value": "ü"}],
    }
    session = FakeSession(only(DescribeNatGateways={"NatGateways": [gateway]}))

    document = collect([Target("111111111111", "eu-west-1", session)]).snapshot[
        "111111111111/eu-west-1/describe-nat-gateways.json"
    ]

    assert document.decode() == (
        '{\n    "NatGateways": [\n        {\n            "NatGatewayId": "nat-1",\n'
        '            "CreateTime": "2026-11-23T12:00:00+00:00",\n'
        '            "Tags": [\n                {\n                    "Value": "ü"\n                }\n'
        "            ]\n"
        "        }\n    ]\n}\n"
    )


def test_throttling_is_left_to_boto3s_adaptive_retries() -> None:
    session = FakeSession(nothing)

    collect([Target("111111111111", "eu-west-1", session)])

    assert {(config.retries["mode"], config.retries["total_max_attempts"]) for config in session.configs} == {  # type: ignore[attr-defined]
        ("adaptive", 10)
    }
    assert len(session.configs) == len({call.service for call in REGIONAL})


def marked(answer: Mapping[str, Any], value: str = "wiring") -> Mapping[str, Any]:
    return {**answer, "ResponseMetadata": {"HTTPHeaders": {"X-Landline-Evidence": value}}}


class Sandboxed(FakeSession):
    """Whose answers bear the sandbox's header."""

    def __init__(self, value: str = "wiring") -> None:
        super().__init__(nothing)
        self._value = value

    def client(self, service_name: str, *, region_name: str, config: Config) -> Any:  # noqa: ANN401 - boto3's own
        client = super().client(service_name, region_name=region_name, config=config)
        call = client._make_api_call  # noqa: SLF001 - as FakeSession
        client._make_api_call = lambda *given: marked(call(*given), self._value)  # noqa: SLF001
        return client


def test_what_the_sandbox_answers_is_marked_and_what_aws_answers_is_not() -> None:
    collected = collect(
        [Target("111111111111", "eu-west-1", Sandboxed()), Target("222222222222", "eu-west-1", Sandboxed())]
    )
    marks = {path for path in collected.snapshot if path.endswith("/landline-evidence")}
    assert marks == {f"{account}/eu-west-1/landline-evidence" for account in ("111111111111", "222222222222")}
    assert (collected.of_the_sandbox, list(collected.snapshot)) == (True, sorted(collected.snapshot))
    assert not collect([Target("111111111111", "eu-west-1", FakeSession(nothing))]).of_the_sandbox


@pytest.mark.parametrize("workers", [1, 4])
def test_accounts_of_the_sandbox_and_of_aws_are_not_read_into_one_snapshot(workers: int) -> None:
    targets = [
        Target("111111111111", "eu-west-1", Sandboxed()),
        Target("222222222222", "eu-west-1", FakeSession(nothing)),
    ]
    with pytest.raises(UsageError, match=r"answered for 1{12}/.* another for 2{12}/.*never mixed"):
        collect(targets, workers=workers)


def test_a_header_of_another_version_is_refused() -> None:
    with pytest.raises(UsageError, match=r"x-landline-evidence says 'plan'"):
        collect([Target("111111111111", "eu-west-1", Sandboxed("plan"))])
