"""What is on its way there or away may still carry packets, and so may what is in a state nobody knows."""

import pytest

from tests.proof.dump import SPOKE, Dump, add_isolated, isolated, public, route, transit_route
from tests.proof.judge import granted, open_questions, verdict, violations

FOREIGN = "com.amazonaws.vpce.eu-west-1.vpce-svc-9"


def behind_a_nat_gateway(state: str) -> Dump:
    dump = isolated()
    dump.internet_gateway()
    dump.subnet("subnet-public", "vpc-a", "10.0.9.0/24")
    dump.nat("nat-a", "subnet-public", "10.0.9.9")
    dump.table("rtb-public", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-public")
    dump.table("rtb-private", "vpc-a", [route("0.0.0.0/0", NatGatewayId="nat-a")], "subnet-vpc-a")
    dump.all("NatGateways")[0]["State"] = state
    return dump


def peered(code: str) -> Dump:
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.table("rtb-a", "vpc-a", [route("10.1.0.0/16", VpcPeeringConnectionId="pcx-1")], "subnet-vpc-a")
    dump.peering("pcx-1", ("vpc-a", "10.0.0.0/16"), ("vpc-b", "10.1.0.0/16"), code)
    return dump


def joined(*routes: dict[str, object]) -> Dump:
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.table("rtb-a", "vpc-a", [route("10.0.0.0/8", TransitGatewayId="tgw-1")], "subnet-vpc-a")
    ends = {"vpc-a": ["subnet-vpc-a"], "vpc-b": ["subnet-vpc-b"]}
    dump.transit("tgw-1", ends, {"tgw-rtb-1": list(routes) or [transit_route("10.1.0.0/16", "vpc-b")]})
    return dump


def test_an_internet_gateway_leads_out_until_it_is_detached() -> None:
    for state, outcome in (("detaching", "violated"), ("Available", "violated"), ("detached", "proven")):
        dump = public()
        dump.all("InternetGateways")[0]["Attachments"][0]["State"] = state
        assert verdict(dump).verdict == outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("deleting", "violated"), ("Available", "violated"), ("failed", "proven"), ("deleted", "proven")],
)
def test_a_nat_gateway_translates_until_it_is_deleted(state: str, outcome: str) -> None:
    assert verdict(behind_a_nat_gateway(state)).verdict == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("deleting", "violated"), ("Active", "violated"), ("provisioning", "violated"), ("failed", "proven")],
)
def test_a_peering_connection_carries_until_it_is_deleted(code: str, outcome: str) -> None:
    assert verdict(peered(code)).verdict == outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("deleting", "violated"), ("Available", "violated"), ("deleted", "proven"), ("rejected", "proven")],
)
@pytest.mark.parametrize("kind", ["TransitGatewayVpcAttachments", "TransitGatewayAttachments"])
def test_an_attachment_carries_until_it_is_deleted(kind: str, state: str, outcome: str) -> None:
    dump = joined()
    for one in (
        (kind,) if outcome == "violated" else ("TransitGatewayVpcAttachments", "TransitGatewayAttachments")
    ):
        for item in dump.all(one):
            item["State"] = state

    assert verdict(dump).verdict == outcome


def test_an_association_with_a_transit_gateways_table_routes_until_it_is_gone() -> None:
    for state, outcome in (("disassociating", "violated"), ("disassociated", "proven")):
        dump = joined()
        dump.all("TransitGatewayAttachments")[0]["Association"]["State"] = state
        assert verdict(dump).verdict == outcome


@pytest.mark.parametrize("state", ["pending", "deleting", "Active"])
def test_a_transit_gateways_route_that_changes_leaves_its_packets_open(state: str) -> None:
    dump = joined(transit_route("10.1.0.0/16", "vpc-b", state=state))

    assert verdict(dump).verdict == "unproven"
    assert f"a route of tgw-rtb-1 is {state}" in open_questions(dump)["network-link"]
    assert verdict(joined(transit_route("10.1.0.0/16", "vpc-b", state="deleted"))).verdict == "proven"


def test_what_a_vanishing_route_hides_is_open_too() -> None:
    vanishing = transit_route("10.1.0.0/16", state="deleting")
    vanishing["TransitGatewayAttachments"] = [
        {"TransitGatewayAttachmentId": "att-vpc-a", "ResourceType": "vpc"}
    ]
    hidden = transit_route("10.0.0.0/8", "vpc-b")

    assert "network-link" in open_questions(joined(vanishing, hidden))


def test_a_transit_gateways_route_that_leads_nowhere_is_unproven() -> None:
    dump = joined(transit_route("10.1.0.0/16"))

    assert "a route of tgw-rtb-1 does not say where it leads" in open_questions(dump)["external-network"]
    assert verdict(joined(transit_route("10.1.0.0/16", state="blackhole"))).verdict == "proven"


def test_an_attachment_that_only_one_list_shows_is_unproven() -> None:
    dump = joined()
    dump.all("TransitGatewayVpcAttachments").clear()

    assert any("how vpc-a meets tgw-1" in why for why in open_questions(dump)["external-network"])


def test_an_attachment_without_subnets_is_unproven() -> None:
    for end in (0, 1):
        dump = joined()
        dump.all("TransitGatewayVpcAttachments")[end]["SubnetIds"] = []
        assert verdict(dump).verdict == "unproven"


def test_an_attachment_that_is_described_twice_is_unproven() -> None:
    dump = joined()
    known = dump.all("TransitGatewayVpcAttachments")[1]
    add_isolated(dump, "vpc-c", "10.2.0.0/16")
    dump.all("TransitGatewayVpcAttachments").append(known | {"SubnetIds": ["subnet-vpc-c"]})

    assert any("described twice" in why for why in open_questions(dump)["external-network"])


@pytest.mark.parametrize("state", ["associating", "disassociating"])
def test_a_route_table_that_changes_leaves_its_subnet_open(state: str) -> None:
    dump = public()
    dump.all("RouteTables")[1]["Associations"][0]["AssociationState"] = {"State": state}

    why = f"the association of subnet-vpc-a with rtb-public is {state}"
    assert why in open_questions(dump)["internet-egress"]


def test_a_virtual_private_gateway_that_is_described_twice_is_unproven() -> None:
    dump = isolated()
    dump.table("rtb-a", "vpc-a", [route("192.168.0.0/16", GatewayId="vgw-1")], "subnet-vpc-a")
    for state in ("detached", "attached"):
        dump.add("VpnGateways", VpnGatewayId="vgw-1", VpcAttachments=[{"VpcId": "vpc-a", "State": state}])

    assert "vgw-1 is described twice, differently" in open_questions(dump)["external-network"]


def test_a_subnet_with_two_network_acls_is_unproven() -> None:
    for name in ("acl-1", "acl-z"):
        dump = public()
        dump.acl(name, "vpc-a", [])
        dump.all("NetworkAcls")[-1]["Associations"] = [{"SubnetId": "subnet-vpc-a"}]
        assert any("two network ACLs" in why for why in open_questions(dump)["internet-egress"])


def test_an_instance_need_not_say_where_its_interfaces_are() -> None:
    dump = isolated()
    shown = {"NetworkInterfaceId": "eni-vpc-a"}
    dump.add("Reservations", Instances=[{"InstanceId": "i-vpc-a", "NetworkInterfaces": [shown]}])

    assert verdict(dump).verdict == "proven"


@pytest.mark.parametrize("kind", ["NetworkInterfaces", "Reservations"])
def test_an_interface_that_does_not_name_its_vpc_is_unproven(kind: str) -> None:
    dump = public()
    [moved] = [i for i in dump.all("NetworkInterfaces") if i["NetworkInterfaceId"] == "eni-public"]
    del moved["VpcId"]
    if kind == "Reservations":
        dump.all("NetworkInterfaces").remove(moved)
        dump.add("Reservations", Instances=[{"InstanceId": "i-1", "NetworkInterfaces": [moved]}])

    assert any("eni-public" in why for why in open_questions(dump)["internet-ingress"])


def with_ipv6(gateway: str, *, shielded: bool) -> Dump:
    dump = Dump()
    dump.vpc("vpc-a", v6="2600:1f00::/56")
    dump.subnet("subnet-a", "vpc-a", "10.0.1.0/24")
    interface = dump.interface("eni-a", "subnet-a", "10.0.1.10", v6="2600:1f00::10")
    interface["DenyAllIgwTraffic"] = shielded
    dump.internet_gateway()
    attached = [{"VpcId": "vpc-a", "State": "attached"}]
    dump.add("EgressOnlyInternetGateways", EgressOnlyInternetGatewayId="eigw-a", Attachments=attached)
    field = "GatewayId" if gateway == "igw-a" else "EgressOnlyInternetGatewayId"
    dump.table("rtb-a", "vpc-a", [route("::/0", **{field: gateway})], "subnet-a")
    return dump


@pytest.mark.parametrize("gateway", ["igw-a", "eigw-a"])
def test_an_interface_that_takes_nothing_from_the_internet_may_still_send(gateway: str) -> None:
    """The API speaks of what comes in alone (EC2 API, NetworkInterface, DenyAllIgwTraffic)."""
    dump = with_ipv6(gateway, shielded=True)

    assert any("DenyAllIgwTraffic" in why for why in open_questions(dump)["internet-egress"])
    assert "internet-ingress" not in {rule for rule, _, _ in violations(dump)}
    assert ("internet-egress", "vpc-a", gateway) in violations(with_ipv6(gateway, shielded=False))


def blocked(dump: Dump) -> Dump:
    options = {"InternetGatewayBlockMode": "block-bidirectional", "State": "update-complete"}
    dump.file("describe-vpc-block-public-access-options", {"VpcBlockPublicAccessOptions": options})
    return dump


def test_block_public_access_binds_the_vpcs_of_its_account_alone() -> None:
    """The owner's setting binds a shared VPC ("VPC guide, VPC BPA basics")."""
    assert not violations(blocked(public()))
    dump = blocked(public())
    dump.all("Vpcs")[0]["OwnerId"] = "999999999999"

    assert ("internet-egress", "vpc-a", "igw-a") in violations(dump)


def test_an_exclusion_of_an_unknown_mode_is_unproven() -> None:
    dump = blocked(public())
    arn = f"arn:aws:ec2:eu-west-1:{SPOKE}:vpc/vpc-a"
    dump.add(
        "VpcBlockPublicAccessExclusions", ResourceArn=arn, InternetGatewayExclusionMode="Allow-Bidirectional"
    )

    assert {"internet-egress", "internet-ingress"} <= open_questions(dump).keys()


@pytest.mark.parametrize("extra", [{}, {"VpcEndpointType": "Gateway"}, {"State": "Reconfiguring"}])
def test_an_endpoint_of_any_type_and_state_to_a_strangers_service_is_found(extra: dict[str, str]) -> None:
    dump = isolated()
    endpoint = {"VpcEndpointId": "vpce-1", "VpcId": "vpc-a", "ServiceName": FOREIGN, "State": "available"}
    dump.add("VpcEndpoints", **endpoint | extra)

    assert ("foreign-service", "vpc-a", "vpce-1") in violations(dump)


def test_a_connection_in_a_state_that_nobody_knows_is_unproven() -> None:
    dump = isolated().at("111111111111")
    add_isolated(dump, "vpc-hub", "10.9.0.0/16")
    dump.service("vpce-svc-1", "logging", [SPOKE])
    dump.connection("vpce-svc-1", "vpce-1", SPOKE, "reconfiguring")

    assert any("vpce-1" in why for why in open_questions(dump, granted(logging=[SPOKE]))["missing-access"])


def offering(*states: tuple[str, str]) -> Dump:
    """A service with connections, each of an account and in a state, by the same endpoint."""
    dump = isolated().at("111111111111")
    add_isolated(dump, "vpc-hub", "10.9.0.0/16")
    dump.service("vpce-svc-1", "logging", [SPOKE])
    dump.connection("vpce-svc-1", "vpce-1", SPOKE)
    for account, state in states:
        dump.connection("vpce-svc-1", "vpce-2", account, state)
    return dump


@pytest.mark.parametrize("states", [("available", "rejected"), ("rejected", "available")])
def test_a_connection_that_is_described_twice_counts_as_living(states: tuple[str, str]) -> None:
    dump = offering(*(("333333333333", state) for state in states))

    assert ("ungranted-access", None, "vpce-2") in violations(dump, granted(logging=[SPOKE]))


def test_a_connection_with_two_owners_is_unproven() -> None:
    dump = offering((SPOKE, "available"), ("333333333333", "available"))

    assert any("vpce-2" in why for why in open_questions(dump, granted(logging=[SPOKE]))["ungranted-access"])


def test_a_connection_to_a_service_that_no_document_shows_is_unproven() -> None:
    dump = offering()
    dump.connection("vpce-svc-2", "vpce-3", "333333333333")
    assert any("vpce-3" in why for why in open_questions(dump, granted(logging=[SPOKE]))["ungranted-access"])

    assert verdict(offering(), granted(logging=[SPOKE])).verdict == "proven"


def test_a_rule_group_in_a_state_that_nobody_knows_is_no_wall() -> None:
    dump = isolated()
    dump.all("FirewallRuleGroupAssociations")[0]["Status"] = "FAILED"

    assert "dns-egress" in {rule for rule, _, _ in violations(dump)}


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("InternetGateways", "Attachments"),
        ("SecurityGroups", "IpPermissionsEgress"),
        ("SecurityGroups", "IpPermissions"),
        ("RouteTables", "Associations"),
    ],
)
def test_what_closes_by_its_absence_must_be_there(kind: str, field: str) -> None:
    """AWS prints empty lists as such: a list that is missing was taken out of the document."""
    dump = public()
    del dump.all(kind)[0][field]

    assert verdict(dump).verdict == "unproven"
