"""VPC Lattice joins VPCs without a route: found where it is listed, open where only its traces show."""

from typing import Any

import pytest

from landline import network
from tests.proof.dump import HUB, Dump, isolated, route
from tests.proof.judge import finding, open_questions, verdict, violations

OURS = "arn:aws:vpc-lattice:eu-west-1:222222222222"
THEIRS = "arn:aws:vpc-lattice:eu-west-1:999999999999"


def listed(*items: dict[str, Any]) -> Dump:
    dump = isolated()
    for at, item in enumerate(items):
        dump.file(f"anything-{at}", {"items": [item]})
    return dump


def association(owner: str = OURS, status: str = "ACTIVE") -> dict[str, Any]:
    return {
        "id": "snva-1",
        "arn": f"{OURS}:servicenetworkvpcassociation/snva-1",
        "status": status,
        "createdAt": "2026-10-01T07:00:00Z",
        "serviceNetworkArn": f"{owner}:servicenetwork/sn-1",
        "vpcId": "vpc-a",
    }


GATEWAY = {
    "id": "rgw-1",
    "arn": f"{OURS}:resourcegateway/rgw-1",
    "name": "database",
    "status": "ACTIVE",
    "vpcIdentifier": "vpc-a",
    "subnetIds": ["subnet-vpc-a"],
}
RESOURCE = {
    "id": "rcfg-1",
    "arn": f"{OURS}:resourceconfiguration/rcfg-1",
    "status": "ACTIVE",
    "resourceGatewayId": "rgw-1",
    "type": "SINGLE",
}


def test_an_association_with_a_network_of_the_estate_joins_vpcs() -> None:
    found = finding(listed(association()), "network-link")

    assert (found.vpc, found.resource) == ("vpc-a", "snva-1")
    assert found.path == ("vpc-a", "snva-1", f"{OURS}:servicenetwork/sn-1")


def test_an_association_with_another_accounts_network_is_foreign() -> None:
    assert set(violations(listed(association(THEIRS)))) == {("foreign-service", "vpc-a", "snva-1")}
    dump = listed(association(THEIRS.replace("999999999999", HUB)))
    assert set(violations(dump)) == {("foreign-service", "vpc-a", "snva-1")}
    assert set(violations(dump.at(HUB))) == {("network-link", "vpc-a", "snva-1")}


@pytest.mark.parametrize(
    ("status", "live"), [("CREATE_IN_PROGRESS", True), ("DELETE_FAILED", True), ("CREATE_FAILED", False)]
)
def test_an_association_that_was_never_made_joins_nothing(status: str, live: bool) -> None:  # noqa: FBT001 - a case
    assert bool(violations(listed(association(status=status)))) == live


def test_a_resource_gateway_with_a_resource_leads_into_its_vpc() -> None:
    assert set(violations(listed(GATEWAY, RESOURCE))) == {("network-link", "vpc-a", "rgw-1")}


def test_a_resource_gateway_without_a_resource_is_open() -> None:
    other = RESOURCE | {"resourceGatewayId": "rgw-2"}

    assert violations(listed(GATEWAY, other)) == {}
    assert any("rgw-1" in why for why in open_questions(listed(GATEWAY, other))["network-link"])


def test_without_the_lists_a_resource_gateway_shows_in_its_interface() -> None:
    dump = isolated()
    interface = dump.interface("eni-1", "subnet-vpc-a", "10.0.1.90")
    assert verdict(dump).verdict == "proven"

    interface["TagSet"] = [{"Key": "VpcLatticeManaged", "Value": "true"}]
    assert any("eni-1" in why for why in open_questions(dump)["network-link"])

    dump.file("gateways", {"items": [GATEWAY]})
    dump.file("resources", {"items": [RESOURCE]})
    assert "network-link" not in open_questions(dump)


def test_without_the_lists_an_association_shows_in_the_route_tables() -> None:
    dump = isolated()
    dump.table("rtb-a", "vpc-a", [route("169.254.171.0/24", GatewayId="VpcLattice")], "subnet-vpc-a")

    assert verdict(dump).verdict == "unproven"
    assert any("VpcLattice" in why for why in open_questions(dump)["network-link"])


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"id": "abc123", "name": "api", "createdDate": "2026-10-01T07:00:00Z"}],
        [{"id": "link", "arn": "arn:aws:apigateway:eu-west-1::/vpclinks/link", "targetArns": []}],
        ["text"],
    ],
)
def test_items_of_other_services_and_none_are_not_lattices(items: list[Any]) -> None:
    dump = isolated()
    dump.file("anything", {"items": items})

    assert verdict(dump).verdict == "proven"
    assert network.read(dump.bytes()).lattice == ()
