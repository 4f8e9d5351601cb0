"""Other people's dumps: the same documents in other folders, under other names."""

import pytest

from landline import network, proof, report
from tests.proof.dump import REGION, SPOKE, Dump, isolated, public
from tests.proof.judge import verdict
from tests.proof.test_internet_egress import egress_through_a_neighbour


def named_zones() -> Dump:
    dump = public()
    for subnet in dump.all("Subnets"):
        subnet["AvailabilityZone"] = "eu-west-1a"
    return dump


@pytest.mark.parametrize(
    "where", ["", "eu-west-1/", "aws_configs/eu-west-1/", f"{SPOKE}/", f"a/b/{SPOKE}/eu-west-1/ec2/"]
)
def test_a_dump_in_any_folder_reads_the_same(where: str) -> None:
    files = {where + path.rsplit("/", 1)[1]: data for path, data in named_zones().bytes().items()}

    told = proof.verify(network.read(files), None)

    assert report.as_json(told) == report.as_json(verdict(named_zones()))


def test_what_neither_folders_nor_documents_tell_is_unknown() -> None:
    dump = public()
    for kind in ("Vpcs", "Subnets", "RouteTables", "NetworkInterfaces"):
        for item in dump.all(kind):
            item.pop("OwnerId", None)
    files = {path.rsplit("/", 1)[1]: data for path, data in dump.bytes().items()}

    told = proof.verify(network.read(files), None)

    assert told.verdict == "violated"
    assert {(f.account, f.region) for f in told.findings} == {("unknown", "unknown")}


def test_a_stray_document_beside_others_is_unproven() -> None:
    files = public().bytes() | {"elsewhere.json": b'{"NatGateways": []}'}

    told = proof.verify(network.read(files), None)

    assert any("elsewhere.json" in item.why for item in told.not_checked)


def test_routes_of_a_transit_gateway_are_told_by_the_id_in_any_name() -> None:
    dump = egress_through_a_neighbour()
    plain = report.as_json(verdict(dump)).replace("tgw-rtb-a", "tgw-rtb-0a1")
    files = {
        path.replace("search-transit-gateway-routes-tgw-rtb-a", "my tgw-rtb-0a1 routes"): data.replace(
            b"tgw-rtb-a", b"tgw-rtb-0a1"
        )
        for path, data in dump.bytes().items()
    }

    assert report.as_json(proof.verify(network.read(files), None)) == plain


def test_accounts_may_lie_inside_their_regions() -> None:
    """What one account's documents lack, another's do not make up for."""
    whole, partial = isolated(), isolated("vpc-b", "10.1.0.0/16", "444444444444").drop("NatGateways")
    files = {}
    for path, data in (*whole.bytes().items(), *partial.bytes().items()):
        account, region, name = path.split("/")
        files[f"{region}/{account}/{name}"] = data

    open_ones = [item.why for item in proof.verify(network.read(files), None).not_checked if item.open]
    assert open_ones == ["no NatGateways document for 444444444444/eu-west-1"]


def test_an_account_of_which_no_document_is_read_is_unproven() -> None:
    files = isolated().bytes() | {"333333333333/eu-west-1/other.json": b'{"vpcs": []}'}

    told = proof.verify(network.read(files), None)
    assert told.verdict == "unproven"
    assert any("no Vpcs document for 333333333333/eu-west-1" in item.why for item in told.not_checked)


def test_what_lies_beside_another_services_domains_is_read() -> None:
    dump = isolated()
    dump.internet_gateway()
    beside = {"InternetGateways": dump.places[SPOKE, REGION].pop("InternetGateways")}
    dump.file("gathered", {"Domains": [{"DomainName": "x"}], **beside})

    assert "internet-ingress" in {
        item.rule for item in proof.verify(network.read(dump.bytes()), None).findings
    }


@pytest.mark.parametrize("where", ["", "eu-west-1/", "prod/ireland/"])
def test_two_accounts_in_one_folder_are_told_apart_and_open(where: str) -> None:
    """The second account's VPN endpoints are in no document; the first one's empty list is not theirs."""
    files = {}
    for dump in (isolated(), isolated("vpc-b", "10.1.0.0/16", "444444444444").drop("ClientVpnEndpoints")):
        for path, data in dump.bytes().items():
            account, _, name = path.split("/")
            files[f"{where}{account}-{name}" if "list-" not in name else f"{where}{name}"] = data

    told = proof.verify(network.read(files), None)
    assert told.verdict == "unproven"
    [why] = [item.why for item in told.not_checked if item.open and item.rule == "all"]
    accounts = f"several accounts ({SPOKE}, 444444444444)"
    assert f"{where.rstrip('/') or '.'} cannot be read: holds documents of {accounts}" in why


def test_two_regions_in_one_folder_are_open() -> None:
    dump = named_zones()
    dump.subnet("subnet-far", "vpc-a", "10.0.9.0/24")
    dump.all("Subnets")[1]["AvailabilityZone"] = "us-east-1a"
    files = {path.rsplit("/", 1)[1]: data for path, data in dump.bytes().items()}
    assert any("several Regions" in item.why for item in proof.verify(network.read(files), None).not_checked)

    dump.all("Subnets")[1]["AvailabilityZone"] = "eu-west-1-wl1-ber-wlz-1"
    files = {path.rsplit("/", 1)[1]: data for path, data in dump.bytes().items()}
    assert not any("several" in item.why for item in proof.verify(network.read(files), None).not_checked)
