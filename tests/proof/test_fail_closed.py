"""What is missing, broken or contradictory is never proven, and never a traceback."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landline import network, proof, report
from landline.errors import UsageError
from landline.network.documents import KINDS
from tests.proof.dump import SPOKE, Dump, add_isolated, isolated, public, route, transit_route
from tests.proof.judge import open_questions, verdict
from tests.proof.test_internet_egress import egress_through_a_neighbour

NEEDED = (
    "Vpcs",
    "Subnets",
    "RouteTables",
    "NetworkAcls",
    "SecurityGroups",
    "NetworkInterfaces",
    "InternetGateways",
    "EgressOnlyInternetGateways",
    "NatGateways",
    "VpcPeeringConnections",
    "VpnGateways",
    "VpcEndpoints",
    "InstanceConnectEndpoints",
    "ClientVpnEndpoints",
    "VerifiedAccessEndpoints",
    "FirewallRuleGroupAssociations",
    "FirewallConfigs",
    "ProfileAssociations",
)


@pytest.mark.parametrize("kind", NEEDED)
def test_a_missing_document_is_named_and_unproven(kind: str) -> None:
    dump = isolated().drop(kind)

    assert verdict(dump).verdict == "unproven"
    assert any(kind in why for whys in open_questions(dump).values() for why in whys)


def test_a_door_says_that_nothing_goes_through_it_where_that_is_known_only() -> None:
    dump = isolated()
    dump.internet_gateway("igw-a", "vpc-a")

    def said(dump: Dump) -> set[str]:
        return {f.message for f in verdict(dump).findings if f.rule == "internet-egress"}

    assert said(dump) == {"an internet gateway is attached, but no packet takes that way"}
    assert said(dump.drop("RouteTables")) == {
        "an internet gateway is attached, but no packet is known to take that way"
    }


def test_one_account_of_two_without_a_document_is_enough() -> None:
    dump = isolated().at("444444444444")
    dump.vpc("vpc-b", "10.1.0.0/16")
    dump.places["444444444444", "eu-west-1"].pop("InternetGateways")

    assert any("444444444444" in why for why in open_questions(dump)["internet-egress"])


def test_an_empty_snapshot_is_unproven() -> None:
    assert proof.verify(network.read({}), None).verdict == "unproven"


def test_a_directory_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such directory"):
        network.read(tmp_path / "nowhere")


@pytest.mark.parametrize("cut", [0, 1, 17, -1])
def test_a_truncated_file_is_named_and_unproven(cut: int) -> None:
    files = isolated().bytes()
    name = next(name for name in files if "SecurityGroups" in name)
    files[name] = files[name][:cut]

    told = proof.verify(network.read(files), None)
    assert told.verdict == "unproven"
    assert any(name in item.why for item in told.not_checked)


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        '"Vpcs"',
        '{"Vpcs": {}}',
        '{"Vpcs": [1]}',
        '{"Vpcs": [{"VpcId": 5}]}',
        '{"Vpcs": [{"CidrBlock": "10.0.0.0/16"}]}',
        '{"RouteTables": [{"RouteTableId": "r", "VpcId": "v"}]}',
        '{"NetworkAcls": [{"NetworkAclId": "a", "VpcId": "v", "Entries": [{"Egress": "yes"}]}]}',
        '{"Routes": []}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "\x00",
        "",
    ],
)
def test_a_file_of_the_wrong_shape_is_unproven(text: str) -> None:
    files = isolated().bytes() | {f"{SPOKE}/eu-west-1/strange.json": text.encode()}

    told = proof.verify(network.read(files), None)
    assert told.verdict == "unproven"
    assert any("strange.json" in item.why for item in told.not_checked)


def test_documents_in_the_wrong_place_are_unproven_and_landlines_own_files_are_not() -> None:
    files = isolated().bytes()
    assert (
        proof.verify(network.read(files | {"grants.json": b'{"hub": "1", "grants": []}'}), None).verdict
        == "proven"
    )

    files["describe-vpcs.json"] = b'{"Vpcs": []}'
    assert proof.verify(network.read(files), None).verdict == "unproven"


def test_an_output_without_its_last_page_is_unproven() -> None:
    dump = isolated()
    files = dump.bytes()
    name = next(name for name in files if "SecurityGroups" in name)
    page = json.loads(files[name])
    files[name] = json.dumps(page | {"NextToken": "abc"}).encode()
    assert proof.verify(network.read(files), None).verdict == "unproven"

    files[name + "2.json"] = b'{"SecurityGroups": []}'
    assert proof.verify(network.read(files), None).verdict == "proven"


def test_more_transit_routes_than_shown_are_unproven() -> None:
    dump = egress_through_a_neighbour()
    document = dump.files[f"{SPOKE}/eu-west-1/search-transit-gateway-routes-tgw-rtb-a.json"]
    document["AdditionalRoutesAvailable"] = True

    assert any("AdditionalRoutesAvailable" in why for why in open_questions(dump)["all"])


def test_kinds_that_are_not_modelled_are_mentioned() -> None:
    dump = isolated()
    dump.add("KeyPairs", KeyPairId="key-1")

    told = verdict(dump)
    assert told.verdict == "proven"
    assert any("KeyPairs" in text for text in told.assumptions)


@pytest.mark.parametrize("kind", ["Subnets", "RouteTables", "NetworkInterfaces"])
def test_things_in_a_vpc_that_no_document_shows_are_unproven(kind: str) -> None:
    dump = public()
    dump.all(kind)[0]["VpcId"] = "vpc-unseen"

    assert any("vpc-unseen" in why for whys in open_questions(dump).values() for why in whys)


def test_the_same_id_described_twice_differently_is_unproven() -> None:
    dump = public()
    twin = json.loads(json.dumps(dump.all("NetworkAcls")[0]))
    twin["Entries"] = []
    dump.all("NetworkAcls").append(twin)

    assert any("twice" in why for whys in open_questions(dump).values() for why in whys)


def test_the_same_thing_described_twice_alike_counts_once() -> None:
    dump = public()
    dump.all("InternetGateways").append(dict(dump.all("InternetGateways")[0]))

    assert len(verdict(dump).findings) == 2


def test_a_shared_subnet_is_its_owners() -> None:
    dump = public()
    shared = json.loads(json.dumps(dump.all("Subnets")[0]))
    shared.pop("AvailabilityZoneId")
    dump.at("444444444444")
    dump.add("Subnets", **shared)

    told = verdict(dump)
    assert {f.account for f in told.findings} == {SPOKE}
    assert not any("twice" in item.why for item in told.not_checked)


@pytest.mark.parametrize(
    "broken",
    [
        {
            "NetworkAcls": {
                "Entries": [{"Egress": True, "Protocol": "x", "RuleAction": "allow", "RuleNumber": 1}]
            }
        },
        {"SecurityGroups": {"IpPermissionsEgress": [{"IpProtocol": "999"}]}},
        {
            "SecurityGroups": {
                "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/99"}]}]
            }
        },
        {"Vpcs": {"CidrBlock": "ten"}},
        {"Subnets": {"CidrBlock": "10.0.0.0/8/8"}},
    ],
)
def test_unreadable_rules_and_addresses_leave_the_way_open(broken: dict[str, dict[str, object]]) -> None:
    dump = public()
    dump.all("NetworkInterfaces").pop(0)
    for kind, change in broken.items():
        for item in dump.all(kind):
            item |= change

    told = verdict(dump)
    assert told.verdict in ("unproven", "violated")
    assert any(item.open for item in told.not_checked)


def test_two_rules_of_one_number_are_unproven() -> None:
    dump = public()
    entries = dump.all("NetworkAcls")[0]["Entries"]
    entries.append({**entries[0], "RuleAction": "deny"})

    assert any("numbered" in why for whys in open_questions(dump).values() for why in whys)


def test_routes_in_a_circle_end() -> None:
    dump = egress_through_a_neighbour()
    for table in dump.all("RouteTables"):
        if table["RouteTableId"] in ("rtb-tgw", "rtb-nat"):
            table["Routes"][-1 if table["RouteTableId"] == "rtb-tgw" else 1] = {
                "DestinationCidrBlock": "0.0.0.0/0",
                "TransitGatewayId": "tgw-a",
                "State": "active",
            }
    circle = dump.interface("eni-circle", "subnet-tgw", "10.0.9.5", check=False)
    dump.table("rtb-circle", "vpc-a", [], "subnet-vpc-a")["Routes"].append(
        {
            "DestinationCidrBlock": "0.0.0.0/0",
            "NetworkInterfaceId": circle["NetworkInterfaceId"],
            "State": "active",
        }
    )

    assert verdict(dump).verdict == "violated"  # the transit gateway still joins the two VPCs


def scramble(dump: Dump, seed: int) -> dict[str, bytes]:
    """The same documents: other file names, other order of files and list items, split into pages."""
    chance = random.Random(seed)  # noqa: S311 - a test's order, no secret
    files: dict[str, bytes] = {}
    for name, data in dump.bytes().items():
        document = json.loads(data)
        [(key, items)] = [(k, v) for k, v in document.items() if isinstance(v, (list, dict))][:1]
        if (
            isinstance(items, list)
            and "search-" not in name
            and "get-" not in name
            and "list-" not in name
            and "permissions" not in name
        ):
            chance.shuffle(items)
            for item in items:
                for value in item.values():
                    if isinstance(value, list):
                        chance.shuffle(value)
            cut = chance.randrange(len(items) + 1)
            folder = name.rsplit("/", 1)[0]
            first, second = f"{folder}/{chance.random()}.json", f"{folder}/{chance.random()}.json"
            files[first] = json.dumps({key: items[:cut], "NextToken": "t"}).encode()
            files[second] = json.dumps({key: items[cut:]}).encode()
        else:
            files[name] = data
    order = list(files)
    chance.shuffle(order)
    return {name: files[name] for name in order}


@given(st.integers(0, 10_000), st.sampled_from([public, egress_through_a_neighbour, isolated]))
def test_order_file_names_and_pages_change_nothing(seed: int, make: Callable[[], Dump]) -> None:
    dump = make()
    plain = report.as_json(verdict(dump))

    assert report.as_json(proof.verify(network.read(scramble(dump, seed)), None)) == plain


@given(st.sampled_from([public, egress_through_a_neighbour]), st.integers(0, 5))
def test_other_ids_change_nothing_but_the_ids(make: Callable[[], Dump], seed: int) -> None:
    """No kind is inferred from how an id begins: every id becomes a number."""
    dump = make()
    ids = sorted(all_strings(dump))
    chance = random.Random(seed)  # noqa: S311 - a test's order, no secret
    numbers = [f"{index:05d}x" for index in range(len(ids))]
    chance.shuffle(numbers)
    names = dict(zip(ids, numbers, strict=True))
    renamed = {}
    for name, data in dump.bytes().items():
        body = json.loads(
            data,
            object_hook=lambda o: {k: names.get(v, v) if isinstance(v, str) else v for k, v in o.items()},
        )
        for old, new in names.items():
            name = name.replace(f"-{old}.json", f"-{new}.json")
        renamed[name] = json.dumps(deep(body, names)).encode()

    before = verdict(dump)
    after = proof.verify(network.read(renamed), None)
    assert (after.verdict, len(after.findings)) == (before.verdict, len(before.findings))
    assert sorted((f.rule, f.severity, f.two_way) for f in after.findings) == sorted(
        (f.rule, f.severity, f.two_way) for f in before.findings
    )
    assert {f.resource for f in after.findings} == {names[f.resource] for f in before.findings}


def deep(value: object, names: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {k: deep(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [deep(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value


NO_IDS = ("OwnerId", "IpOwnerId", "AvailabilityZoneId")


def all_strings(dump: Dump) -> set[str]:
    """The ids in a dump: what stands in a field that names one."""
    found: set[str] = set()

    def walk(value: object, key: str = "") -> None:
        if isinstance(value, dict):
            for k, v in value.items():
                walk(v, k)
        elif isinstance(value, list):
            for v in value:
                walk(v, key)
        elif (
            isinstance(value, str) and key.endswith(("Id", "Ids")) and key not in NO_IDS and value != "local"
        ):
            found.add(value)

    for data in dump.bytes().values():
        walk(json.loads(data))
    return found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KINDS.values(), "VpcId", "Routes", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["1/a/b.json", "1/a/c.json", "x.json", "1/a/b/c.json"]), JSON))
def test_any_json_at_all_gets_an_answer_and_never_proven(files: dict[str, object]) -> None:
    told = proof.verify(network.read({name: json.dumps(body).encode() for name, body in files.items()}), None)

    assert told.verdict == "unproven"


@given(st.dictionaries(st.sampled_from(["1/a/b.json", "1/a/c.json"]), st.binary(max_size=40)))
def test_any_bytes_at_all_get_an_answer_and_never_proven(files: dict[str, bytes]) -> None:
    assert proof.verify(network.read(files), None).verdict == "unproven"


def test_windows_output_is_read() -> None:
    files = {name: data.decode().encode("utf-16") for name, data in isolated().bytes().items()}

    assert proof.verify(network.read(files), None).verdict == "proven"


def test_a_directory_reads_like_the_mapping(tmp_path: Path) -> None:
    for name, data in public().bytes().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "README.txt").write_text("not a document")

    assert report.as_json(proof.verify(network.read(tmp_path), None)) == report.as_json(verdict(public()))


@pytest.mark.parametrize("known", [{}, {"Association": {"PublicIp": "198.51.100.20"}}])
def test_an_interface_without_an_address_is_unproven(known: dict[str, object]) -> None:
    dump = public()
    interface = dump.all("NetworkInterfaces")[-1]
    for field in ("PrivateIpAddress", "PrivateIpAddresses", "Association"):
        del interface[field]
    interface.update(known)

    assert any(
        "an address of network interface eni-public" in why for why in open_questions(dump)["internet-egress"]
    )


def test_an_association_without_its_address_counts_as_public() -> None:
    dump = public()
    interface = dump.all("NetworkInterfaces")[-1]
    for holder in (interface, interface["PrivateIpAddresses"][0]):
        holder["Association"] = {"AllocationId": "eipalloc-1"}

    assert verdict(dump).verdict == "violated"


def test_an_instance_without_interfaces_is_unproven() -> None:
    dump = isolated()
    dump.add("Reservations", Instances=[{"InstanceId": "i-1", "VpcId": "vpc-a"}])
    assert any("i-1" in why for why in open_questions(dump)["internet-egress"])

    dump = isolated()
    dump.add(
        "Reservations", Instances=[{"InstanceId": "i-vpc-a", "VpcId": "vpc-a"}, {"InstanceId": "i-gone"}]
    )
    assert verdict(dump).verdict == "proven"


def test_a_missing_page_of_load_balancers_is_named() -> None:
    dump = isolated()
    dump.file("describe-load-balancers", {"LoadBalancers": [], "NextMarker": "more"})

    assert any("the last page of LoadBalancers" in why for why in open_questions(dump)["all"])


def test_grants_that_name_the_hub_twice_are_refused() -> None:
    with pytest.raises(UsageError, match="'hub' stands twice"):
        proof.read_grants(b'{"hub": "111111111111", "hub": "222222222222", "grants": []}')


def test_pings_through_nat64_are_open() -> None:
    dump = Dump()
    dump.vpc("vpc-a", v6="2600:1f00::/56")
    dump.subnet("subnet-a", "vpc-a", "10.0.1.0/24")
    dump.subnet("subnet-public", "vpc-a", "10.0.9.0/24")
    pings = {"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    dump.group("sg-pings", "vpc-a", [], [pings])
    dump.interface("eni-a", "subnet-a", "10.0.1.10", v6="2600:1f00::10", group="sg-pings")
    dump.internet_gateway()
    dump.nat("nat-a", "subnet-public", "10.0.9.9")
    dump.table("rtb-public", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-public")
    dump.table("rtb-a", "vpc-a", [route("64:ff9b::/96", NatGatewayId="nat-a")], "subnet-a")

    assert any("NAT64" in why for why in open_questions(dump)["internet-egress"])


def test_zones_of_two_accounts_are_told_apart_by_id_alone() -> None:
    """`eu-west-1a` is another zone in each account, so that packets may enter by the other subnet."""
    dump = isolated()
    dump.subnet("subnet-other", "vpc-a", "10.0.2.0/24")
    dump.at("444444444444")
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.subnet("subnet-far", "vpc-b", "10.1.2.0/24")
    dump.table(
        "rtb-far",
        "vpc-b",
        [route("10.1.1.0/24", GatewayId="igw-none") | {"State": "blackhole"}],
        "subnet-vpc-b",
    )
    for documents in dump.places.values():
        for at, subnet in enumerate(documents["Subnets"]):
            del subnet["AvailabilityZoneId"]
            subnet["AvailabilityZone"] = "eu-west-1a" if at == 0 else "eu-west-1b"
    ends = {"vpc-b": ["subnet-vpc-b", "subnet-far"], "vpc-a": ["subnet-vpc-a"]}
    dump.at(SPOKE).table("rtb-a", "vpc-a", [route("10.1.0.0/16", TransitGatewayId="tgw-1")], "subnet-vpc-a")
    dump.transit("tgw-1", ends, {"tgw-rtb-1": [transit_route("10.1.0.0/16", "vpc-b")]})

    assert verdict(dump).verdict == "violated"


@pytest.mark.parametrize("left", [{"Main": False}, {"Main": False, "SubnetId": "subnet-hidden"}])
def test_an_association_that_does_not_say_of_what_is_unproven(left: dict[str, object]) -> None:
    dump = public()
    dump.all("RouteTables")[-1]["Associations"] = [left]

    assert verdict(dump).verdict == "unproven"
