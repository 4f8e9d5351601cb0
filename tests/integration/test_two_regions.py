"""A hub that serves another Region, and a hub of that Region beside it: `examples/two-regions`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from landline import network, proof
from landline.cli.observing import observe
from landline.onboarding.grants import grants_document
from landline.onboarding.status import Recorded, Sources, status
from landline.sandbox.estate import Sandbox
from landline.testing import assert_access
from landline.testing.sandboxed import quiet_pulumi_aws, read_sandbox, targets_of
from tests.components.conftest import pytest_itemcollected
from tests.example_estates import ROOT, described
from tests.integration.test_examples import TODAY

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["pytest_itemcollected"]

HUBS, PAYMENTS, CLAIMS, AUDIT = ("111111111111", "222222222222", "333333333333", "444444444444")
IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(described(ROOT / "examples" / "two-regions")) as running:
        with quiet_pulumi_aws():
            running.up_all()
        yield running


@pytest.fixture(scope="module")
def read(sandbox: Sandbox) -> dict[str, bytes]:
    return dict(read_sandbox(targets_of(sandbox)).snapshot)


def ec2(sandbox: Sandbox, account: str, region: str) -> Any:  # noqa: ANN401 - a boto3 client
    return sandbox.world.place(account, region).client("ec2")


def services(sandbox: Sandbox, region: str) -> dict[str, dict[str, Any]]:
    """The hubs' services in a Region by their name."""
    found = ec2(sandbox, HUBS, region).describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    return {next(tag["Value"] for tag in one["Tags"] if tag["Key"] == "Name"): one for one in found}


def endpoints(sandbox: Sandbox, account: str, region: str) -> dict[str, dict[str, Any]]:
    """The endpoints to services of the hubs, by the service's name in its Region."""
    found = ec2(sandbox, account, region).describe_vpc_endpoints()["VpcEndpoints"]
    return {one["ServiceName"]: one for one in found if ".vpce-svc-" in one["ServiceName"]}


def test_a_hub_serves_the_regions_that_its_file_names(sandbox: Sandbox) -> None:
    def served(region: str) -> dict[str, list[str]]:
        return {
            name: [one["Region"] for one in service["SupportedRegions"]]
            for name, service in services(sandbox, region).items()
        }

    assert served(IRELAND) == {"logging": [FRANKFURT, IRELAND], "security": [FRANKFURT, IRELAND]}
    assert served(FRANKFURT) == {"logging": [FRANKFURT]}


def test_both_sides_show_a_line_across_regions(sandbox: Sandbox) -> None:
    far = endpoints(sandbox, AUDIT, FRANKFURT)
    names = {service["ServiceName"] for service in services(sandbox, IRELAND).values()}
    connections = ec2(sandbox, HUBS, IRELAND).describe_vpc_endpoint_connections()["VpcEndpointConnections"]

    assert far.keys() == names
    assert {one["ServiceRegion"] for one in far.values()} == {IRELAND}
    assert {len(one["SubnetIds"]) for one in far.values()} == {2}
    assert {
        (one["VpcEndpointOwner"], one["VpcEndpointRegion"], one["VpcEndpointState"]) for one in connections
    } == {(AUDIT, FRANKFURT, "available"), (PAYMENTS, IRELAND, "available")}


def test_the_nearest_hub_is_the_one_in_the_spokes_own_region(sandbox: Sandbox) -> None:
    [near] = endpoints(sandbox, CLAIMS, FRANKFURT).values()

    assert sandbox.estate.spokes["claims"].hub == "hub-frankfurt"
    assert sandbox.estate.spokes["payments"].hub == "hub-ireland"
    assert (near["ServiceRegion"], near["ServiceName"]) == (
        FRANKFURT,
        services(sandbox, FRANKFURT)["logging"]["ServiceName"],
    )


def test_local_names_lead_to_the_endpoint_of_the_right_region(sandbox: Sandbox) -> None:
    route53 = sandbox.world.place(AUDIT, FRANKFURT).client("route53")
    [zone] = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    aliases = {one["Name"]: one["AliasTarget"]["DNSName"] for one in records if "AliasTarget" in one}
    names = {one["DnsEntries"][0]["DnsName"] for one in endpoints(sandbox, AUDIT, FRANKFURT).values()}

    assert aliases.keys() == {
        "logging.hub-ireland.landline.internal.",
        "security.hub-ireland.landline.internal.",
    }
    assert {name.rstrip(".") for name in aliases.values()} == names
    assert all(name.endswith(f".{IRELAND}.vpce.amazonaws.com") for name in names)


def test_no_network_in_either_region_resolves_more_than_its_list(sandbox: Sandbox) -> None:
    """Hubs and spokes: each has its wall, and what it allows is AWS's or the estate's own."""
    walls = 0
    for place in sandbox.places():
        resolver = sandbox.world.place(*place).client("route53resolver")
        vpcs = ec2(sandbox, *place).describe_vpcs()["Vpcs"]
        for vpc in vpcs:
            [wall] = resolver.list_firewall_rule_group_associations(VpcId=vpc["VpcId"])[
                "FirewallRuleGroupAssociations"
            ]
            rules = resolver.list_firewall_rules(FirewallRuleGroupId=wall["FirewallRuleGroupId"])[
                "FirewallRules"
            ]
            allow, block = sorted(rules, key=lambda rule: rule["Priority"])
            assert (allow["Action"], block["Action"]) == ("ALLOW", "BLOCK")
            [everything], allowed = (
                resolver.list_firewall_domains(FirewallDomainListId=rule["FirewallDomainListId"])["Domains"]
                for rule in (block, allow)
            )
            assert everything.rstrip(".") == "*"
            assert all(
                name.rstrip(".").endswith((".amazonaws.com", ".compute.internal", ".landline.internal"))
                for name in allowed
            )
            walls += 1
    assert walls == len(sandbox.estate.hubs) + len(sandbox.estate.spokes)


def test_a_service_lets_in_no_region_that_it_does_not_serve(sandbox: Sandbox) -> None:
    """Frankfurt's logging serves Frankfurt alone, even for an account on its allow-list."""
    name = services(sandbox, FRANKFURT)["logging"]["ServiceName"]
    client = ec2(sandbox, CLAIMS, IRELAND)
    vpc = client.create_vpc(CidrBlock="10.99.0.0/24")["Vpc"]["VpcId"]
    try:
        with pytest.raises(ClientError) as refusal:
            client.create_vpc_endpoint(
                VpcId=vpc, ServiceName=name, ServiceRegion=FRANKFURT, VpcEndpointType="Interface"
            )
    finally:
        client.delete_vpc(VpcId=vpc)

    assert refusal.value.response.get("Error", {}).get("Code") == "InvalidServiceName"


def test_a_line_across_regions_names_the_services_region(sandbox: Sandbox) -> None:
    name = services(sandbox, IRELAND)["logging"]["ServiceName"]
    client = ec2(sandbox, AUDIT, FRANKFURT)
    vpc = client.describe_vpcs()["Vpcs"][0]["VpcId"]

    with pytest.raises(ClientError, match="InvalidServiceName"):
        client.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface")


def test_a_service_never_leaves_its_own_region(sandbox: Sandbox) -> None:
    service = services(sandbox, IRELAND)["logging"]["ServiceId"]
    client = ec2(sandbox, HUBS, IRELAND)

    with pytest.raises(ClientError, match="must stay accessible"):
        client.modify_vpc_endpoint_service_configuration(ServiceId=service, RemoveSupportedRegions=[IRELAND])
    with pytest.raises(ClientError, match="Invalid Region: eu-nowhere-1"):
        client.modify_vpc_endpoint_service_configuration(
            ServiceId=service, AddSupportedRegions=["eu-nowhere-1"]
        )


def test_taking_a_region_away_cuts_nothing(sandbox: Sandbox) -> None:
    """As AWS has it ("AWS PrivateLink guide, Share your services, Cross-Region access")."""
    service = services(sandbox, IRELAND)["logging"]["ServiceId"]
    client = ec2(sandbox, HUBS, IRELAND)
    before = client.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    client.modify_vpc_endpoint_service_configuration(ServiceId=service, RemoveSupportedRegions=[FRANKFURT])
    try:
        assert client.describe_vpc_endpoint_connections()["VpcEndpointConnections"] == before
    finally:
        client.modify_vpc_endpoint_service_configuration(ServiceId=service, AddSupportedRegions=[FRANKFURT])


def test_one_name_in_two_regions_is_told_apart(sandbox: Sandbox, read: dict[str, bytes]) -> None:
    document = grants_document(sandbox.estate)
    access = proof.verify(network.read(read), proof.read_grants(json.dumps(document).encode())).access

    assert {(entry.spoke, entry.service, entry.region) for entry in access.granted} >= {
        (PAYMENTS, "logging", IRELAND),
        (CLAIMS, "logging", FRANKFURT),
        (AUDIT, "logging", IRELAND),
    }
    moved = [
        grant | {"region": FRANKFURT} if grant["spoke"] == PAYMENTS else grant for grant in document["grants"]
    ]
    with pytest.raises(AssertionError, match=f"{PAYMENTS} -> logging of {HUBS}/{FRANKFURT}"):
        assert_access(read, document | {"grants": moved})


def test_the_far_hub_is_foreign_to_whoever_asks_about_another_hub(
    sandbox: Sandbox, read: dict[str, bytes]
) -> None:
    """A snapshot without the hub's Region leaves open whose service an endpoint across Regions leads to."""
    document = grants_document(sandbox.estate)
    partial = {name: data for name, data in read.items() if not name.startswith(f"{HUBS}/{IRELAND}/")}
    verdict = proof.verify(network.read(partial), proof.read_grants(json.dumps(document).encode()))

    assert verdict.verdict == "unproven"
    assert {finding.rule for finding in verdict.findings} == set()
    assert {"foreign-service", "ungranted-access", "missing-access"} <= {
        item.rule for item in verdict.not_checked if item.open
    }


def test_status_follows_each_spoke_to_its_own_hub(sandbox: Sandbox, read: dict[str, bytes]) -> None:
    observed, verdict = observe(sandbox.estate, read, "dump")
    recorded = {
        name: Recorded(dict.fromkeys(spoke.services, "a name"))
        for name, spoke in sandbox.estate.spokes.items()
    }
    lines = status(sandbox.estate, Sources(observed=observed, recorded=recorded), TODAY)

    assert verdict["verdict"] == "proven"
    assert {(line.spoke, line.service, line.state) for line in lines} == {
        ("audit", "logging", "proven"),
        ("audit", "security", "proven"),
        ("claims", "logging", "proven"),
        ("payments", "logging", "proven"),
    }
    told = {line.spoke: line.notes for line in lines}
    assert (told["claims"], told["payments"]) == ((), ())
    assert "no PrivateLink metrics" in told["audit"][0]


def test_a_second_up_changes_nothing(sandbox: Sandbox) -> None:
    with quiet_pulumi_aws():
        results = sandbox.up_all()

    assert [result.stack for result in results if result] == []
