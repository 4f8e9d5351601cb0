"""The oracle on estates made by hand, each with the answer that AWS's pages give."""

import ipaddress
from dataclasses import dataclass

import pytest

from .documents import OPEN, Documents, Item, Place, acl_entry, allow_all, permission, route
from .estate import read
from .oracle import Answer, judge
from .walk import Trail, Walker

HUB = ("111111111111", "eu-west-1")


@dataclass
class Plain:
    """One VPC, one subnet, one instance with everything open and nowhere to go."""

    documents: Documents
    place: Place
    vpc: Item
    subnet: Item
    open: Item
    host: Item

    @property
    def main(self) -> list[Item]:
        """The routes of the VPC's main table."""
        return main(self.documents, self.place, self.vpc)


def main(documents: Documents, place: Place, vpc: Item) -> list[Item]:
    """The routes of a VPC's main table, to add to."""
    table = next(
        t
        for t in documents.places[place]["RouteTables"]
        if t["VpcId"] == vpc["VpcId"] and any(a.get("Main") for a in t["Associations"])
    )
    routes: list[Item] = table["Routes"]
    return routes


def plain(
    documents: Documents | None = None,
    number: int = 1,
    place: Place = HUB,
    public: str | None = None,
    *,
    v6: bool = False,
    zone: str = "a",
) -> Plain:
    """A VPC 10.<number>.0.0/24 with one open instance."""
    documents = documents or Documents()
    documents.place(*place)
    vpc = documents.vpc(place, f"10.{number}.0.0/24", *([f"2600:1f18:{number}::/56"] if v6 else []))
    subnet = documents.subnet(
        place, vpc, f"10.{number}.0.0/27", zone, f"2600:1f18:{number}::/64" if v6 else None
    )
    group = documents.security_group(place, vpc, OPEN, OPEN)
    host = documents.interface(
        place,
        subnet,
        f"10.{number}.0.4",
        [group],
        public=public,
        v6=f"2600:1f18:{number}::10" if v6 else None,
    )
    return Plain(documents, place, vpc, subnet, group, host)


def ways(answer: Answer) -> dict[tuple[str, str, str], bool | None]:
    """(rule, VPC, resource) to two_way."""
    return {(w.rule, w.vpc, w.resource): both for w, both in answer.live.items()}


def leak(public: str | None = "54.0.0.1", *, v6: bool = False) -> tuple[Plain, str]:
    """An instance with a default route to an internet gateway."""
    here = plain(public=public, v6=v6)
    igw = here.documents.internet_gateway(HUB, here.vpc)
    here.main.append(route("0.0.0.0/0", GatewayId=igw))
    return here, igw


def test_an_isolated_vpc_is_proven() -> None:
    answer = judge(plain().documents.snapshot())
    assert answer.verdict == "proven"
    assert not answer.latent


def test_a_public_address_behind_a_routed_gateway_goes_both_ways() -> None:
    here, igw = leak()
    vpc = here.vpc["VpcId"]
    assert ways(judge(here.documents.snapshot())) == {
        ("internet-egress", vpc, igw): True,
        ("internet-ingress", vpc, igw): True,
    }


@pytest.mark.parametrize("lacking", ["address", "route", "attachment", "group", "acl", "main"])
def test_a_door_with_one_thing_lacking_is_latent(lacking: str) -> None:
    here = plain(public=None if lacking == "address" else "54.0.0.1")
    igw = here.documents.internet_gateway(HUB, None if lacking == "attachment" else here.vpc)
    state = "blackhole" if lacking == "attachment" else "active"
    if lacking != "route":
        here.main.append(route("0.0.0.0/0", state=state, GatewayId=igw))
    if lacking == "group":
        here.open["IpPermissions"].clear()
        here.open["IpPermissionsEgress"].clear()
    if lacking == "acl":
        closed = here.documents.network_acl(HUB, here.vpc, [])
        here.documents.use_acl(HUB, here.subnet, closed)
    if lacking == "main":
        here.documents.route_table(HUB, here.vpc, [], [here.subnet])
    answer = judge(here.documents.snapshot())
    assert answer.verdict == "proven"
    assert bool(answer.latent) == (lacking != "attachment")


def test_the_longest_prefix_wins_a_blackhole_too() -> None:
    here, igw = leak()
    here.main[-1]["DestinationCidrBlock"] = "8.8.8.0/24"
    assert ("internet-egress", here.vpc["VpcId"], igw) in ways(judge(here.documents.snapshot()))
    here.main.append(route("8.8.8.0/24", state="blackhole", GatewayId="igw-gone"))
    here.main[-2]["DestinationCidrBlock"] = "8.8.0.0/16"
    here.open["IpPermissionsEgress"] = [permission(cidr="8.8.8.0/24")]
    assert ("internet-egress", here.vpc["VpcId"], igw) not in ways(judge(here.documents.snapshot()))


def test_a_network_acl_without_the_answers_port_makes_a_one_way_leak() -> None:
    here, igw = leak()
    entries = [*allow_all(egress=True), acl_entry(100, "allow", "10.0.0.0/8", egress=False)]
    here.documents.use_acl(HUB, here.subnet, here.documents.network_acl(HUB, here.vpc, entries))
    assert ways(judge(here.documents.snapshot())) == {("internet-egress", here.vpc["VpcId"], igw): False}


def test_network_acl_entries_hold_by_number_not_by_place() -> None:
    here, _ = leak()
    entries = [*allow_all(egress=True), acl_entry(1, "deny", "0.0.0.0/0", egress=True)]
    here.documents.use_acl(HUB, here.subnet, here.documents.network_acl(HUB, here.vpc, entries))
    assert judge(here.documents.snapshot()).verdict == "proven"


def test_only_requests_have_an_answer_among_icmp() -> None:
    here, igw = leak()
    here.open["IpPermissions"].clear()
    for ports, both in (((8, 0), True), ((13, 0), True), ((3, 4), False)):
        here.open["IpPermissionsEgress"] = [permission("icmp", ports, "0.0.0.0/0")]
        assert ways(judge(here.documents.snapshot())) == {("internet-egress", here.vpc["VpcId"], igw): both}


@pytest.mark.parametrize(
    ("mode", "exclusion", "live"),
    [
        ("off", None, True),
        ("block-ingress", None, False),
        ("block-bidirectional", None, False),
        ("block-ingress", "allow-bidirectional", True),
        ("block-bidirectional", "allow-bidirectional", True),
        # VPC BPA advanced example, scenarios 5 and 6.
        ("block-ingress", "allow-egress", False),
        ("block-bidirectional", "allow-egress", False),
    ],
)
def test_block_public_access_on_an_internet_gateway(mode: str, exclusion: str | None, live: bool) -> None:  # noqa: FBT001
    here, _ = leak()
    here.documents.block_mode[HUB] = mode
    if exclusion:
        here.documents.exclude(HUB, here.subnet, exclusion)
    assert (judge(here.documents.snapshot()).verdict == "violated") == live


@pytest.mark.parametrize(
    ("mode", "exclusion", "live"),
    [
        ("off", None, True),
        ("block-ingress", None, True),
        ("block-bidirectional", None, False),
        ("block-bidirectional", "allow-egress", True),
    ],
)
def test_block_public_access_on_nat_and_egress_only_gateways(
    mode: str,
    exclusion: str | None,
    live: bool,  # noqa: FBT001
) -> None:
    for build in (zonal_nat, egress_only):
        here, igw = build()
        here.documents.block_mode[HUB] = mode
        if exclusion:
            here.documents.exclude(HUB, here.vpc, exclusion)
        expected = {("internet-egress", here.vpc["VpcId"], igw): True} if live else {}
        assert ways(judge(here.documents.snapshot())) == expected


def zonal_nat(public: str | None = "54.0.0.9") -> tuple[Plain, str]:
    """An instance that reaches the internet through a NAT gateway in another subnet."""
    here = plain()
    igw = here.documents.internet_gateway(HUB, here.vpc)
    front = here.documents.subnet(HUB, here.vpc, "10.1.0.32/27")
    here.documents.route_table(HUB, here.vpc, [route("0.0.0.0/0", GatewayId=igw)], [front])
    nat = here.documents.nat_gateway(HUB, front, [("10.1.0.40", public)])
    here.main.append(route("0.0.0.0/0", NatGatewayId=nat))
    return here, igw


def egress_only() -> tuple[Plain, str]:
    """An instance that reaches the internet over IPv6."""
    here = plain(v6=True)
    eigw = here.documents.egress_only_gateway(HUB, here.vpc)
    here.main.append(route("::/0", EgressOnlyInternetGatewayId=eigw))
    return here, eigw


def test_a_private_nat_gateway_is_no_way_to_the_internet() -> None:
    here, _ = zonal_nat(public=None)
    assert judge(here.documents.snapshot()).verdict == "proven"


def test_a_nat_gateways_own_network_acl_counts_and_so_do_its_ports() -> None:
    here, igw = zonal_nat()
    front = here.documents.places[HUB]["Subnets"][1]
    low = [
        *allow_all(egress=True),
        acl_entry(100, "allow", "10.0.0.0/8", egress=False),
        acl_entry(110, "allow", "0.0.0.0/0", egress=False, protocol="6", ports=(0, 1023)),
    ]
    here.documents.use_acl(HUB, front, here.documents.network_acl(HUB, here.vpc, low))
    assert ways(judge(here.documents.snapshot())) == {("internet-egress", here.vpc["VpcId"], igw): False}


def test_nat_takes_tcp_udp_and_icmp_alone() -> None:
    here, _ = zonal_nat()
    here.open["IpPermissionsEgress"] = [permission("50", cidr="0.0.0.0/0")]
    assert judge(here.documents.snapshot()).verdict == "proven"


def test_a_regional_nat_gateway_needs_no_subnet() -> None:
    here = plain()
    igw = here.documents.internet_gateway(HUB, here.vpc)
    nat = here.documents.regional_nat_gateway(HUB, here.vpc, igw, "54.0.0.9")
    here.main.append(route("0.0.0.0/0", NatGatewayId=nat))
    assert ways(judge(here.documents.snapshot())) == {("internet-egress", here.vpc["VpcId"], igw): True}


def test_nat64_takes_ipv6_to_the_ipv4_internet() -> None:
    here = plain(v6=True)
    igw = here.documents.internet_gateway(HUB, here.vpc)
    front = here.documents.subnet(HUB, here.vpc, "10.1.0.32/27")
    here.documents.route_table(HUB, here.vpc, [route("0.0.0.0/0", GatewayId=igw)], [front])
    nat = here.documents.nat_gateway(HUB, front, [("10.1.0.40", "54.0.0.9")])
    here.main.append(route("64:ff9b::/96", NatGatewayId=nat))
    assert ways(judge(here.documents.snapshot())) == {("internet-egress", here.vpc["VpcId"], igw): True}


def appliance(*, check: bool) -> tuple[Plain, str, Item]:
    """An instance that is routed to a NAT instance."""
    here = plain()
    igw = here.documents.internet_gateway(HUB, here.vpc)
    front = here.documents.subnet(HUB, here.vpc, "10.1.0.32/27")
    here.documents.route_table(HUB, here.vpc, [route("0.0.0.0/0", GatewayId=igw)], [front])
    box = here.documents.interface(HUB, front, "10.1.0.50", [here.open], public="54.0.0.7", check=check)
    here.main.append(route("0.0.0.0/0", NetworkInterfaceId=box["NetworkInterfaceId"]))
    return here, igw, box


def test_egress_only_gateways_let_nothing_in() -> None:
    here, eigw = egress_only()
    assert ways(judge(here.documents.snapshot())) == {("internet-egress", here.vpc["VpcId"], eigw): True}


def egress_vpc(*, zone: str = "a", check: bool | None = None) -> tuple[Plain, Plain, str, str]:
    """A spoke that leaves over a transit gateway, by a NAT gateway or a NAT instance in another VPC."""
    spoke = plain(number=1)
    documents = spoke.documents
    hub = plain(documents, number=2, zone=zone)
    hub.open["IpPermissions"].clear()
    hub.open["IpPermissionsEgress"].clear()
    igw = documents.internet_gateway(HUB, hub.vpc)
    tgw = documents.transit_gateway(HUB)
    front = documents.subnet(HUB, hub.vpc, "10.2.0.64/27")
    back = [route("0.0.0.0/0", GatewayId=igw), route("10.1.0.0/24", TransitGatewayId=tgw)]
    documents.route_table(HUB, hub.vpc, back, [front])
    if check is None:
        target = {"NatGatewayId": documents.nat_gateway(HUB, front, [("10.2.0.70", "54.0.0.9")])}
    else:
        group = documents.security_group(HUB, hub.vpc, OPEN, OPEN)
        box = documents.interface(HUB, front, "10.2.0.70", [group], public="54.0.0.9", check=check)
        target = {"NetworkInterfaceId": box["NetworkInterfaceId"]}
    main(documents, HUB, hub.vpc).append(route("0.0.0.0/0", **target))
    spoke.main.append(route("0.0.0.0/0", TransitGatewayId=tgw))
    table = documents.transit_route_table(HUB, tgw)
    for site in (spoke, hub):
        attachment = documents.transit_attachment(
            HUB, tgw, ("vpc", site.vpc["VpcId"], HUB[0]), table, (HUB, [site.subnet])
        )
        documents.transit_route(HUB, table, site.documents.cidrs(site.vpc)[0], attachment, static=False)
    documents.transit_route(HUB, table, "0.0.0.0/0", attachment)
    return spoke, hub, igw, tgw


def test_an_answer_is_led_back_through_two_nat_gateways() -> None:
    spoke, _, igw, _ = egress_vpc()
    inner = spoke.documents.nat_gateway(HUB, spoke.subnet, [("10.1.0.20", None)])
    outer = spoke.documents.subnet(HUB, spoke.vpc, "10.1.0.64/27")
    spoke.documents.route_table(HUB, spoke.vpc, [route("0.0.0.0/0", NatGatewayId=inner)], [outer])
    group = spoke.documents.security_group(HUB, spoke.vpc, [], OPEN)
    spoke.open["IpPermissionsEgress"].clear()
    spoke.documents.interface(HUB, outer, "10.1.0.70", [group])
    assert ways(judge(spoke.documents.snapshot()))[("internet-egress", spoke.vpc["VpcId"], igw)] is True


def test_a_spoke_leaves_through_the_nat_gateway_of_another_vpc() -> None:
    spoke, _, igw, tgw = egress_vpc()
    assert ways(judge(spoke.documents.snapshot())) == {
        ("internet-egress", spoke.vpc["VpcId"], igw): True,
        ("network-link", spoke.vpc["VpcId"], tgw): None,
    }


def test_without_a_route_back_the_answer_is_lost() -> None:
    spoke, _, igw, tgw = egress_vpc()
    for table in spoke.documents.places[HUB]["RouteTables"]:
        table["Routes"] = [
            r
            for r in table["Routes"]
            if r.get("TransitGatewayId") != tgw or r["DestinationCidrBlock"] != "10.1.0.0/24"
        ]
    found = ways(judge(spoke.documents.snapshot()))
    assert found[("internet-egress", spoke.vpc["VpcId"], igw)] is False


def test_a_transit_gateway_blackhole_stops_it() -> None:
    spoke, _, _, _ = egress_vpc()
    table = spoke.documents.places[HUB]["TransitGatewayRouteTables"][0]["TransitGatewayRouteTableId"]
    for half in ("0.0.0.0/1", "128.0.0.0/1"):
        spoke.documents.transit_route(HUB, table, half, None)
    assert judge(spoke.documents.snapshot()).verdict == "proven"


def test_a_blackhole_stops_even_what_still_names_a_target() -> None:
    here, _ = leak()
    here.main[-1]["State"] = "blackhole"
    assert judge(here.documents.snapshot()).verdict == "proven"
    spoke, _, _, _ = egress_vpc()
    for document in spoke.documents.named[HUB].values():
        for item in document["Routes"]:
            item["State"] = "blackhole"
    assert judge(spoke.documents.snapshot()).verdict == "proven"


def test_an_attachment_in_another_zone_cannot_be_reached() -> None:
    spoke, _, _, _ = egress_vpc()
    other = spoke.documents.subnet(HUB, spoke.vpc, "10.1.0.32/27", "b")
    attachments = spoke.documents.places[HUB]["TransitGatewayVpcAttachments"]
    attachments[0]["SubnetIds"] = [other["SubnetId"]]
    assert judge(spoke.documents.snapshot()).verdict == "proven"


def test_a_nat_instance_in_another_vpc_counts_unless_the_check_is_on() -> None:
    spoke, hub, igw, tgw = egress_vpc(check=False)
    found = ways(judge(spoke.documents.snapshot()))
    assert found[("internet-egress", spoke.vpc["VpcId"], igw)] is True
    assert found[("network-link", spoke.vpc["VpcId"], tgw)] is True
    assert ("internet-ingress", hub.vpc["VpcId"], igw) in found
    spoke, _, igw, _ = egress_vpc(check=True)
    assert ("internet-egress", spoke.vpc["VpcId"], igw) not in ways(judge(spoke.documents.snapshot()))


def test_a_nat_instance_in_the_same_vpc() -> None:
    for check in (True, False):
        here, igw, box = appliance(check=check)
        box["Groups"] = []
        quiet = here.documents.security_group(HUB, here.vpc, OPEN, [])
        box["Groups"] = [{"GroupId": quiet["GroupId"], "GroupName": "quiet"}]
        # What the box may not send, it may not pass on either.
        assert ("internet-egress", here.vpc["VpcId"], igw) not in ways(judge(here.documents.snapshot()))


def peered(status: str = "active") -> tuple[Plain, Plain, str]:
    """Two peered VPCs, routed both ways."""
    one = plain(number=1)
    two = plain(one.documents, number=2)
    pcx = one.documents.peering((HUB, one.vpc), (HUB, two.vpc), status)
    one.main.append(route("10.2.0.0/24", VpcPeeringConnectionId=pcx))
    two.main.append(route("10.1.0.0/24", VpcPeeringConnectionId=pcx))
    return one, two, pcx


def test_peering_joins_both_vpcs() -> None:
    one, two, pcx = peered()
    link = {("network-link", site.vpc["VpcId"], pcx): True for site in (one, two)}
    assert ways(judge(one.documents.snapshot())) == link
    two.main.pop()
    assert ways(judge(one.documents.snapshot())) == {("network-link", one.vpc["VpcId"], pcx): False}
    assert judge(peered("pending-acceptance")[0].documents.snapshot()).verdict == "proven"


def test_peering_is_no_way_to_the_peers_internet_gateway() -> None:
    one, two, _ = peered()
    igw = one.documents.internet_gateway(HUB, two.vpc)
    two.main.append(route("0.0.0.0/0", GatewayId=igw))
    one.main[-1]["DestinationCidrBlock"] = "0.0.0.0/0"
    found = ways(judge(one.documents.snapshot()))
    assert not [w for w in found if w[0] == "internet-egress"]


def test_a_security_group_that_names_a_group_across_peering() -> None:
    one, two, pcx = peered()
    two.open["IpPermissions"] = [permission(group=one.open, peering=pcx)]
    two.open["IpPermissionsEgress"] = []
    assert ways(judge(one.documents.snapshot())) == {("network-link", one.vpc["VpcId"], pcx): True}


def test_an_answer_to_nat_through_peering_needs_no_route() -> None:
    here, _ = zonal_nat()
    other = plain(here.documents, number=2)
    other.open["IpPermissionsEgress"] = []
    pcx = here.documents.peering((HUB, here.vpc), (HUB, other.vpc))
    front = next(
        t
        for t in here.documents.places[HUB]["RouteTables"]
        if any(a.get("SubnetId") for a in t["Associations"])
    )
    front["Routes"].append(route("10.2.0.0/24", VpcPeeringConnectionId=pcx))
    assert ways(judge(here.documents.snapshot()))[("network-link", here.vpc["VpcId"], pcx)] is True


def test_ways_to_networks_outside() -> None:
    here = plain()
    vgw = here.documents.vpn_gateway(HUB, here.vpc)
    here.main.append(route("192.168.0.0/16", "EnableVgwRoutePropagation", GatewayId=vgw))
    assert ways(judge(here.documents.snapshot())) == {("external-network", here.vpc["VpcId"], vgw): True}
    here.documents.places[HUB]["VpnGateways"][0]["VpcAttachments"][0]["State"] = "detached"
    assert judge(here.documents.snapshot()).verdict == "proven"


def test_a_static_route_wins_over_a_propagated_one() -> None:
    here = plain()
    vgw = here.documents.vpn_gateway(HUB, here.vpc)
    here.main.append(route("192.168.0.0/16", "EnableVgwRoutePropagation", GatewayId=vgw))
    here.main.append(route("192.168.0.0/16", state="blackhole", NatGatewayId="nat-gone"))
    assert judge(here.documents.snapshot()).verdict == "proven"


def test_a_strangers_prefix_list_leaves_the_verdict_open() -> None:
    here = plain(public="54.0.0.1")
    igw = here.documents.internet_gateway(HUB, here.vpc)
    here.main.append(
        route(here.documents.prefix_list(HUB, "x", "999999999999", ["10.9.0.0/16"]), GatewayId=igw)
    )
    here.documents.place("222222222222", "eu-west-1")
    answer = judge(here.documents.snapshot())
    assert answer.verdict == "unproven"
    assert {w.rule for w in answer.possible} == {"internet-egress", "internet-ingress"}


def test_what_the_model_does_not_cover_and_a_packet_meets_is_unproven() -> None:
    here = plain()
    here.main.append(route("10.200.0.0/16", IpAddress="10.1.0.9"))
    assert judge(here.documents.snapshot()).verdict == "unproven"
    here.open["IpPermissionsEgress"].clear()
    assert judge(here.documents.snapshot()).verdict == "proven"


def test_a_missing_or_broken_document_is_unproven() -> None:
    whole = plain().documents.snapshot()
    path = next(p for p in whole if p.endswith("describe-internet-gateways.json"))
    assert judge({p: d for p, d in whole.items() if p != path}).unproven
    assert judge(whole | {path: b'{"InternetGateways": ['}).unproven


def test_global_accelerator_needs_an_attached_gateway_and_nothing_else() -> None:
    here = plain()
    igw = here.documents.internet_gateway(HUB, here.vpc)
    here.documents.interface(
        HUB, here.subnet, "10.1.0.9", [here.open], kind="global_accelerator_managed", instance=False
    )
    assert ways(judge(here.documents.snapshot())) == {("internet-ingress", here.vpc["VpcId"], igw): True}


@pytest.mark.parametrize(
    ("check", "public", "gets_through"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_a_gateway_route_table_hands_inbound_packets_to_an_appliance(
    check: bool,  # noqa: FBT001
    public: bool,  # noqa: FBT001
    gets_through: bool,  # noqa: FBT001
) -> None:
    here, igw, box = appliance(check=check)
    if not public:
        box["PrivateIpAddresses"][0].pop("Association")
    turned = route("10.1.0.0/27", NetworkInterfaceId=box["NetworkInterfaceId"])
    here.documents.route_table(HUB, here.vpc, [turned], gateway=igw)
    walker = Walker(read(here.documents.snapshot()))
    trail = Trail(ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("10.1.0.4"))
    met = {e.interface for e in walker.enter(igw, here.vpc["VpcId"], trail)}
    hosts = {box["NetworkInterfaceId"], here.host["NetworkInterfaceId"]}
    assert met == (hosts if gets_through else set())
