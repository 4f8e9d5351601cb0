"""The deployed estate, judged twice: by the prover, and by plain boto3 reads that share no code with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from landline import network, proof
from landline.cli.leak import open_leak
from landline.onboarding.grants import grants_document
from landline.testing import assert_access, assert_no_internet_routes
from landline.testing.sandboxed import read_sandbox, targets_of
from tests.components.watched import Watched, of_dashboard, unpublished

from . import independent
from .closed import judged

if TYPE_CHECKING:
    from landline.sandbox.estate import Sandbox

REGION = "eu-west-1"
HUB, PAYMENTS, ORDERS, STRANGER = "111111111111", "222222222222", "333333333333", "444444444444"
MANAGEMENT = "999999999999"
Files = dict[str, dict[str, Any]]


def granted(files: Files) -> set[tuple[str, str]]:
    return {
        (files["spoke"][grant["spoke"]]["account"], service)
        for grant in files["grant"].values()
        for service in grant["services"]
    }


@pytest.fixture(scope="module")
def read(sandbox: Sandbox) -> dict[str, bytes]:
    return dict(read_sandbox(targets_of(sandbox)).snapshot)


def test_the_estate_is_where_the_files_say(sandbox: Sandbox, files: Files) -> None:
    accounts = {
        settings["account"] for kind in ("hub", "spoke", "baseline") for settings in files[kind].values()
    }

    assert sandbox.places() == tuple((account, REGION) for account in sorted(accounts))
    assert (HUB, REGION) in sandbox.places()


def test_the_prover_finds_no_way_to_the_internet(read: dict[str, bytes]) -> None:
    assert_no_internet_routes(read)


def test_the_prover_finds_exactly_the_granted_access(sandbox: Sandbox, read: dict[str, bytes]) -> None:
    assert_access(read, grants_document(sandbox.estate))


def test_the_estate_is_proven_as_a_whole(sandbox: Sandbox, read: dict[str, bytes], files: Files) -> None:
    grants = proof.read_grants(json.dumps(grants_document(sandbox.estate)).encode())
    verdict = proof.verify(network.read(read), grants, evidence="wiring")

    assert (verdict.verdict, verdict.evidence, verdict.findings) == ("proven", "wiring", ())
    assert {(entry.spoke, entry.service) for entry in verdict.access.granted} == granted(files)
    assert dict(verdict.checked)["vpcs"] == len(files["hub"]) + len(files["spoke"])


@pytest.mark.parametrize("document", ["describe-flow-logs", "list-resolver-query-log-config-associations"])
def test_a_network_that_loses_a_log_is_found(sandbox: Sandbox, read: dict[str, bytes], document: str) -> None:
    path = f"{ORDERS}/{REGION}/{document}.json"
    [(key, items)] = [(k, v) for k, v in json.loads(read[path]).items() if isinstance(v, list)]
    lacking = {**read, path: json.dumps({key: items[1:]}).encode()}
    verdict = judged(lacking, grants_document(sandbox.estate))

    [found] = [finding for finding in verdict.findings if finding.rule == "unlogged-network"]
    assert (found.severity, found.account, found.vpc) == ("violation", ORDERS, items[0]["ResourceId"])


def test_plain_reads_find_no_route_beyond_the_vpcs(sandbox: Sandbox) -> None:
    clients = {place: independent.ec2(sandbox, *place) for place in sandbox.places()}
    tables = {place: len(client.describe_route_tables()["RouteTables"]) for place, client in clients.items()}

    # The organisation's management account has no network.
    assert all(count >= 3 for (account, _), count in tables.items() if account != MANAGEMENT), tables
    assert {place: independent.routes_beyond(client) for place, client in clients.items()} == {
        place: [] for place in clients
    }


def test_plain_reads_find_nothing_that_could_lead_out(sandbox: Sandbox) -> None:
    assert {account for account, _ in sandbox.places()} >= {HUB, PAYMENTS, ORDERS}
    for place in sandbox.places():
        client = independent.ec2(sandbox, *place)

        assert independent.ways_out(client) == {}, place
        assert independent.public_addresses(client) == [], place


def test_plain_reads_find_exactly_the_granted_spokes_connected(sandbox: Sandbox, files: Files) -> None:
    assert independent.connected(independent.ec2(sandbox, HUB, REGION)) == granted(files)


def test_both_judges_see_a_leak_and_its_end(sandbox: Sandbox, files: Files) -> None:
    client = independent.ec2(sandbox, ORDERS, REGION)
    with open_leak(client, files["spoke"]["orders"]["network"]["cidr"]) as leak:
        leaking = read_sandbox(targets_of(sandbox)).snapshot
        beyond = independent.routes_beyond(client)
        ways = independent.ways_out(client)

    with pytest.raises(
        AssertionError, match=rf"{leak.network_interface} -> [\s\S]*{leak.internet_gateway} -> internet"
    ):
        assert_no_internet_routes(leaking)
    assert [route["GatewayId"] for _, route in beyond] == [leak.internet_gateway]
    assert set(ways) == {"InternetGateways", "Addresses"}
    assert_no_internet_routes(read_sandbox(targets_of(sandbox)).snapshot)
    assert independent.routes_beyond(client) == []
    assert independent.ways_out(client) == {}


def test_block_public_access_stops_the_same_leak(sandbox: Sandbox, files: Files) -> None:
    """The baseline's floor holds in the payments account: what is opened there stays latent."""
    client = independent.ec2(sandbox, PAYMENTS, REGION)
    options = client.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "block-bidirectional"

    with open_leak(client, files["spoke"]["payments"]["network"]["cidr"]) as leak:
        assert any("Block Public Access switched off" in change for change in leak.changes)
        client.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-bidirectional")
        verdict = proof.verify(network.read(read_sandbox(targets_of(sandbox)).snapshot), None)

    assert {finding.severity for finding in verdict.findings} == {"latent"}
    assert (
        client.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"][
            "InternetGatewayBlockMode"
        ]
        == "block-bidirectional"
    )


@pytest.mark.parametrize(
    ("account", "service"), [(ORDERS, "security"), (STRANGER, "logging"), (STRANGER, "security")]
)
def test_an_account_without_a_grant_is_refused(sandbox: Sandbox, account: str, service: str) -> None:
    client = independent.ec2(sandbox, account, REGION)
    before = independent.connected(independent.ec2(sandbox, HUB, REGION))
    vpc = client.create_vpc(CidrBlock="10.99.0.0/24")["Vpc"]["VpcId"]
    name = independent.service_names(independent.ec2(sandbox, HUB, REGION))[service]
    try:
        with pytest.raises(ClientError) as refusal:
            client.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface")
    finally:
        client.delete_vpc(VpcId=vpc)

    assert refusal.value.response.get("Error", {}).get("Code") == "InvalidServiceName"
    assert independent.connected(independent.ec2(sandbox, HUB, REGION)) == before


def test_a_second_up_changes_nothing(sandbox: Sandbox) -> None:
    before = read_sandbox(targets_of(sandbox))
    results = sandbox.up_all()

    assert [(result.stack, bool(result)) for result in results] == [
        (result.stack, False) for result in results
    ]
    assert sum(result.same for result in results) > 150
    assert read_sandbox(targets_of(sandbox)) == before


def watched(sandbox: Sandbox, account: str) -> list[Watched]:
    """All that CloudWatch in this account watches, from what AWS describes."""
    cloudwatch: Any = sandbox.session(account, REGION).client("cloudwatch")
    found: list[Watched] = []
    for alarm in cloudwatch.describe_alarms()["MetricAlarms"]:
        stats = [one["MetricStat"] for one in alarm.get("Metrics", ()) if one.get("MetricStat")]
        singles = [] if stats else [(alarm, alarm["Statistic"], alarm["Period"])]
        for metric, statistic, period in (*singles, *((s["Metric"], s["Stat"], s["Period"]) for s in stats)):
            dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
            where, namespace, name = alarm["AlarmName"], metric["Namespace"], metric["MetricName"]
            found.append(Watched(where, namespace, name, dimensions, statistic, period))
    for entry in cloudwatch.list_dashboards()["DashboardEntries"]:
        name = entry["DashboardName"]
        found += of_dashboard(name, cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])
    return found


def test_everything_watched_is_something_that_aws_publishes(sandbox: Sandbox) -> None:
    counted = {account: watched(sandbox, account) for account in (HUB, PAYMENTS, ORDERS)}

    assert min(len(found) for found in counted.values()) > 8
    for found in counted.values():
        assert unpublished(found) == []


def test_everything_watched_is_what_aws_made(sandbox: Sandbox) -> None:
    """Ids as EC2 and Elastic Load Balancing list them; a service's own are those of its alarm's name."""
    hub: Any = sandbox.session(HUB, REGION).client("ec2")
    elbv2: Any = sandbox.session(HUB, REGION).client("elbv2")
    places: dict[str, dict[str, set[str]]] = {}
    for service in hub.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]:
        name = next(tag["Value"] for tag in service["Tags"] if tag["Key"] == "Name")
        [arn] = service["NetworkLoadBalancerArns"]
        groups = elbv2.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
        places[f"hub/{name}"] = {
            "Service Id": {service["ServiceId"]},
            # The intake's own metrics.
            "ServiceId": {service["ServiceId"]},
            "LoadBalancer": {arn.partition(":loadbalancer/")[2]},
            "TargetGroup": {group["TargetGroupArn"].rpartition(":")[2] for group in groups},
        }
    for stack, account in (("payments", PAYMENTS), ("orders", ORDERS)):
        ec2: Any = sandbox.session(account, REGION).client("ec2")
        for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
            name = next(tag["Value"] for tag in endpoint["Tags"] if tag["Key"] == "Name")
            places["/".join(name.split(" "))] = {
                "Endpoint Type": {endpoint["VpcEndpointType"]},
                "Service Name": {endpoint["ServiceName"]},
                "VPC Endpoint Id": {endpoint["VpcEndpointId"]},
                "VPC Id": {endpoint["VpcId"]},
            }
        alarms = [one for one in watched(sandbox, account) if "/" in one.where]
        assert {one.where.split("/")[0] for one in alarms} == {stack}
    checked = 0
    for account in (HUB, PAYMENTS, ORDERS):
        for one in watched(sandbox, account):
            if ": " not in one.where:
                own = places[one.where.rpartition("/")[0]]
                assert all(value in own[name] for name, value in one.values.items()), one
                checked += 1
    assert checked > 20


def test_connections_are_told_to_a_topic_that_lets_them(sandbox: Sandbox) -> None:
    for account, count in ((HUB, 2), (PAYMENTS, 2), (ORDERS, 1)):
        ec2: Any = sandbox.session(account, REGION).client("ec2")
        sns: Any = sandbox.session(account, REGION).client("sns")
        told = ec2.describe_vpc_endpoint_connection_notifications()
        topics = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]

        assert [
            one["ConnectionNotificationArn"] for one in told["ConnectionNotificationSet"]
        ] == topics * count
        for one in told["ConnectionNotificationSet"]:
            assert set(one["ConnectionEvents"]) == {"Accept", "Connect", "Delete", "Reject"}
