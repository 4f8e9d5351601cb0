"""The rules network-link and external-network."""

import pytest

from landline.proof import Finding
from tests.proof.dump import Dump, add_isolated, entry, isolated, permission, route, transit_route
from tests.proof.judge import finding, latent, open_questions, verdict, violations


def pair() -> Dump:
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    return dump


def peered() -> Dump:
    dump = pair()
    dump.peering("pcx-a", ("vpc-a", "10.0.0.0/16"), ("vpc-b", "10.1.0.0/16"))
    dump.table("rtb-a", "vpc-a", [route("10.1.0.0/16", VpcPeeringConnectionId="pcx-a")], "subnet-vpc-a")
    return dump


A, B = ("network-link", "vpc-a", "pcx-a"), ("network-link", "vpc-b", "pcx-a")


def test_two_isolated_vpcs_are_proven() -> None:
    assert verdict(pair()).verdict == "proven"


def test_peering_joins_one_way_until_both_sides_have_a_route() -> None:
    dump = peered()
    assert violations(dump) == {A: False}
    assert latent(dump) == {B}

    dump.table("rtb-b", "vpc-b", [route("10.0.0.0/16", VpcPeeringConnectionId="pcx-a")], "subnet-vpc-b")

    assert violations(dump) == {A: True, B: True}
    assert finding_of(dump, "vpc-a").path[-2:] == ("subnet-vpc-b", "eni-vpc-b")


def finding_of(dump: Dump, vpc: str) -> Finding:
    [found] = [f for f in verdict(dump).findings if f.rule == "network-link" and f.vpc == vpc]
    return found


@pytest.mark.parametrize("code", ["pending-acceptance", "deleted", "rejected", "expired"])
def test_a_peering_that_is_not_active_joins_nothing(code: str) -> None:
    dump = peered()
    dump.all("VpcPeeringConnections")[0]["Status"]["Code"] = code

    assert verdict(dump).findings == ()


def test_peering_does_not_lead_on_through_the_peer() -> None:
    dump = peered()
    table = dump.all("RouteTables")[-1]
    table["Routes"].append(route("0.0.0.0/0", VpcPeeringConnectionId="pcx-a"))
    dump.internet_gateway("igw-b", "vpc-b")
    dump.nat("nat-b", "subnet-vpc-b", "10.1.1.5")
    dump.table("rtb-b", "vpc-b", [route("0.0.0.0/0", GatewayId="igw-b")], "subnet-vpc-b")

    assert set(violations(dump)) == {A}


def test_a_peer_that_no_document_shows_is_an_outside_network() -> None:
    dump = isolated()
    dump.peering("pcx-a", ("vpc-a", "10.0.0.0/16"), ("vpc-far", "10.9.0.0/16"))
    dump.table("rtb-a", "vpc-a", [route("10.9.0.0/16", VpcPeeringConnectionId="pcx-a")], "subnet-vpc-a")

    assert set(violations(dump)) == {("external-network", "vpc-a", "pcx-a")}


def test_filters_at_the_receiving_end_stop_a_link() -> None:
    dump = peered()
    dump.group("sg-b", "vpc-b", ingress=[permission("tcp", "10.1.0.0/16", (443, 443))])
    next(i for i in dump.all("NetworkInterfaces") if i["VpcId"] == "vpc-b")["Groups"] = [{"GroupId": "sg-b"}]
    assert violations(dump) == {}

    dump = peered()
    next(a for a in dump.all("NetworkAcls") if a["VpcId"] == "vpc-b")["Entries"] = [entry(1, egress=True)]
    assert violations(dump) == {}


def test_a_group_reference_means_the_addresses_of_its_members() -> None:
    dump = peered()
    dump.group("sg-client", "vpc-a")
    pairs = [{"GroupId": "sg-client", "UserId": "222222222222", "VpcPeeringConnectionId": "pcx-a"}]
    dump.group("sg-b", "vpc-b", ingress=[{"IpProtocol": "-1", "UserIdGroupPairs": pairs}])
    sender, receiver = dump.all("NetworkInterfaces")
    receiver["Groups"] = [{"GroupId": "sg-b"}]
    assert violations(dump) == {}

    sender["Groups"] = [{"GroupId": "sg-client"}]
    assert set(violations(dump)) == {A}


def test_a_group_that_no_document_shows_leaves_the_link_open() -> None:
    dump = peered()
    dump.all("NetworkInterfaces")[1]["Groups"] = [{"GroupId": "sg-unseen"}]

    assert violations(dump) == {}
    assert any("sg-unseen" in why for why in open_questions(dump)["network-link"])


def transit(*routes: dict[str, object], zone: str = "euw1-az1") -> Dump:
    dump = pair()
    for vpc in ("vpc-a", "vpc-b"):
        dump.table(f"rtb-{vpc}", vpc, [route("10.0.0.0/8", TransitGatewayId="tgw-a")], f"subnet-{vpc}")
        prefix = "10.0" if vpc == "vpc-a" else "10.1"
        dump.subnet(f"subnet-tgw-{vpc}", vpc, f"{prefix}.9.0/28", zone)
    attachments = {vpc: [f"subnet-tgw-{vpc}"] for vpc in ("vpc-a", "vpc-b")}
    dump.transit("tgw-a", attachments, {"tgw-rtb-a": list(routes)})
    return dump


BOTH = (transit_route("10.0.0.0/16", "vpc-a"), transit_route("10.1.0.0/16", "vpc-b"))


def test_a_transit_gateway_joins_vpcs_by_its_own_routes() -> None:
    found = violations(transit(*BOTH))

    assert found == {("network-link", "vpc-a", "tgw-a"): True, ("network-link", "vpc-b", "tgw-a"): True}


def test_the_transit_gateways_routes_decide() -> None:
    assert violations(transit()) == {}
    assert violations(transit(BOTH[1])) == {("network-link", "vpc-a", "tgw-a"): False}
    assert violations(transit(*BOTH, transit_route("10.1.1.0/24", state="blackhole", kind="static"))) == {
        ("network-link", "vpc-b", "tgw-a"): False
    }


def test_an_attachment_without_a_route_table_carries_nothing() -> None:
    dump = transit(*BOTH)
    dump.all("TransitGatewayAttachments")[0].pop("Association")

    assert ("network-link", "vpc-a", "tgw-a") not in violations(dump)


def test_only_the_attachment_in_the_senders_zone_serves_it() -> None:
    assert violations(transit(*BOTH, zone="euw1-az2")) == {}


def test_what_a_participant_cannot_see_of_the_transit_gateway_is_unproven() -> None:
    dump = transit(*BOTH)
    for attachment in dump.all("TransitGatewayAttachments"):
        attachment |= {"TransitGatewayOwnerId": "999999999999"}
        attachment.pop("Association")

    assert violations(dump) == {}
    assert any("999" in why or "tgw-a" in why for why in open_questions(dump)["external-network"])


def test_a_vpn_attachment_of_the_transit_gateway_leads_outside() -> None:
    dump = transit(*BOTH, {**transit_route("10.50.0.0/16", "office"), "Type": "static"})
    dump.add("TransitGatewayAttachments", TransitGatewayAttachmentId="att-office", TransitGatewayId="tgw-a",
             ResourceType="vpn", ResourceId="vpn-1", State="available")  # fmt: skip

    assert ("external-network", "vpc-a", "tgw-a") in violations(dump)


def test_peered_transit_gateways_join_regions() -> None:
    dump = transit(transit_route("10.5.0.0/16", "peer", kind="static"), BOTH[0])
    peer = {"TransitGatewayAttachmentId": "att-peer", "ResourceType": "peering", "State": "available"}
    dump.add("TransitGatewayAttachments", **peer, TransitGatewayId="tgw-a", ResourceId="tgw-z")
    assert ("external-network", "vpc-a", "tgw-a") in violations(dump)

    dump.at("222222222222", "us-east-1")
    add_isolated(dump, "vpc-z", "10.5.0.0/16")
    dump.table("rtb-z", "vpc-z", [route("10.0.0.0/8", TransitGatewayId="tgw-z")], "subnet-vpc-z")
    routes = [transit_route("10.5.0.0/16", "vpc-z"), transit_route("10.0.0.0/8", "peer", kind="static")]
    dump.transit("tgw-z", {"vpc-z": ["subnet-vpc-z"]}, {"tgw-rtb-z": routes})
    association = {"TransitGatewayRouteTableId": "tgw-rtb-z", "State": "associated"}
    dump.add("TransitGatewayAttachments", **peer, TransitGatewayId="tgw-z", Association=association)
    dump.at("222222222222")
    next(a for a in dump.all("TransitGatewayAttachments") if a["ResourceType"] == "peering")[
        "Association"
    ] = {
        "TransitGatewayRouteTableId": "tgw-rtb-a",
        "State": "associated",
    }

    assert violations(dump)["network-link", "vpc-a", "tgw-a"] is True


@pytest.mark.parametrize(
    ("target", "resource"),
    [
        ({"LocalGatewayId": "lgw-a"}, "lgw-a"),
        ({"CoreNetworkArn": "arn:core"}, "arn:core"),
        ({"OdbNetworkArn": "arn:odb"}, "arn:odb"),
    ],
)
def test_routes_to_outside_networks(target: dict[str, str], resource: str) -> None:
    dump = isolated()
    dump.table("rtb-out", "vpc-a", [route("172.20.0.0/16", **target)], "subnet-vpc-a")
    assert set(violations(dump)) == {("external-network", "vpc-a", resource)}

    dump.all("RouteTables")[-1]["Associations"] = []
    assert latent(dump) == {("external-network", "vpc-a", resource)}


def test_a_vpn_gateway_needs_attachment_and_route() -> None:
    dump = isolated()
    dump.add("VpnGateways", VpnGatewayId="vgw-a", VpcAttachments=[{"VpcId": "vpc-a", "State": "attached"}])
    key = ("external-network", "vpc-a", "vgw-a")
    assert latent(dump) == {key}
    assert any("without a route back" in item for item in verdict(dump).assumptions)
    assert not any("without a route back" in item for item in verdict(isolated()).assumptions)

    propagated = {**route("172.20.0.0/16", GatewayId="vgw-a"), "Origin": "EnableVgwRoutePropagation"}
    dump.table("rtb-a", "vpc-a", [propagated], "subnet-vpc-a")
    assert violations(dump) == {key: True}
    assert finding(dump, "external-network").path[-1] == "vgw-a"

    dump.all("VpnGateways")[0]["VpcAttachments"][0]["State"] = "detached"
    assert violations(dump) == {}


def test_a_static_route_wins_over_a_propagated_one_to_the_same_block() -> None:
    dump = isolated()
    dump.add("VpnGateways", VpnGatewayId="vgw-a", VpcAttachments=[{"VpcId": "vpc-a", "State": "attached"}])
    hole = {**route("172.20.0.0/16", NatGatewayId="nat-gone"), "State": "blackhole"}
    propagated = {**route("172.20.0.0/16", GatewayId="vgw-a"), "Origin": "EnableVgwRoutePropagation"}
    dump.table("rtb-a", "vpc-a", [propagated, hole], "subnet-vpc-a")

    assert violations(dump) == {}


@pytest.mark.parametrize(
    "strange",
    [
        {"GatewayId": "something-new"},
        {"IpAddress": "10.0.0.9"},
        {},
        {"NatGatewayId": "nat-a", "TransitGatewayId": "tgw-a"},
    ],
)
def test_a_target_that_is_not_modelled_is_unproven_and_named(strange: dict[str, str]) -> None:
    dump = isolated()
    dump.table("rtb-strange", "vpc-a", [route("0.0.0.0/0", **strange)], "subnet-vpc-a")

    told = verdict(dump)
    assert told.verdict == "unproven"
    assert any("rtb-strange" in item.why for item in told.not_checked if item.open)


def test_a_gateway_load_balancer_endpoint_is_unproven_and_passes_on() -> None:
    dump = isolated()
    dump.add("VpcEndpoints", VpcEndpointId="vpce-g", VpcId="vpc-a", VpcEndpointType="GatewayLoadBalancer",
             ServiceName="com.amazonaws.eu-west-1.x", State="available", SubnetIds=["subnet-g"])  # fmt: skip
    dump.subnet("subnet-g", "vpc-a", "10.0.6.0/24")
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", GatewayId="vpce-g")], "subnet-vpc-a")
    dump.table("rtb-g", "vpc-a", [route("172.20.0.0/16", LocalGatewayId="lgw-a")], "subnet-g")

    assert ("external-network", "vpc-a", "lgw-a") in violations(dump)
    assert any("vpce-g" in why for whys in open_questions(dump).values() for why in whys)


def test_an_instance_in_two_vpcs_is_a_bridge() -> None:
    dump = pair()
    dump.interface("eni-second", "subnet-vpc-b", "10.1.1.77", instance="i-vpc-a")

    assert set(violations(dump)) == {
        ("network-link", "vpc-a", "i-vpc-a"),
        ("network-link", "vpc-b", "i-vpc-a"),
    }


def test_gateway_endpoints_and_their_prefix_lists_are_no_way_out() -> None:
    dump = isolated()
    dump.add("VpcEndpoints", VpcEndpointId="vpce-s3", VpcId="vpc-a", VpcEndpointType="Gateway",
             ServiceName="com.amazonaws.eu-west-1.s3", State="available")  # fmt: skip
    dump.table("rtb-a", "vpc-a", [route("pl-s3", GatewayId="vpce-s3")], "subnet-vpc-a")

    assert {rule for rule, _, _ in violations(dump)} == {"open-endpoint-policy"}
    assert open_questions(dump) == {}


def prefix_list(owner: str | None, *blocks: str) -> Dump:
    dump = isolated()
    dump.internet_gateway()
    dump.interface("eni-public", "subnet-vpc-a", "10.0.1.20", public="198.51.100.20")
    dump.table("rtb-a", "vpc-a", [route("pl-own", GatewayId="igw-a")], "subnet-vpc-a")
    if owner:
        dump.add("PrefixLists", PrefixListId="pl-own", PrefixListName="own", OwnerId=owner)
    if blocks:
        dump.file(
            "get-managed-prefix-list-entries-pl-own", {"Entries": [{"Cidr": block} for block in blocks]}
        )
    return dump


def test_prefix_lists_in_routes_are_expanded() -> None:
    out = ("internet-egress", "vpc-a", "igw-a")
    assert out in violations(prefix_list("222222222222", "0.0.0.0/0"))
    assert out not in violations(prefix_list("222222222222", "10.0.0.0/8"))
    assert "internet-egress" not in open_questions(prefix_list("222222222222", "10.0.0.0/8"))


@pytest.mark.parametrize(
    ("owner", "blocks"), [("999999999999", ("10.0.0.0/8",)), ("222222222222", ()), (None, ())]
)
def test_prefix_lists_that_others_own_or_nobody_shows_are_unproven(
    owner: str | None, blocks: tuple[str, ...]
) -> None:
    questions = open_questions(prefix_list(owner, *blocks))

    assert any("pl-own" in why for why in questions["internet-egress"])


def test_an_appliance_with_its_check_on_takes_nothing_for_others() -> None:
    dump = transit(*BOTH, transit_route("172.16.0.0/12", "vpc-b", kind="static"))
    next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-vpc-a")["Routes"][-1] = route(
        "172.16.0.0/12", TransitGatewayId="tgw-a"
    )
    dump.table(
        "rtb-in", "vpc-b", [route("172.16.0.0/12", NetworkInterfaceId="eni-vpc-b")], "subnet-tgw-vpc-b"
    )
    key = ("network-link", "vpc-a", "tgw-a")
    assert key not in violations(dump)

    next(i for i in dump.all("NetworkInterfaces") if i["VpcId"] == "vpc-b")["SourceDestCheck"] = False
    assert key in violations(dump)


@pytest.mark.parametrize(("mode", "live"), [("disable", False), ("enable", True)])
def test_a_transit_gateway_keeps_packets_in_their_zone_but_for_appliance_mode(
    mode: str, *, live: bool
) -> None:
    dump = transit(*BOTH, transit_route("172.16.0.0/12", "vpc-b", kind="static"))
    next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-vpc-a")["Routes"][-1] = route(
        "172.16.0.0/12", TransitGatewayId="tgw-a"
    )
    dump.subnet("subnet-tgw-far", "vpc-b", "10.1.10.0/28", "euw1-az2")
    dump.table("rtb-far", "vpc-b", [route("172.16.0.0/12", LocalGatewayId="lgw-a")], "subnet-tgw-far")
    attachment = dump.all("TransitGatewayVpcAttachments")[-1]
    attachment |= {
        "SubnetIds": ["subnet-tgw-vpc-b", "subnet-tgw-far"],
        "Options": {"ApplianceModeSupport": mode},
    }

    assert (("external-network", "vpc-a", "lgw-a") in violations(dump)) is live


def test_answers_from_outside_do_not_cross_a_second_vpc() -> None:
    dump = transit(*BOTH, transit_route("172.16.0.0/12", "vpc-b", kind="static"))
    next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-vpc-a")["Routes"].append(
        route("172.16.0.0/12", TransitGatewayId="tgw-a")
    )
    dump.table("rtb-in", "vpc-b", [route("172.16.0.0/12", CoreNetworkArn="arn:core")], "subnet-tgw-vpc-b")

    assert violations(dump)["external-network", "vpc-a", "arn:core"] is False


def behind_a_nat_gateway() -> Dump:
    dump = pair()
    dump.peering("pcx-a", ("vpc-a", "10.0.0.0/16"), ("vpc-b", "10.1.0.0/16"))
    dump.subnet("subnet-nat", "vpc-a", "10.0.2.0/24")
    dump.nat("nat-a", "subnet-nat", "10.0.2.5", public=None)
    dump.table("rtb-a", "vpc-a", [route("10.1.0.0/16", NatGatewayId="nat-a")], "subnet-vpc-a")
    dump.table("rtb-nat", "vpc-a", [route("10.1.0.0/16", VpcPeeringConnectionId="pcx-a")], "subnet-nat")
    return dump


def test_a_peering_hands_answers_back_to_a_nat_gateway_without_a_route() -> None:
    dump = behind_a_nat_gateway()
    assert violations(dump) == {A: True}

    # The border of the subnet that the answer leaves still counts.
    dump.acl("acl-silent", "vpc-b", [entry(1, egress=False)])
    dump.all("NetworkAcls")[1]["Associations"] = []
    dump.all("NetworkAcls")[-1]["Associations"] = [{"SubnetId": "subnet-vpc-b"}]
    assert violations(dump) == {A: False}


def test_an_answer_that_an_appliance_renames_answers_nobody() -> None:
    """The sender's subnet takes nothing in but from the VPC's own addresses."""
    dump = isolated()
    dump.add("VpnGateways", VpnGatewayId="vgw-1", VpcAttachments=[{"VpcId": "vpc-a", "State": "attached"}])
    dump.subnet("subnet-app", "vpc-a", "10.0.2.0/24")
    dump.interface("eni-app", "subnet-app", "10.0.2.5", check=False)
    dump.table("rtb-a", "vpc-a", [route("172.20.0.0/16", GatewayId="vgw-1")], "subnet-vpc-a")
    dump.table("rtb-edge", "vpc-a", [route("10.0.1.0/24", NetworkInterfaceId="eni-app")], edge="vgw-1")
    inside = [entry(1, egress=True), entry(1, egress=False, block="10.0.0.0/8")]
    dump.acl("acl-inside", "vpc-a", inside)
    dump.all("NetworkAcls")[0]["Associations"] = [{"SubnetId": "subnet-app"}]
    dump.all("NetworkAcls")[-1]["Associations"] = [{"SubnetId": "subnet-vpc-a"}]
    outside = ("external-network", "vpc-a", "vgw-1")
    assert violations(dump) == {outside: False}

    inside[1]["CidrBlock"] = "0.0.0.0/0"
    assert violations(dump) == {outside: True}


def test_an_appliance_may_send_in_anybodys_name() -> None:
    """The peer takes nothing but from an address that nobody has."""
    dump = peered()
    dump.all("SecurityGroups")[1]["IpPermissions"] = [permission("tcp", "10.0.9.9/32", (443, 443))]
    assert violations(dump) == {}

    dump.all("NetworkInterfaces")[0]["SourceDestCheck"] = False
    assert violations(dump) == {A: False}
    assert "tcp from 10.0.9.9" in finding_of(dump, "vpc-a").message

    dump.all("SecurityGroups")[0]["IpPermissionsEgress"] = []
    assert violations(dump) == {}
