"""The routes of transit gateways in every form in which documents show them."""

import pytest

from tests.proof.dump import REGION, SPOKE, Dump, Item, transit_route
from tests.proof.judge import open_questions, violations
from tests.proof.test_joined_networks import BOTH, transit

A, B = ("network-link", "vpc-a", "tgw-a"), ("network-link", "vpc-b", "tgw-a")
OFFICE = ("external-network", "vpc-a", "tgw-a")
SEARCHED = f"{SPOKE}/{REGION}/search-transit-gateway-routes-tgw-rtb-a"


def attach(dump: Dump, name: str, kind: str) -> None:
    dump.add(
        "TransitGatewayAttachments",
        TransitGatewayAttachmentId=f"att-{name}",
        TransitGatewayId="tgw-a",
        ResourceType=kind,
        ResourceId=name,
        State="available",
        Association={"TransitGatewayRouteTableId": "tgw-rtb-a", "State": "associated"},
    )


def batfish(static: list[Item], *propagating: str) -> Dump:
    """The form of Batfish's dumps: static routes, and which attachments propagate."""
    dump = transit()
    del dump.files[f"{SEARCHED}.json"]
    dump.add("TransitGatewayStaticRoutes", TransitGatewayRouteTableId="tgw-rtb-a", Routes=static)
    enabled = [{"TransitGatewayAttachmentId": f"att-{vpc}", "State": "enabled"} for vpc in propagating]
    dump.add(
        "TransitGatewayPropagations",
        TransitGatewayRouteTableId="tgw-rtb-a",
        TransitGatewayRouteTablePropagations=enabled,
    )
    return dump


def prefix_list(dump: Dump, name: str, owner: str, *blocks: str) -> None:
    dump.add("PrefixLists", PrefixListId=name, OwnerId=owner)
    dump.file(f"get-managed-prefix-list-entries-{name}", {"Entries": [{"Cidr": block} for block in blocks]})


def test_vpcs_propagate_their_blocks() -> None:
    assert violations(batfish([], "vpc-a", "vpc-b")) == {A: True, B: True}
    assert violations(batfish([], "vpc-b")) == {A: False}
    assert violations(batfish([], "vpc-a")) == {B: False}


def test_a_propagation_that_is_not_enabled_propagates_nothing() -> None:
    dump = batfish([], "vpc-a", "vpc-b")
    for item in dump.all("TransitGatewayPropagations")[0]["TransitGatewayRouteTablePropagations"]:
        item["State"] = "disabled"

    assert violations(dump) == {}


def test_a_static_route_wins_over_a_propagated_one() -> None:
    dump = batfish([transit_route("10.1.0.0/16", state="blackhole", kind="static")], "vpc-a", "vpc-b")

    assert violations(dump) == {B: False}


def test_a_blackhole_that_still_names_its_attachment_carries_nothing() -> None:
    assert violations(transit(BOTH[0], transit_route("10.1.0.0/16", "vpc-b", state="blackhole"))) == {
        B: False
    }


def test_a_propagation_printed_by_itself_adds_to_the_routes() -> None:
    dump = transit(BOTH[0])
    document = {
        "TransitGatewayRouteTablePropagations": [
            {"TransitGatewayAttachmentId": "att-vpc-b", "ResourceType": "vpc", "State": "enabled"}
        ]
    }
    dump.file("get-transit-gateway-route-table-propagations-tgw-rtb-a", document)

    assert violations(dump) == {A: True, B: True}


def test_what_a_vpn_propagates_only_routes_show() -> None:
    dump = batfish([], "vpc-a", "vpc-b", "office")
    attach(dump, "office", "vpn")

    assert OFFICE not in violations(dump)
    assert any("att-office" in why for why in open_questions(dump)["external-network"])


def test_static_routes_without_the_propagations_are_not_all() -> None:
    dump = batfish(list(BOTH), "vpc-a")
    dump.drop("TransitGatewayPropagations")

    assert violations(dump) == {}
    assert any("propagate" in why for why in open_questions(dump)["external-network"])


def test_routes_that_aws_left_out_are_unproven() -> None:
    dump = batfish(list(BOTH))
    dump.all("TransitGatewayStaticRoutes")[0]["AdditionalRoutesAvailable"] = True

    assert any("AdditionalRoutesAvailable" in why for why in open_questions(dump)["external-network"])


@pytest.mark.parametrize("blocks", [("10.1.0.0/16",), ("10.0.0.0/8",)])
def test_prefix_list_references_are_expanded(blocks: tuple[str, ...]) -> None:
    dump = transit(BOTH[0])
    prefix_list(dump, "pl-1", SPOKE, *blocks)
    dump.add(
        "TransitGatewayPrefixListReferences",
        TransitGatewayRouteTableId="tgw-rtb-a",
        PrefixListId="pl-1",
        State="available",
        Blackhole=False,
        TransitGatewayAttachment={"TransitGatewayAttachmentId": "att-vpc-b", "ResourceType": "vpc"},
    )

    assert violations(dump) == {A: True, B: True}


def test_a_route_by_prefix_list_needs_no_block() -> None:
    dump = transit(BOTH[0])
    prefix_list(dump, "pl-1", SPOKE, "10.1.0.0/16")
    route = transit_route("x", "vpc-b", kind="static") | {"PrefixListId": "pl-1"}
    del route["DestinationCidrBlock"]
    dump.files[f"{SEARCHED}.json"]["Routes"].append(route)

    assert violations(dump) == {A: True, B: True}


def test_a_strangers_prefix_list_leaves_what_it_shadows_open() -> None:
    dump = transit(*BOTH)
    prefix_list(dump, "pl-1", "999999999999", "10.1.0.0/17")
    route = transit_route("10.1.0.0/17", state="blackhole", kind="static") | {"PrefixListId": "pl-1"}
    dump.files[f"{SEARCHED}.json"]["Routes"].append(route)

    assert A not in violations(dump)
    assert any("pl-1" in why for why in open_questions(dump)["network-link"])


def test_a_network_function_may_do_anything_and_gives_back() -> None:
    dump = transit(BOTH[0], transit_route("10.1.0.0/16", "firewall", kind="static"))
    attach(dump, "firewall", "network-function")
    behind = {"TransitGatewayRouteTableId": "tgw-rtb-b", "State": "associated"}
    dump.all("TransitGatewayAttachments")[-1]["Association"] = behind
    document = {"Routes": [transit_route("10.1.0.0/16", "vpc-b")], "AdditionalRoutesAvailable": False}
    dump.file("search-transit-gateway-routes-tgw-rtb-b", document)

    assert violations(dump) == {A: True, B: True}
    assert any("firewall" in why for why in open_questions(dump)["external-network"])
