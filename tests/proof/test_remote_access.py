"""What lets people in without a route is found, what lets nobody in is not, what is not shown stays open."""

from typing import Any

import pytest

from landline import network, proof
from tests.proof.dump import Dump, isolated
from tests.proof.judge import latent, open_questions, verdict, violations


def test_nothing_lets_people_in() -> None:
    dump = isolated()

    assert violations(dump) == {}
    assert "remote-access" not in open_questions(dump)


@pytest.mark.parametrize(
    "kind", ["InstanceConnectEndpoints", "ClientVpnEndpoints", "VerifiedAccessEndpoints"]
)
def test_without_its_document_the_question_is_open(kind: str) -> None:
    dump = isolated().drop(kind)

    assert verdict(dump).verdict == "unproven"
    assert any(kind in why for why in open_questions(dump)["remote-access"])


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("create-complete", "violation"),
        ("update-failed", "violation"),
        ("delete-in-progress", "violation"),
        ("something new", "violation"),
        ("create-in-progress", "latent"),
        ("create-failed", None),
        ("delete-complete", None),
    ],
)
def test_an_instance_connect_endpoint_lets_people_in_once_made(state: str, severity: str | None) -> None:
    dump = isolated()
    dump.add("InstanceConnectEndpoints", InstanceConnectEndpointId="eice-1", VpcId="vpc-a", State=state)

    found = [(f.severity, f.vpc, f.resource) for f in verdict(dump).findings]
    assert found == ([(severity, "vpc-a", "eice-1")] if severity else [])


def test_an_instance_connect_endpoint_is_found_by_its_interface_alone() -> None:
    dump = isolated().drop("InstanceConnectEndpoints")
    dump.interface("eni-1", "subnet-vpc-a", "10.0.1.70", kind="ec2_instance_connect_endpoint")

    assert set(violations(dump)) == {("remote-access", "vpc-a", "eni-1")}


def test_an_instance_connect_endpoint_and_its_interface_are_one_finding() -> None:
    dump = isolated()
    dump.interface("eni-1", "subnet-vpc-a", "10.0.1.70", kind="ec2_instance_connect_endpoint")
    dump.add(
        "InstanceConnectEndpoints",
        InstanceConnectEndpointId="eice-1",
        VpcId="vpc-a",
        State="create-complete",
        NetworkInterfaceIds=["eni-1"],
    )

    assert set(violations(dump)) == {("remote-access", "vpc-a", "eice-1")}


def vpn(code: str = "available", **more: Any) -> Dump:  # noqa: ANN401 - JSON
    dump = isolated()
    dump.add("ClientVpnEndpoints", ClientVpnEndpointId="cvpn-1", Status={"Code": code}, **more)
    return dump


def target(code: str = "associated") -> dict[str, Any]:
    network = {"ClientVpnEndpointId": "cvpn-1", "VpcId": "vpc-a", "TargetNetworkId": "subnet-vpc-a"}
    return {"ClientVpnTargetNetworks": [{**network, "Status": {"Code": code}}]}


RULE = {"AuthorizationRules": [{"ClientVpnEndpointId": "cvpn-1", "DestinationCidr": "10.0.0.0/16"}]}


def test_a_client_vpn_endpoint_lets_clients_into_its_networks() -> None:
    dump = vpn()
    dump.file("anything", target())
    dump.file("rules", RULE)

    assert set(violations(dump)) == {("remote-access", "vpc-a", "cvpn-1")}


def test_a_client_vpn_endpoint_whose_networks_and_rules_are_not_shown_counts_as_open() -> None:
    assert set(violations(vpn(VpcId="vpc-a"))) == {("remote-access", "vpc-a", "cvpn-1")}
    assert set(violations(vpn())) == {("remote-access", None, "cvpn-1")}


@pytest.mark.parametrize(
    ("code", "name", "document"),
    [
        ("pending-associate", "unread", {}),
        ("available", "describe-client-vpn-target-networks-cvpn-1", {"ClientVpnTargetNetworks": []}),
        ("available", "anything", target("disassociated")),
        ("available", "describe-client-vpn-authorization-rules-cvpn-1", {"AuthorizationRules": []}),
    ],
)
def test_a_client_vpn_endpoint_that_leads_nowhere_is_latent(
    code: str, name: str, document: dict[str, Any]
) -> None:
    dump = vpn(code, VpcId="vpc-a")
    dump.file(name, document)

    assert violations(dump) == {}
    assert latent(dump) == {("remote-access", "vpc-a", "cvpn-1")}


def test_rules_of_another_endpoint_say_nothing_of_this_one() -> None:
    dump = vpn(VpcId="vpc-a")
    dump.file("describe-client-vpn-authorization-rules-cvpn-2", {"AuthorizationRules": []})

    assert set(violations(dump)) == {("remote-access", "vpc-a", "cvpn-1")}


def test_a_client_vpn_endpoint_on_a_transit_gateway_needs_no_target_network() -> None:
    dump = vpn(TransitGatewayConfiguration={"TransitGatewayId": "tgw-1"})
    dump.file("describe-client-vpn-target-networks-cvpn-1", {"ClientVpnTargetNetworks": []})

    assert set(violations(dump)) == {("remote-access", None, "cvpn-1")}


def test_an_empty_list_that_does_not_say_whose_it_is_is_unproven() -> None:
    dump = vpn(VpcId="vpc-a")
    dump.file("anything", {"AuthorizationRules": []})

    assert any("does not say what it is about" in why for why in open_questions(dump)["all"])


def test_rules_without_their_last_page_are_unproven() -> None:
    dump = vpn(VpcId="vpc-a")
    dump.file("rules", RULE | {"NextToken": "t"})

    assert any("last page" in why for why in open_questions(dump)["all"])


@pytest.mark.parametrize(
    "options",
    [
        {"NetworkInterfaceOptions": {"NetworkInterfaceId": "eni-vpc-a"}},
        {"LoadBalancerOptions": {"SubnetIds": ["subnet-vpc-a"]}},
        {"RdsOptions": {"SubnetIds": ["subnet-vpc-a"]}},
        {"CidrOptions": {"SubnetIds": ["subnet-vpc-a"]}},
        {"SecurityGroupIds": ["sg-vpc-a"]},
    ],
)
def test_a_verified_access_endpoint_names_the_vpc_that_it_leads_into(options: dict[str, Any]) -> None:
    dump = isolated()
    dump.add(
        "VerifiedAccessEndpoints", VerifiedAccessEndpointId="vae-1", Status={"Code": "active"}, **options
    )

    assert set(violations(dump)) == {("remote-access", "vpc-a", "vae-1")}


def test_a_verified_access_endpoint_that_is_not_ready_is_latent_and_one_deleted_is_none() -> None:
    dump = isolated()
    for name, code in (("vae-1", "pending"), ("vae-2", "deleted")):
        dump.add("VerifiedAccessEndpoints", VerifiedAccessEndpointId=name, Status={"Code": code})

    assert latent(dump) == {("remote-access", None, "vae-1")}
    assert violations(dump) == {}


@pytest.mark.parametrize("kind", ["api_gateway_managed", "iot_rules_managed", "quicksight"])
def test_interfaces_of_services_that_let_requests_in(kind: str) -> None:
    dump = isolated()
    dump.interface("eni-1", "subnet-vpc-a", "10.0.1.70", kind=kind)

    assert set(violations(dump)) == {("remote-access", "vpc-a", "eni-1")}


@pytest.mark.parametrize("key", ["aws.cloudfront.vpcorigin", "ManagedByCloudShell"])
def test_what_lets_in_shows_in_the_tag_of_its_interface(key: str) -> None:
    dump = isolated()
    interface = dump.interface("eni-1", "subnet-vpc-a", "10.0.1.70")
    interface["TagSet"] = [{"Key": key, "Value": "enabled"}]

    assert set(violations(dump)) == {("remote-access", "vpc-a", "eni-1")}


def test_an_interface_of_a_type_that_nobody_knows_is_an_open_question() -> None:
    dump = isolated()
    dump.interface("eni-1", "subnet-vpc-a", "10.0.1.70", kind="cloudfront_managed")

    told = proof.verify(network.read(dump.bytes()), None)
    assert told.verdict == "unproven"
    assert any("cloudfront_managed" in why for why in open_questions(dump)["remote-access"])
