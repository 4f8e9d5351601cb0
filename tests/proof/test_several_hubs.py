"""Hubs in several Regions and accounts, some with services of one name."""

from __future__ import annotations

import json

import pytest

from landline.errors import UsageError
from landline.proof import Grants, read_grants
from tests.proof.dump import HUB, SPOKE, Dump, add_isolated
from tests.proof.judge import open_questions, verdict, violations

OTHER = "333333333333"
NEAR, FAR = "eu-west-1", "eu-central-1"


def offer(dump: Dump, account: str, region: str, principals: list[str]) -> str:
    """A hub at a place, and in it the service `logging`; gives the service's name."""
    dump.at(account, region)
    add_isolated(dump, f"vpc-{account[0]}-{region}", "10.9.0.0/16")
    service = f"vpce-svc-{account[0]}-{region}"
    dump.service(service, "logging", [f"arn:aws:iam::{one}:root" for one in principals])
    name = f"com.amazonaws.vpce.{region}.{service}"
    dump.all("ServiceConfigurations")[-1]["ServiceName"] = name
    return name


def connect(dump: Dump, spoke: str, name: str, endpoint: str, region: str, hub: str) -> None:
    """An endpoint of a spoke in `region`, and its connection at the service, wherever that is."""
    home = name.split(".")[3]
    dump.at(hub, home)
    dump.connection(name.rsplit(".", 1)[1], endpoint, spoke, "available")
    dump.at(spoke, region)
    if not dump.all("Vpcs"):
        add_isolated(dump, f"vpc-{spoke[0]}-{region}", "10.0.0.0/16")
    dump.add("VpcEndpoints", VpcEndpointId=endpoint, VpcId=f"vpc-{spoke[0]}-{region}",
             VpcEndpointType="Interface", ServiceName=name, ServiceRegion=home, State="available",
             OwnerId=spoke)  # fmt: skip


def grants(*entries: tuple[str, str | None, str | None]) -> Grants:
    listed = []
    for spoke, hub, region in entries:
        where = {key: value for key, value in (("hub", hub), ("region", region)) if value is not None}
        listed.append({"spoke": spoke, "service": "logging", **where})
    return read_grants(json.dumps({"organization": "o-1", "hub": HUB, "grants": listed}).encode())


def two_regions() -> Dump:
    """One hub account that offers `logging` in two Regions, each to one spoke."""
    dump = Dump(HUB)
    near, far = offer(dump, HUB, NEAR, [SPOKE]), offer(dump, HUB, FAR, [OTHER])
    connect(dump, SPOKE, near, "vpce-near", NEAR, HUB)
    connect(dump, OTHER, far, "vpce-far", NEAR, HUB)
    return dump


def test_one_name_in_two_regions_is_proven_where_grants_name_the_region() -> None:
    told = verdict(two_regions(), grants((SPOKE, None, NEAR), (OTHER, None, FAR)))

    assert told.verdict == "proven"
    assert {(entry.spoke, entry.endpoint, entry.region) for entry in told.access.granted} == {
        (SPOKE, "vpce-near", NEAR),
        (OTHER, "vpce-far", FAR),
    }


def test_without_the_region_it_is_open_which_was_granted() -> None:
    told = open_questions(two_regions(), grants((SPOKE, None, None), (OTHER, None, FAR)))

    assert any("in eu-central-1 and eu-west-1" in why for why in told["ungranted-access"])


def test_a_grant_in_one_region_is_none_in_the_other() -> None:
    found = violations(two_regions(), grants((SPOKE, None, FAR), (OTHER, None, FAR)))

    assert {(rule, resource) for rule, _, resource in found} == {
        ("open-service", f"vpce-svc-1-{NEAR}"),
        ("ungranted-access", "vpce-near"),
        ("missing-access", f"vpce-svc-1-{FAR}"),
    }


def test_two_of_a_name_in_one_region_stay_unproven() -> None:
    dump = two_regions()
    dump.at(HUB, NEAR)
    dump.service("vpce-svc-twin", "logging", [])

    told = open_questions(dump, grants((SPOKE, None, NEAR), (OTHER, None, FAR)))
    assert any("two services of the hub are named logging" in why for why in told["ungranted-access"])


def test_a_grant_in_a_region_that_no_document_shows_is_open() -> None:
    told = verdict(two_regions(), grants((SPOKE, None, NEAR), (OTHER, None, FAR), (SPOKE, None, "eu-west-3")))

    assert told.verdict == "unproven"
    assert any("111111111111 in eu-west-3" in item.why for item in told.not_checked)
    assert told.access.missing == ()


def two_accounts() -> Dump:
    dump = Dump(HUB)
    near, far = offer(dump, HUB, NEAR, [SPOKE]), offer(dump, "444444444444", FAR, [OTHER])
    connect(dump, SPOKE, near, "vpce-near", NEAR, HUB)
    connect(dump, OTHER, far, "vpce-far", NEAR, "444444444444")
    return dump


def test_a_hub_in_another_account_is_no_stranger_where_a_grant_names_it() -> None:
    assert (
        verdict(two_accounts(), grants((SPOKE, None, None), (OTHER, "444444444444", None))).verdict
        == "proven"
    )
    found = violations(two_accounts(), grants((SPOKE, None, None)))
    assert {(rule, resource) for rule, _, resource in found} == {
        ("foreign-service", "vpce-far"),
        ("open-service", f"vpce-svc-4-{FAR}"),
    }


def test_an_endpoint_into_a_region_of_the_hub_that_was_not_read_is_open() -> None:
    dump = two_regions()
    dump.places.pop((HUB, FAR))
    dump.files = {name: data for name, data in dump.files.items() if f"/{FAR}/" not in name}

    told = verdict(dump, grants((SPOKE, None, None)))
    assert told.verdict == "unproven"
    assert [(item.rule, "vpce-far" in item.why) for item in told.not_checked if item.open] == [
        ("foreign-service", True)
    ]


@pytest.mark.parametrize(
    ("extra", "names"), [({"hub": "1"}, "logging: hub: '1'"), ({"place": "eu-west-1"}, "place")]
)
def test_a_wrong_grant_says_where(extra: dict[str, str], names: str) -> None:
    entry = {"spoke": SPOKE, "service": "logging", **extra}

    with pytest.raises(UsageError, match=names):
        read_grants(json.dumps({"hub": HUB, "grants": [entry]}).encode())


def test_a_strangers_connection_filed_under_another_region_is_open() -> None:
    dump = two_regions()
    dump.at(HUB, FAR)
    dump.connection(f"vpce-svc-1-{NEAR}", "vpce-stranger", "999999999999", "available")
    told = open_questions(dump, grants((SPOKE, None, NEAR), (OTHER, None, FAR)))

    assert any("vpce-stranger is connected to" in why for why in told["ungranted-access"])


def test_a_foreign_service_does_not_hide_behind_hubs_of_one_region_each() -> None:
    dump = Dump(HUB)
    near, far = offer(dump, HUB, NEAR, [SPOKE]), offer(dump, OTHER, FAR, [OTHER])
    connect(dump, SPOKE, near, "vpce-near", NEAR, HUB)
    connect(dump, OTHER, far, "vpce-far", FAR, OTHER)
    dump.at(SPOKE, NEAR)
    dump.add("VpcEndpoints", VpcEndpointId="vpce-foreign", VpcId=f"vpc-{SPOKE[0]}-{NEAR}",
             VpcEndpointType="Interface", ServiceName=f"com.amazonaws.vpce.{NEAR}.vpce-svc-9",
             ServiceRegion=NEAR, State="available", OwnerId=SPOKE)  # fmt: skip
    found = violations(dump, grants((SPOKE, HUB, None), (OTHER, OTHER, None)))

    assert {(rule, resource) for rule, _, resource in found} == {("foreign-service", "vpce-foreign")}
