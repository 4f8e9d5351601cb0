"""Who is behind an endpoint, as grants write it and the intake reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.intake.config import Config, LogArchive
from landline.intake.record import NOBODY, Client
from landline.intake.roster_source import reading
from landline.sandbox.estate import Sandbox
from tests.integration.test_own_targets import FILES, HUB, REGION, estate

if TYPE_CHECKING:
    from pathlib import Path

SPOKE = "222222222222"


def roster(sandbox: Sandbox) -> dict[str, Client]:
    session: Any = sandbox.session(HUB, REGION)
    ec2 = session.client("ec2")
    (service,) = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    config = Config("ledger", service["ServiceId"], "hub", REGION, "127.0.0.1", 0, LogArchive("logs"))
    return dict(reading(config, ec2, session.client("ssm")))


def another(sandbox: Sandbox) -> str:
    """An endpoint of the spoke's account in a VPC of nobody's, which somebody accepts by hand."""
    hub: Any = sandbox.session(HUB, REGION).client("ec2")
    own: Any = sandbox.session(SPOKE, REGION).client("ec2")
    (service,) = hub.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    vpc = own.create_vpc(CidrBlock="10.99.0.0/24")["Vpc"]["VpcId"]
    zone = service["AvailabilityZones"][0]
    subnet = own.create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/26", AvailabilityZone=zone)["Subnet"][
        "SubnetId"
    ]
    made = own.create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpc, ServiceName=service["ServiceName"], SubnetIds=[subnet]
    )["VpcEndpoint"]["VpcEndpointId"]
    if service["AcceptanceRequired"]:
        hub.accept_vpc_endpoint_connections(ServiceId=service["ServiceId"], VpcEndpointIds=[made])
    return str(made)


def test_another_endpoint_of_a_granted_account_is_nobodys_where_the_grant_accepts(tmp_path: Path) -> None:
    files = {name: text.replace(", %s", "") for name, text in FILES.items()}
    accepted = {**files, "hub": files["hub"].replace("lane: standing", "lane: accepted")}
    with Sandbox(estate(tmp_path, **accepted)) as sandbox:
        for name in ("hub", "grant-payments", "payments"):
            sandbox.up(name)
        assert roster(sandbox) == {}
        sandbox.up("grant-payments")
        endpoint, client = next(iter(roster(sandbox).items()))
        assert client == Client(endpoint, SPOKE, "payments", "payments", "endpoint")
        other = another(sandbox)
        assert roster(sandbox) == {
            endpoint: client,
            other: Client(other, SPOKE, NOBODY, NOBODY, "nothing"),
        }


def test_in_the_standing_lane_the_account_is_all_there_is(tmp_path: Path) -> None:
    files = {name: text.replace(", %s", "") for name, text in FILES.items()}
    with Sandbox(estate(tmp_path, **files)) as sandbox:
        for name in ("hub", "grant-payments", "payments"):
            sandbox.up(name)
        other = another(sandbox)
        found = roster(sandbox)
        assert len(found) == 2
        assert found[other] == Client(other, SPOKE, "payments", "payments", "account")
