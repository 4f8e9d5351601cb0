"""The assertions on snapshots of a small world: they pass, fail with the witness, and fail on silence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from landline.cli.leak import Leak, open_leak
from landline.errors import UsageError
from landline.estate import Target, collect
from landline.estate import write as write_snapshot
from landline.sandbox.world import World
from landline.testing import assert_access, assert_logged, assert_no_internet_routes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ACCOUNT, REGION = "333333333333", "eu-west-1"
GRANTS = {
    "organization": "o-a1b2c3d4e5",
    "hub": "111111111111",
    "grants": [{"spoke": ACCOUNT, "service": "logs"}],
}
NEEDED = (
    "describe-vpcs",
    "describe-subnets",
    "describe-route-tables",
    "describe-network-acls",
    "describe-security-groups",
    "describe-network-interfaces",
    "describe-internet-gateways",
    "describe-egress-only-internet-gateways",
    "describe-nat-gateways",
)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """One account with a VPC in three states, each read as `landline dump` reads."""

    isolated: dict[str, bytes]
    attached: dict[str, bytes]
    """With an internet gateway that no route leads to."""
    leaking: dict[str, bytes]
    leak: Leak
    logged: dict[str, bytes]
    """Isolated, with a flow log and query logs."""


@pytest.fixture(scope="module")
def snapshots() -> Snapshots:
    with World() as world:
        session = world.session(ACCOUNT, REGION)
        ec2: Any = session.client("ec2")

        def read() -> dict[str, bytes]:
            return dict(collect([Target(ACCOUNT, REGION, session)], workers=1).snapshot)

        vpc = ec2.create_vpc(CidrBlock="10.48.0.0/20")["Vpc"]["VpcId"]
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.48.0.0/24")
        isolated = read()
        with open_leak(ec2, "10.48.0.0/20") as leak:
            leaking = read()
        assert set(read()) == set(isolated)
        session.client("logs").create_log_group(logGroupName="flows")
        ec2.create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="flows",
            DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/flows",
        )
        session.client("s3").create_bucket(
            Bucket="queries", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        resolver = session.client("route53resolver")
        config = resolver.create_resolver_query_log_config(
            Name="queries", DestinationArn="arn:aws:s3:::queries", CreatorRequestId="1"
        )["ResolverQueryLogConfig"]
        resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=config["Id"], ResourceId=vpc)
        logged = read()
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        return Snapshots(isolated, read(), leaking, leak, logged)


def without(snapshot: Mapping[str, bytes], command: str) -> dict[str, bytes]:
    left = {path: document for path, document in snapshot.items() if not path.endswith(f"/{command}.json")}
    assert len(left) == len(snapshot) - 1
    return left


def test_an_isolated_estate_passes_as_mapping_and_as_directory(snapshots: Snapshots, tmp_path: Path) -> None:
    snapshot = snapshots.isolated
    write_snapshot(snapshot, tmp_path / "dump")

    assert_no_internet_routes(snapshot)
    assert_no_internet_routes(tmp_path / "dump")


def test_a_leak_fails_with_its_path(snapshots: Snapshots) -> None:
    with pytest.raises(AssertionError) as failure:
        assert_no_internet_routes(snapshots.leaking)

    message = str(failure.value)
    assert "internet-egress (violation) 333333333333/eu-west-1" in message
    assert f"    {snapshots.leak.network_interface} -> " in message
    assert f"{snapshots.leak.internet_gateway} -> internet" in message
    assert "fix: " in message


def test_an_attached_gateway_alone_fails_too(snapshots: Snapshots) -> None:
    with pytest.raises(AssertionError, match=r"\(latent\)[\s\S]*igw-"):
        assert_no_internet_routes(snapshots.attached)


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_document_is_unproven_and_fails(snapshots: Snapshots, missing: str) -> None:
    with pytest.raises(AssertionError, match="unproven: "):
        assert_no_internet_routes(without(snapshots.isolated, missing))


def test_silence_fails(tmp_path: Path) -> None:
    empty = {f"{ACCOUNT}/{REGION}/describe-vpcs.json": b'{"Vpcs": []}'}
    for snapshot in ({}, empty, tmp_path):
        with pytest.raises(AssertionError, match="unproven: "):
            assert_no_internet_routes(snapshot)
        with pytest.raises(AssertionError, match="unproven: "):
            assert_access(snapshot, GRANTS)
        with pytest.raises(AssertionError, match="unproven: "):
            assert_access(snapshot, {**GRANTS, "grants": []})


def test_a_document_that_cannot_be_read_fails(snapshots: Snapshots) -> None:
    path = f"{ACCOUNT}/{REGION}/describe-route-tables.json"

    with pytest.raises(AssertionError, match=rf"unproven: [\s\S]*{path}"):
        assert_no_internet_routes(snapshots.isolated | {path: b'{"RouteTables": [{'})


def test_a_logged_estate_passes_and_an_unlogged_one_fails_with_what_it_lacks(snapshots: Snapshots) -> None:
    assert_logged(snapshots.logged)
    with pytest.raises(AssertionError, match=r"no flow log[\s\S]* nothing logs its resolver's queries"):
        assert_logged(snapshots.isolated)


@pytest.mark.parametrize(
    "missing",
    [
        "describe-vpcs",
        "describe-flow-logs",
        "list-resolver-query-log-configs",
        "list-resolver-query-log-config-associations",
    ],
)
def test_without_its_documents_nothing_counts_as_logged(snapshots: Snapshots, missing: str) -> None:
    with pytest.raises(AssertionError, match="unproven: "):
        assert_logged(without(snapshots.logged, missing))


def test_a_grant_that_nobody_uses_fails_with_its_name(snapshots: Snapshots) -> None:
    # The hub's account is read, and offers nothing.
    hub = {"111111111111/eu-west-1/services.json": b'{"ServiceConfigurations": []}'}
    with pytest.raises(AssertionError, match="granted, not connected: 333333333333 -> logs"):
        assert_access(snapshots.isolated | hub, GRANTS)


def test_grants_in_another_shape_are_refused(snapshots: Snapshots) -> None:
    with pytest.raises(UsageError):
        assert_access(snapshots.isolated, json.loads('{"grants": "all"}'))
