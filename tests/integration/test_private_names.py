"""A service with a name of its own, from its public zone to the spoke's endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from landline import network, proof
from landline.errors import ToolError
from landline.onboarding.grants import grants_document
from landline.sandbox.estate import Sandbox
from landline.testing.sandboxed import quiet_pulumi_aws, read_sandbox, targets_of
from tests.components.conftest import pytest_itemcollected
from tests.example_estates import described
from tests.settings.files import GRANT, HUB, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["pytest_itemcollected"]

OWNER, TEAM, REGION, NAME = "111111111111", "222222222222", "eu-west-1", "logging.example.com"
SECURITY = "      security: {backend: {kind: findings-intake}, ports: [443], lane: accepted}\n"


def stacks(zone: str) -> dict[str, str]:
    """A hub of one service, named in the public zone of this id, and its spoke."""
    hub = changed(changed(HUB, SECURITY, ""), "lane: standing", f"lane: standing, private_dns_name: {NAME}")
    public = f"    public_zone: {{id: {zone}, domain: example.com}}\n    services:"
    return {
        "hub": changed(hub, "    services:", public),
        "payments": changed(SPOKE, "[s3, kms]", "[s3]"),
        "grant-payments": GRANT,
    }


def client(sandbox: Sandbox, service: str, account: str = OWNER) -> Any:  # noqa: ANN401 - a boto3 client
    return sandbox.world.place(account, REGION).client(service)


def up(sandbox: Sandbox) -> list[str]:
    """Deploy all; gives the stacks that changed."""
    with quiet_pulumi_aws():
        return [result.stack for result in sandbox.up_all() if result]


def test_a_name_of_a_services_own_is_proven_and_leads_to_the_endpoint(tmp_path: Path) -> None:
    with Sandbox(described(write(tmp_path, stacks("Z0123456789ABCDEFGHIJ")))) as sandbox:
        route53 = client(sandbox, "route53")
        made = route53.create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]["Id"]
        zone = str(made).rsplit("/", 1)[1]
        sandbox.estate = described(write(tmp_path, stacks(zone)))
        assert up(sandbox) == ["hub", "grant-payments", "payments"]

        [offered] = client(sandbox, "ec2").describe_vpc_endpoint_service_configurations()[
            "ServiceConfigurations"
        ]
        asked = offered["PrivateDnsNameConfiguration"]
        records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        assert (offered["PrivateDnsName"], asked["State"]) == (NAME, "verified")
        assert {one["Name"]: one["ResourceRecords"] for one in records if one["Type"] == "TXT"} == {
            f"{asked['Name']}.{NAME}.": [{"Value": f'"{asked["Value"]}"'}]
        }
        endpoints = client(sandbox, "ec2", TEAM).describe_vpc_endpoints()["VpcEndpoints"]
        [line] = [one for one in endpoints if one["ServiceName"] == offered["ServiceName"]]
        assert line["PrivateDnsEnabled"]
        assert NAME in {entry["DnsName"] for entry in line["DnsEntries"]}

        snapshot = read_sandbox(targets_of(sandbox)).snapshot
        grants = proof.read_grants(json.dumps(grants_document(sandbox.estate)).encode())
        verdict = proof.verify(network.read(snapshot), grants)
        assert (verdict.verdict, verdict.findings) == ("proven", ())
        assert up(sandbox) == []
        for stack in ("grant-payments", "payments", "hub"):
            sandbox.destroy(stack)
        left = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        assert {one["Type"] for one in left} == {"NS", "SOA"}


def test_a_zone_of_somebody_elses_is_refused_while_the_hub_is_deployed(tmp_path: Path) -> None:
    with (
        Sandbox(described(write(tmp_path, stacks("Z0123456789ABCDEFGHIJ")))) as sandbox,
        quiet_pulumi_aws(),
        pytest.raises(ToolError, match=r"hub-logging-private-name-proof.*NoSuchHostedZone"),
    ):
        sandbox.up("hub")
