"""Ways out to the internet: each opens when it should, and what should stop it does."""

import pytest

from tests.proof.dump import (
    SPOKE,
    Dump,
    add_isolated,
    entry,
    isolated,
    permission,
    public,
    route,
    transit_route,
)
from tests.proof.judge import finding, latent, open_questions, verdict, violations

OUT = ("internet-egress", "vpc-a", "igw-a")
IN = ("internet-ingress", "vpc-a", "igw-a")


def test_an_isolated_vpc_is_proven() -> None:
    told = verdict(isolated())

    assert (told.verdict, told.findings, told.exit_code) == ("proven", (), 0)


def test_gateway_route_and_public_address_let_packets_out() -> None:
    dump = public()

    assert violations(dump) == {OUT: True, IN: True}
    found = finding(dump, "internet-egress")
    assert found.path == ("eni-public", "subnet-vpc-a", "rtb-public", "igw-a", "internet")
    assert (found.account, found.region) == (SPOKE, "eu-west-1")


def test_a_route_without_a_public_address_is_latent() -> None:
    dump = public()
    dump.all("NetworkInterfaces").pop()

    assert verdict(dump).verdict == "proven"
    assert latent(dump) == {OUT, IN}


def test_a_gateway_without_a_route_is_latent() -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.interface("eni-public", "subnet-vpc-a", "10.0.1.20", public="198.51.100.20")

    assert verdict(dump).verdict == "proven"
    assert latent(dump) == {OUT, IN}


def test_a_table_that_no_subnet_uses_is_latent() -> None:
    dump = public()
    dump.all("RouteTables")[-1]["Associations"] = []

    assert verdict(dump).verdict == "proven"
    assert latent(dump) == {OUT, IN}


def test_the_main_table_serves_subnets_without_one_of_their_own() -> None:
    dump = public()
    main, own = dump.all("RouteTables")
    main["Routes"], own["Associations"] = own["Routes"], []

    assert OUT in violations(dump)


def test_a_route_to_one_address_is_enough() -> None:
    dump = public()
    dump.all("RouteTables")[-1]["Routes"][-1] = route("93.184.216.34/32", GatewayId="igw-a")

    assert "93.184.216.34" in finding(dump, "internet-egress").message


def test_a_more_specific_blackhole_takes_its_part_away() -> None:
    dump = public()
    hole = {**route("0.0.0.0/1", GatewayId="igw-gone"), "State": "blackhole"}
    dump.all("RouteTables")[-1]["Routes"] += [hole, {**hole, "DestinationCidrBlock": "128.0.0.0/1"}]

    assert verdict(dump).verdict == "proven"


def test_private_destinations_are_no_internet() -> None:
    dump = public()
    dump.all("RouteTables")[-1]["Routes"][-1] = route("192.168.0.0/16", GatewayId="igw-a")

    assert OUT not in violations(dump)


def test_a_security_group_without_egress_stops_it() -> None:
    dump = public()
    dump.group("sg-shut", "vpc-a", egress=[permission("tcp", "10.0.0.0/8", (443, 443))])
    dump.all("NetworkInterfaces")[-1]["Groups"] = [{"GroupId": "sg-shut"}]

    assert set(violations(dump)) == {IN}


def test_network_acl_entries_apply_by_number_not_by_place() -> None:
    dump = public()
    dump.all("NetworkAcls")[0]["Entries"] = [
        entry(200, egress=True),
        entry(100, egress=True, action="deny"),
        entry(100, egress=False),
    ]

    assert violations(dump) == {IN: False}


def test_a_stateless_acl_may_let_data_out_and_no_answer_in() -> None:
    dump = public()
    dump.all("NetworkAcls")[0]["Entries"] = [entry(100, egress=True)]

    assert violations(dump) == {OUT: False}


def test_answers_to_ephemeral_ports_come_back() -> None:
    dump = public()
    dump.all("NetworkAcls")[0]["Entries"] = [
        entry(100, egress=True, protocol="6", ports=(443, 443)),
        entry(100, egress=False, protocol="6", ports=(32768, 60999)),
    ]

    assert violations(dump)[OUT] is True


@pytest.mark.parametrize(
    ("mode", "exclusion", "live"),
    [
        ("off", None, {OUT, IN}),
        ("block-bidirectional", None, set()),
        ("block-ingress", None, set()),
        ("block-bidirectional", "allow-bidirectional", {OUT, IN}),
        ("block-ingress", "allow-bidirectional", {OUT, IN}),
        ("block-ingress", "allow-egress", set()),
    ],
)
def test_block_public_access_stops_direct_ways(
    mode: str, exclusion: str | None, live: set[tuple[str, str, str]]
) -> None:
    dump = public()
    block(dump, mode, exclusion)

    assert set(violations(dump)) == live


def test_block_public_access_without_its_exclusions_is_unproven() -> None:
    dump = public()
    block(dump, "block-bidirectional", None)
    dump.drop("VpcBlockPublicAccessExclusions")

    assert verdict(dump).verdict == "unproven"
    assert any("Exclusions" in why for why in open_questions(dump)["internet-egress"])


def with_nat(public_address: str | None = "198.51.100.7") -> Dump:
    dump = isolated()
    dump.internet_gateway()
    dump.subnet("subnet-nat", "vpc-a", "10.0.2.0/24")
    dump.nat("nat-a", "subnet-nat", "10.0.2.5", public_address)
    dump.table("rtb-nat", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-nat")
    dump.table("rtb-private", "vpc-a", [route("0.0.0.0/0", NatGatewayId="nat-a")], "subnet-vpc-a")
    return dump


def block(dump: Dump, mode: str, exclusion: str | None, resource: str = "vpc/vpc-a") -> None:
    options = {"InternetGatewayBlockMode": mode, "State": "update-complete"}
    dump.file("bpa", {"VpcBlockPublicAccessOptions": options})
    if exclusion:
        arn = f"arn:aws:ec2:eu-west-1:{SPOKE}:{resource}"
        dump.add(
            "VpcBlockPublicAccessExclusions",
            ResourceArn=arn,
            InternetGatewayExclusionMode=exclusion,
            State="create-complete",
        )


def test_a_nat_gateway_lets_private_subnets_out() -> None:
    dump = with_nat()

    assert violations(dump) == {OUT: True}
    assert finding(dump, "internet-egress").path[-5:] == (
        "nat-a",
        "subnet-nat",
        "rtb-nat",
        "igw-a",
        "internet",
    )


def test_a_private_nat_gateway_is_no_way_to_the_internet() -> None:
    assert violations(with_nat(None)) == {}


def test_a_nat_gateway_alone_is_latent() -> None:
    dump = with_nat()
    dump.all("RouteTables").pop()

    assert violations(dump) == {}
    assert OUT in latent(dump)


def test_a_deleted_nat_gateway_carries_nothing() -> None:
    dump = with_nat()
    dump.all("NatGateways")[0]["State"] = "deleted"

    assert violations(dump) == {}


def test_a_nat_gateway_that_no_document_shows_is_unproven() -> None:
    dump = with_nat()
    dump.all("NatGateways").clear()

    assert verdict(dump).verdict == "unproven"
    assert any("nat-a" in why for why in open_questions(dump)["internet-egress"])


def test_the_acl_of_the_nat_gateways_subnet_counts() -> None:
    dump = with_nat()
    dump.acl("acl-nat", "vpc-a", [entry(100, egress=False), entry(100, egress=True, block="10.0.0.0/8")])
    shared = dump.all("NetworkAcls")[0]["Associations"]
    dump.all("NetworkAcls")[-1]["Associations"] = [a for a in shared if a["SubnetId"] == "subnet-nat"]
    shared[:] = [a for a in shared if a["SubnetId"] != "subnet-nat"]

    assert violations(dump) == {}


def test_ingress_only_block_public_access_leaves_nat_gateways_alone() -> None:
    dump = with_nat()
    block(dump, "block-ingress", None)
    assert violations(dump) == {OUT: True}

    dump = with_nat()
    block(dump, "block-bidirectional", "allow-egress", "subnet/subnet-nat")
    assert violations(dump) == {OUT: True}

    dump = with_nat()
    block(dump, "block-bidirectional", None)
    assert violations(dump) == {}
    assert verdict(dump).verdict == "proven"


@pytest.mark.parametrize("mode", ["allow-egress", "allow-bidirectional"])
def test_an_exclusion_of_the_senders_subnet_behind_a_nat_gateway_is_unproven(mode: str) -> None:
    dump = with_nat()
    block(dump, "block-bidirectional", mode, "subnet/subnet-vpc-a")

    assert violations(dump) == {}
    assert any("subnet-vpc-a" in why for why in open_questions(dump)["internet-egress"])


def test_a_regional_nat_gateway_has_no_subnet_but_a_table() -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.table("rtb-regional", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")])
    dump.table("rtb-private", "vpc-a", [route("0.0.0.0/0", NatGatewayId="nat-r")], "subnet-vpc-a")
    dump.add(
        "NatGateways",
        NatGatewayId="nat-r",
        VpcId="vpc-a",
        State="available",
        ConnectivityType="public",
        AvailabilityMode="regional",
        RouteTableId="rtb-regional",
        NatGatewayAddresses=[
            {"PublicIp": "198.51.100.8", "Status": "succeeded", "AvailabilityZoneId": "euw1-az1"}
        ],
    )

    assert violations(dump) == {OUT: True}


def test_several_addresses_of_one_nat_gateway_are_read() -> None:
    dump = with_nat()
    addresses = dump.all("NatGateways")[0]["NatGatewayAddresses"]
    addresses.append(
        {"PrivateIp": "10.0.2.6", "PublicIp": "198.51.100.9", "IsPrimary": False, "Status": "succeeded"}
    )
    addresses[0].pop("PublicIp")

    assert "10.0.2.6" in finding(dump, "internet-egress").message or violations(dump) == {OUT: True}


def test_an_appliance_without_a_check_passes_packets_on() -> None:
    dump = public()
    dump.all("NetworkInterfaces")[-1]["SourceDestCheck"] = False
    dump.subnet("subnet-inner", "vpc-a", "10.0.3.0/24")
    dump.interface("eni-inner", "subnet-inner", "10.0.3.3")
    dump.table("rtb-inner", "vpc-a", [route("0.0.0.0/0", NetworkInterfaceId="eni-public")], "subnet-inner")
    dump.all("NetworkInterfaces")[-2]["InterfaceType"] = (
        "vpc_endpoint"  # it forwards, and sends nothing of its own
    )

    assert violations(dump)[OUT] is True
    assert finding(dump, "internet-egress").path[0] == "eni-inner"

    dump.all("NetworkInterfaces")[-2]["SourceDestCheck"] = True

    assert OUT not in violations(dump)


def test_an_egress_only_gateway_lets_ipv6_out() -> None:
    dump = isolated()
    dump.all("Vpcs")[0]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f18:0:100::/56"}]
    dump.interface("eni-six", "subnet-vpc-a", "10.0.1.66", v6="2600:1f18:0:100::6")
    dump.add(
        "EgressOnlyInternetGateways",
        EgressOnlyInternetGatewayId="eigw-a",
        Attachments=[{"VpcId": "vpc-a", "State": "attached"}],
    )
    dump.table("rtb-six", "vpc-a", [route("::/0", EgressOnlyInternetGatewayId="eigw-a")], "subnet-vpc-a")

    assert violations(dump) == {("internet-egress", "vpc-a", "eigw-a"): True}

    dump.all("NetworkInterfaces").pop()

    assert violations(dump) == {}
    assert latent(dump) == {("internet-egress", "vpc-a", "eigw-a")}


def test_nat64_is_a_way_for_ipv6() -> None:
    dump = with_nat()
    dump.all("NetworkInterfaces")[0]["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:0:100::6"}]
    dump.all("RouteTables")[-1]["Routes"][-1] = route("64:ff9b::/96", NatGatewayId="nat-a")

    assert OUT in violations(dump)


def egress_through_a_neighbour() -> Dump:
    """A spoke whose default route leads over a transit gateway to a NAT gateway in another VPC."""
    dump = with_nat()
    dump.vpc("vpc-b", "10.1.0.0/16")
    dump.subnet("subnet-b", "vpc-b", "10.1.1.0/24")
    dump.interface("eni-b", "subnet-b", "10.1.1.10")
    dump.table("rtb-b", "vpc-b", [route("0.0.0.0/0", TransitGatewayId="tgw-a")], "subnet-b")
    dump.subnet("subnet-tgw", "vpc-a", "10.0.9.0/28")
    dump.table("rtb-tgw", "vpc-a", [route("0.0.0.0/0", NatGatewayId="nat-a")], "subnet-tgw")
    nat_table = next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-nat")
    nat_table["Routes"].append(route("10.1.0.0/16", TransitGatewayId="tgw-a"))
    routes = [transit_route("0.0.0.0/0", "vpc-a", kind="static"), transit_route("10.1.0.0/16", "vpc-b")]
    dump.transit("tgw-a", {"vpc-a": ["subnet-tgw"], "vpc-b": ["subnet-b"]}, {"tgw-rtb-a": routes})
    return dump


def test_the_internet_is_reached_through_another_vpc() -> None:
    dump = egress_through_a_neighbour()

    found = violations(dump)
    assert found["internet-egress", "vpc-b", "igw-a"] is True
    assert found["network-link", "vpc-b", "tgw-a"] is True
    [way] = [f for f in verdict(dump).findings if f.rule == "internet-egress" and f.vpc == "vpc-b"]
    assert way.path[:3] == ("eni-b", "subnet-b", "rtb-b")
    assert "tgw-rtb-a" in way.path
    assert way.path[-2:] == ("igw-a", "internet")


def test_without_a_route_back_data_still_leaves_through_another_vpc() -> None:
    dump = egress_through_a_neighbour()
    next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-nat")["Routes"].pop()

    assert violations(dump)["internet-egress", "vpc-b", "igw-a"] is False


def test_a_blackhole_in_the_transit_gateways_table_stops_it() -> None:
    dump = egress_through_a_neighbour()
    document = dump.files[f"{SPOKE}/eu-west-1/search-transit-gateway-routes-tgw-rtb-a.json"]
    document["Routes"][0] = transit_route("0.0.0.0/0", state="blackhole", kind="static")

    assert ("internet-egress", "vpc-b", "igw-a") not in violations(dump)


@pytest.mark.parametrize("cut", ["routes", "attachments", "vpc attachments"])
def test_a_transit_gateway_that_is_not_shown_in_full_is_unproven(cut: str) -> None:
    dump = egress_through_a_neighbour()
    if cut == "routes":
        dump.files.clear()
    elif cut == "attachments":
        dump.drop("TransitGatewayAttachments")
    else:
        dump.drop("TransitGatewayVpcAttachments")

    told = verdict(dump)
    assert ("internet-egress", "vpc-b") not in {
        (f.rule, f.vpc) for f in told.findings if f.severity == "violation"
    }
    assert any("tgw" in why or "TransitGateway" in why for why in open_questions(dump)["internet-egress"])


def test_service_owned_interfaces_count_but_gateways_interfaces_send_nothing() -> None:
    for kind, sends in (
        ("lambda", True),
        ("network_load_balancer", True),
        ("efa", True),
        ("vpc_endpoint", False),
    ):
        dump = public()
        dump.all("NetworkInterfaces")[-1]["InterfaceType"] = kind

        assert (OUT in violations(dump)) is sends, kind


def test_a_stopped_instances_interface_counts_even_where_only_the_instance_shows_it() -> None:
    dump = public()
    interface = dump.all("NetworkInterfaces").pop()
    interface.pop("Status")
    instance = {"InstanceId": "i-z", "State": {"Name": "stopped"}, "NetworkInterfaces": [interface]}
    dump.add("Reservations", ReservationId="r-1", Instances=[instance])

    assert violations(dump) == {OUT: True, IN: True}


def test_a_nat_gateway_that_routes_to_itself_ends() -> None:
    dump = with_nat()
    dump.all("RouteTables")[-2]["Routes"][-1] = route("0.0.0.0/0", NatGatewayId="nat-a")

    assert verdict(dump).verdict == "proven"


def test_the_message_shows_the_packet_as_it_was_sent() -> None:
    assert "10.0.1.10 to" in finding(with_nat(), "internet-egress").message


def test_an_appliance_sends_from_every_interface_of_its_instance() -> None:
    """Its way out is like the interface of another instance, whose name comes first."""
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.subnet("subnet-out", "vpc-b", "10.1.2.0/24")
    dump.internet_gateway("igw-b", "vpc-b")
    attachments = {name: [f"subnet-{name}"] for name in ("vpc-a", "vpc-b")}
    routes = [transit_route("0.0.0.0/0", "vpc-b", kind="static"), transit_route("10.0.0.0/16", "vpc-a")]
    dump.transit("tgw-1", attachments, {"tgw-rtb-1": routes})
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", TransitGatewayId="tgw-1")], "subnet-vpc-a")
    dump.table("rtb-b", "vpc-b", [route("0.0.0.0/0", NetworkInterfaceId="eni-inner")], "subnet-vpc-b")
    dump.table("rtb-out", "vpc-b", [route("0.0.0.0/0", GatewayId="igw-b")], "subnet-out")
    dump.interface("eni-inner", "subnet-vpc-b", "10.1.1.5", check=False, instance="i-wall")
    dump.interface("eni-another", "subnet-out", "10.1.2.4", instance="i-another")
    dump.interface("eni-outer", "subnet-out", "10.1.2.5", public="198.51.100.9", instance="i-wall")

    assert ("internet-egress", "vpc-a", "igw-b") in violations(dump)
    dump.all("NetworkInterfaces")[-1]["Attachment"]["InstanceId"] = "i-another"
    assert ("internet-egress", "vpc-a", "igw-b") not in violations(dump)


def test_an_appliance_leaves_under_the_public_address_of_another() -> None:
    """The one with the address has no route, the one with the route no address."""
    dump = isolated()
    dump.internet_gateway()
    dump.subnet("subnet-app", "vpc-a", "10.0.2.0/24")
    dump.interface("eni-app", "subnet-app", "10.0.2.5", check=False)
    dump.table("rtb-app", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-app")
    assert violations(dump) == {}

    dump.interface("eni-named", "subnet-vpc-a", "10.0.1.20", public="198.51.100.20")
    assert violations(dump) == {OUT: False}
    assert "from 10.0.1.20" in finding(dump, "internet-egress").message

    dump.all("NetworkInterfaces")[1]["SourceDestCheck"] = True
    assert violations(dump) == {}


def test_an_appliance_leaves_under_the_public_address_of_one_in_another_vpc() -> None:
    """Through a transit gateway, and past the other VPC's own subnet without a route."""
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.transit(
        "tgw-a",
        {"vpc-a": ["subnet-vpc-a"], "vpc-b": ["subnet-vpc-b"]},
        {"tgw-rtb-a": [transit_route("0.0.0.0/0", "vpc-b")]},
    )
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", TransitGatewayId="tgw-a")], "subnet-vpc-a")
    dump.internet_gateway("igw-b", "vpc-b")
    dump.table("rtb-b", "vpc-b", [route("0.0.0.0/0", GatewayId="igw-b")], "subnet-vpc-b")
    dump.subnet("subnet-named", "vpc-b", "10.1.2.0/24")
    dump.interface("eni-named", "subnet-named", "10.1.2.20", public="198.51.100.20")
    out = ("internet-egress", "vpc-a", "igw-b")
    assert out not in violations(dump)

    dump.all("NetworkInterfaces")[0]["SourceDestCheck"] = False
    assert violations(dump)[out] is False
    assert "from 10.1.2.20" in finding(dump, "internet-egress").message

    dump.all("NetworkInterfaces").pop()
    assert out not in violations(dump)
