"""Questions about two places: what gets through, by which hops, and what stops the rest."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landline import network, proof
from landline.errors import UsageError
from landline.exit_codes import ExitCode
from landline.proof import Answer
from tests.proof.dump import HUB, SPOKE, Dump, entry, isolated, permission, public, route, transit_route
from tests.proof.test_reach_relays import balanced


def ask(
    dump: Dump,
    source: str,
    destination: str,
    protocol: str = "any",
    port: int | None = None,
    source_port: int | None = None,
) -> Answer:
    traffic = proof.asked(protocol, port, source_port)
    return proof.reach(network.read(dump.bytes()), source, destination, traffic)


def pair(**inbound: list[dict[str, object]]) -> Dump:
    """Two subnets of a VPC with an instance in each; `inbound` are the second one's permissions."""
    dump = isolated()
    dump.group("sg-b", "vpc-a", ingress=inbound.get("inbound"))
    dump.subnet("subnet-b", "vpc-a", "10.0.2.0/24")
    dump.interface("eni-b", "subnet-b", "10.0.2.10", group="sg-b", instance="i-b")
    return dump


def test_two_subnets_of_a_vpc_reach_each_other_by_the_local_route() -> None:
    answer = ask(pair(), "i-vpc-a", "i-b")

    assert (answer.verdict, answer.two_way, answer.exit_code) == ("reachable", True, ExitCode.DONE)
    assert answer.path == ("eni-vpc-a", "subnet-vpc-a", "rtb-main-vpc-a", "subnet-b", "eni-b")
    assert answer.blocked_by is None


def test_a_security_group_that_lets_in_one_port_is_named_for_another() -> None:
    dump = pair(inbound=[permission("tcp", "10.0.1.0/24", (443, 443))])
    asked, other = ask(dump, "i-vpc-a", "i-b", "tcp", 443), ask(dump, "i-vpc-a", "i-b", "tcp", 22)

    assert asked.verdict == "reachable"
    assert (other.verdict, other.exit_code) == ("blocked", ExitCode.DONE)
    assert other.blocked_by is not None
    assert (other.blocked_by.kind, other.blocked_by.id, other.blocked_by.at) == (
        "security-group",
        "sg-b",
        "eni-b",
    )
    assert other.blocked_by.direction == "ingress"
    assert "10.0.2.10 port 22" in other.blocked_by.message
    assert other.path[-1] == "eni-b"
    assert [(item.protocol, item.ports) for item in other.allowed] == [((6, 6), (443, 443))]


def test_network_acls_stand_between_subnets_and_not_inside_one() -> None:
    dump = isolated()
    rules = [entry(90, egress=False, action="deny", protocol="6", ports=(22, 22)), entry(100, egress=False)]
    dump.acl("acl-b", "vpc-a", [*rules, entry(100, egress=True)])
    dump.subnet("subnet-b", "vpc-a", "10.0.2.0/24", acl="acl-b")
    dump.interface("eni-b", "subnet-b", "10.0.2.10")
    dump.interface("eni-c", "subnet-b", "10.0.2.11")
    across, beside = ask(dump, "eni-vpc-a", "eni-b", "tcp", 22), ask(dump, "eni-c", "eni-b", "tcp", 22)

    assert beside.verdict == "reachable"
    assert across.blocked_by is not None
    assert (across.blocked_by.kind, across.blocked_by.id) == ("network-acl", "acl-b")
    assert (across.blocked_by.at, across.blocked_by.direction) == ("subnet-b", "ingress")
    assert across.blocked_by.rule is not None
    assert (across.blocked_by.rule["number"], across.blocked_by.rule["action"]) == (90, "deny")


def test_a_stateless_acl_lets_answers_back_to_some_source_ports_only() -> None:
    dump = isolated()
    back = [entry(100, egress=True, protocol="6", ports=(1024, 65535)), entry(100, egress=False)]
    dump.acl("acl-b", "vpc-a", back)
    dump.subnet("subnet-b", "vpc-a", "10.0.2.0/24", acl="acl-b")
    dump.interface("eni-b", "subnet-b", "10.0.2.10")

    assert ask(dump, "eni-vpc-a", "eni-b", "tcp", 443, 50000).two_way
    assert not ask(dump, "eni-vpc-a", "eni-b", "tcp", 443, 80).two_way
    assert ask(dump, "eni-vpc-a", "eni-b", "tcp", 443, 80).verdict == "reachable"


def test_the_internet_in_both_directions() -> None:
    out, inward = ask(public(), "eni-public", "internet"), ask(public(), "internet", "eni-public", "tcp", 22)

    assert out.path == ("eni-public", "subnet-vpc-a", "rtb-public", "igw-a", "internet")
    assert inward.path == ("internet", "igw-a", "subnet-vpc-a", "eni-public")
    assert out.two_way
    assert inward.two_way


def test_without_a_public_address_the_internet_gateway_carries_nothing() -> None:
    out, inward = ask(public(), "eni-vpc-a", "8.8.8.8"), ask(public(), "8.8.8.8", "eni-vpc-a")

    for answer in (out, inward):
        assert answer.blocked_by is not None
        assert answer.blocked_by.kind == "no-public-address"


def test_nobody_outside_can_name_a_private_address() -> None:
    assert ask(public(), "internet", "198.51.100.20").verdict == "reachable"
    assert ask(public(), "internet", "10.0.1.20").verdict == "blocked"


def test_a_public_address_of_the_estate_is_reached_around_the_gateway() -> None:
    dump = public()
    dump.interface("eni-two", "subnet-vpc-a", "10.0.1.30", public="198.51.100.30")
    answer = ask(dump, "eni-two", "198.51.100.20")

    assert answer.verdict == "reachable"
    assert answer.path[-4:] == ("internet", "igw-a", "subnet-vpc-a", "eni-public")
    assert ask(dump, "eni-vpc-a", "198.51.100.20").verdict == "blocked"


def test_around_the_gateway_the_answer_has_to_get_back_too() -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.table("rtb-some", "vpc-a", [route("8.0.0.0/8", GatewayId="igw-a")], "subnet-vpc-a")
    dump.subnet("subnet-b", "vpc-a", "10.0.2.0/24")
    dump.table("rtb-all", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-b")
    dump.interface("eni-public", "subnet-vpc-a", "10.0.1.20", public="198.51.100.20")
    dump.interface("eni-two", "subnet-b", "10.0.2.10", public="198.51.100.30")
    answer = ask(dump, "eni-two", "198.51.100.20")

    assert (answer.verdict, answer.two_way) == ("reachable", False)


def test_what_stops_packets_at_the_goal_is_nearer_than_a_longer_way_elsewhere() -> None:
    dump = joined(BOTH[:1])
    dump.group("sg-closed", "vpc-a", ingress=[])
    dump.interface("eni-near", "subnet-vpc-a", "10.1.1.20", group="sg-closed", instance="i-two")
    dump.interface("eni-far", "subnet-vpc-b", "10.2.1.20", instance="i-two")
    answer = ask(dump, "eni-vpc-a", "i-two")

    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.at) == ("security-group", "eni-near")


def test_nat_lets_out_and_not_in() -> None:
    dump = public()
    dump.subnet("subnet-private", "vpc-a", "10.0.3.0/24")
    dump.interface("eni-private", "subnet-private", "10.0.3.10")
    dump.nat("nat-a", "subnet-vpc-a", "10.0.1.5")
    dump.table("rtb-private", "vpc-a", [route("0.0.0.0/0", NatGatewayId="nat-a")], "subnet-private")
    out, esp = ask(dump, "eni-private", "internet"), ask(dump, "eni-private", "internet", "50")

    assert out.two_way
    assert "nat-a" in out.path
    assert esp.blocked_by is not None
    assert (esp.blocked_by.kind, esp.blocked_by.id) == ("not-translatable", "nat-a")
    assert ask(dump, "internet", "eni-private").verdict == "blocked"
    assert ask(dump, "internet", "198.51.100.7").verdict == "blocked"


def joined(routes: list[dict[str, object]], *, back: bool = True) -> Dump:
    """Two VPCs on a transit gateway."""
    dump = isolated("vpc-a", "10.1.0.0/16")
    other = "10.2.0.0/16"
    dump.vpc("vpc-b", other)
    dump.subnet("subnet-vpc-b", "vpc-b", "10.2.1.0/24")
    dump.interface("eni-vpc-b", "subnet-vpc-b", "10.2.1.10")
    dump.transit("tgw-a", {"vpc-a": ["subnet-vpc-a"], "vpc-b": ["subnet-vpc-b"]}, {"tgw-rtb-a": routes})
    dump.table("rtb-a", "vpc-a", [route(other, TransitGatewayId="tgw-a")], "subnet-vpc-a")
    if back:
        dump.table("rtb-b", "vpc-b", [route("10.1.0.0/16", TransitGatewayId="tgw-a")], "subnet-vpc-b")
    return dump


BOTH = [transit_route("10.1.0.0/16", "vpc-a"), transit_route("10.2.0.0/16", "vpc-b")]


def test_transit_gateways_with_their_own_routes() -> None:
    answer = ask(joined(BOTH), "eni-vpc-a", "eni-vpc-b")
    one_way = ask(joined(BOTH, back=False), "eni-vpc-a", "eni-vpc-b")
    unrouted = ask(joined(BOTH[:1]), "eni-vpc-a", "eni-vpc-b")
    dropped = ask(
        joined([BOTH[0], transit_route("10.2.0.0/16", state="blackhole")]), "eni-vpc-a", "eni-vpc-b"
    )

    assert (answer.verdict, answer.two_way) == ("reachable", True)
    assert "tgw-rtb-a" in answer.path
    assert (one_way.verdict, one_way.two_way) == ("reachable", False)
    assert unrouted.blocked_by is not None
    assert (unrouted.blocked_by.kind, unrouted.blocked_by.id) == ("no-route", "tgw-rtb-a")
    assert unrouted.path[-1] == "tgw-rtb-a"
    assert dropped.blocked_by is not None
    assert (dropped.blocked_by.kind, dropped.blocked_by.id) == ("blackhole", "tgw-rtb-a")
    assert dropped.blocked_by.rule == {"destination": "10.2.0.0/16", "state": "blackhole"}


def test_peering_and_its_routes() -> None:
    dump = isolated("vpc-a", "10.1.0.0/16")
    dump.vpc("vpc-b", "10.2.0.0/16")
    dump.subnet("subnet-vpc-b", "vpc-b", "10.2.1.0/24")
    dump.interface("eni-vpc-b", "subnet-vpc-b", "10.2.1.10")
    dump.peering("pcx-a", ("vpc-a", "10.1.0.0/16"), ("vpc-b", "10.2.0.0/16"))
    dump.table("rtb-a", "vpc-a", [route("10.2.0.0/16", VpcPeeringConnectionId="pcx-a")], "subnet-vpc-a")
    there, back = ask(dump, "eni-vpc-a", "eni-vpc-b"), ask(dump, "eni-vpc-b", "eni-vpc-a")

    assert (there.verdict, there.two_way) == ("reachable", False)
    assert "pcx-a" in there.path
    assert back.blocked_by is not None
    assert (back.blocked_by.kind, back.blocked_by.id) == ("no-route", "rtb-main-vpc-b")


def on_premises(**connection: object) -> Dump:
    dump = isolated()
    gateway = {"VpnGatewayId": "vgw-a", "State": "available"}
    dump.add("VpnGateways", **gateway, VpcAttachments=[{"VpcId": "vpc-a", "State": "attached"}])
    dump.table("rtb-vpn", "vpc-a", [route("0.0.0.0/0", GatewayId="vgw-a")], "subnet-vpc-a")
    if connection:
        dump.add(
            "VpnConnections", VpnConnectionId="vpn-a", VpnGatewayId="vgw-a", State="available", **connection
        )
    return dump


def test_networks_behind_a_vpn() -> None:
    static = {"Options": {"StaticRoutesOnly": True}, "Routes": [{"DestinationCidrBlock": "192.168.0.0/16"}]}
    open_ended, routed = on_premises(), on_premises(**static)

    assert ask(open_ended, "eni-vpc-a", "192.168.1.1").path[-1] == "vgw-a"
    assert ask(open_ended, "192.168.1.1", "eni-vpc-a").path == ("vgw-a", "subnet-vpc-a", "eni-vpc-a")
    assert ask(open_ended, "192.168.1.1", "eni-vpc-a").two_way
    assert ask(routed, "eni-vpc-a", "192.168.1.1").verdict == "reachable"
    refused = ask(routed, "eni-vpc-a", "172.16.0.1")
    assert refused.blocked_by is not None
    assert (refused.blocked_by.kind, refused.blocked_by.id) == ("no-route", "vgw-a")
    assert ask(routed, "eni-vpc-a", "internet").verdict == "blocked"
    assert ask(routed, "vgw-a", "eni-vpc-a").verdict == "reachable"


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("NetworkAcls", "network ACL"),
        ("SecurityGroups", "security group"),
        ("RouteTables", "route table"),
    ],
)
def test_a_missing_document_leaves_the_question_open(missing: str, why: str) -> None:
    answer = ask(pair().drop(missing), "i-vpc-a", "i-b")

    assert (answer.verdict, answer.exit_code) == ("unproven", ExitCode.UNPROVEN)
    assert any(why in item for item in answer.why)


def test_what_is_blocked_for_sure_needs_no_other_document() -> None:
    """No security group rule lets anything in, whatever the network ACLs say."""
    answer = ask(pair(inbound=[]).drop("NetworkAcls"), "i-vpc-a", "i-b")

    assert answer.verdict == "blocked"


def test_block_public_access_is_what_stops_it() -> None:
    dump = public()
    options = {"InternetGatewayBlockMode": "block-bidirectional", "State": "update-complete"}
    dump.file("describe-bpa", {"VpcBlockPublicAccessOptions": options})
    for answer in (ask(dump, "eni-public", "internet"), ask(dump, "internet", "eni-public")):
        assert answer.blocked_by is not None
        assert answer.blocked_by.kind == "block-public-access"


def test_a_spoke_is_its_accounts_interfaces_and_a_vpc_goes_by_its_name() -> None:
    dump = pair()
    dump.all("Vpcs")[0]["Tags"] = [{"Key": "Name", "Value": "payments"}]

    assert ask(dump, SPOKE, "i-b").path[0] == "eni-vpc-a"
    assert ask(dump, "payments", "i-b").verdict == "reachable"


def test_what_is_not_there_is_a_usage_error_with_what_comes_closest() -> None:
    with pytest.raises(UsageError, match="did you mean i-vpc-a"):
        ask(isolated(), "i-vpc-b", "internet")


def test_an_address_nobody_has_is_blocked_where_it_would_be() -> None:
    answer = ask(pair(), "i-vpc-a", "10.0.2.99")

    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.id) == ("no-interface", "subnet-b")
    assert ask(pair(), "i-vpc-a", "10.0.2.99").path[-1] == "subnet-b"


def test_two_accounts_over_a_peering_connection_that_both_describe() -> None:
    dump = isolated("vpc-a", "10.1.0.0/16", HUB)
    dump.peering("pcx-a", ("vpc-a", "10.1.0.0/16"), ("vpc-b", "10.2.0.0/16"))
    dump.table("rtb-a", "vpc-a", [route("10.2.0.0/16", VpcPeeringConnectionId="pcx-a")], "subnet-vpc-a")
    unseen = ask(dump, "eni-vpc-a", "10.2.1.10")
    dump.at(SPOKE)
    dump.vpc("vpc-b", "10.2.0.0/16")
    dump.subnet("subnet-vpc-b", "vpc-b", "10.2.1.0/24")
    dump.interface("eni-vpc-b", "subnet-vpc-b", "10.2.1.10")

    assert unseen.path[-1] == "pcx-a"
    assert ask(dump, HUB, SPOKE).path[-1] == "eni-vpc-b"


GARBAGE: st.SearchStrategy[object] = st.sampled_from(
    ["", "?", "10.0.0.0/40", "::/200", "0.0.0.0/0", "eni-vpc-a", None, [], {}, -1, 70000, "tcp"]
)


def _spoilt(node: object, at: list[int], value: object) -> object:
    """The same JSON with one of its leaves replaced: the one at which `at` counts down to nothing."""
    if isinstance(node, dict):
        return {key: _spoilt(item, at, value) for key, item in node.items()}
    if isinstance(node, list):
        return [_spoilt(item, at, value) for item in node]
    at[0] -= 1
    return value if at[0] == 0 else node


@given(st.sampled_from(["nat", "vpn", "lb", "tgw"]), st.integers(1, 60), st.integers(0, 40), GARBAGE)
@settings(deadline=None, max_examples=150)
def test_a_spoilt_document_gets_an_answer_or_a_usage_error(
    kind: str, leaf: int, file: int, value: object
) -> None:
    """Whatever one value is, nothing is raised but what a person can act on."""
    dumps = {"nat": public(), "vpn": on_premises(), "lb": balanced(public()), "tgw": joined(BOTH)}
    files = dict(dumps[kind].bytes())
    full = sorted(name for name, data in files.items() if b"[]" not in data)
    name = full[file % len(full)]
    files[name] = json.dumps(_spoilt(json.loads(files[name]), [leaf], value)).encode()
    model = network.read(files)
    for source, destination in (
        ("eni-vpc-a", "internet"),
        ("internet", "eni-public"),
        ("10.0.1.20", "192.168.1.1"),
        ("192.168.1.1", "subnet-vpc-a"),
        ("vpc-a", "front"),
        ("eni-vpc-a", "i-back"),
        ("eni-vpc-a", "10.2.1.10"),
    ):
        with contextlib.suppress(UsageError):
            assert proof.reach(model, source, destination).verdict in ("reachable", "blocked", "unproven")


@pytest.mark.parametrize("name", ["eni-vpc-a", "i-vpc-a", "10.0.1.10"])
def test_an_interface_and_itself_are_one_place(name: str) -> None:
    """Another one that no packet can tell from it is no answer."""
    dump = isolated()
    dump.interface("eni-like", "subnet-vpc-a", "10.0.1.11")
    answer = ask(dump, name, name)

    assert (answer.verdict, answer.path) == ("blocked", ())
    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.id) == ("same-interface", "eni-vpc-a")
    assert ask(dump, "subnet-vpc-a", "subnet-vpc-a").path == ("eni-like", "subnet-vpc-a", "eni-vpc-a")
