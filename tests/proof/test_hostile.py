"""Hostile input: there is an answer, whatever stands in the files; no traceback, and never proven."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landline import network, proof, report
from landline.proof import Verdict
from tests.oracle.generate import generate
from tests.proof.dump import REGION, SPOKE, Dump, isolated, public, route, transit_route
from tests.proof.judge import open_questions, verdict, violations
from tests.proof.test_internet_egress import egress_through_a_neighbour
from tests.proof.test_joined_networks import BOTH, transit

JSON = dict[str, Any]
HOSTILE: list[object] = [
    None, True, 0, -1, 10**30, -(10**400), 1.5, "", "\x00", "0.0.0.0/0", "::/0", "10.0.0.0/99", "-1", "٣",
    "local", "vpc-a", "x" * 5000, [], [[]], [None], {}, {"": {}}, {"Vpcs": []}, [{}] * 50,
]  # fmt: skip


ESTATES = [public().bytes(), egress_through_a_neighbour().bytes(), transit(*BOTH).bytes()]


def judged(files: dict[str, bytes]) -> Verdict:
    told = proof.verify(network.read(files), None)
    assert json.loads(report.as_json(told))["verdict"] == told.verdict
    return told


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Every place in a JSON value, as the keys that lead there."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from places(inner, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: object) -> object:  # noqa: ANN401 - JSON
    """The same value with another one at a place."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_hostile_values_anywhere_get_an_answer(data: st.DataObject) -> None:
    files = data.draw(st.sampled_from(ESTATES)).copy()
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(files)))
        document = json.loads(files[name])
        path = data.draw(st.sampled_from(list(places(document))))
        files[name] = json.dumps(put(document, path, data.draw(st.sampled_from(HOSTILE)))).encode()
    judged(files)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 400), st.data())
def test_hostile_values_in_generated_estates_get_an_answer(seed: int, data: st.DataObject) -> None:
    files = dict(generate(seed))
    name = data.draw(st.sampled_from(sorted(files)))
    try:
        document = json.loads(files[name])
    except ValueError:
        return
    path = data.draw(st.sampled_from(list(places(document))))
    files[name] = json.dumps(put(document, path, data.draw(st.sampled_from(HOSTILE)))).encode()
    judged(files)


@settings(max_examples=100)
@given(st.data())
def test_a_document_cut_anywhere_proves_nothing(data: st.DataObject) -> None:
    files = isolated().bytes()
    name = data.draw(st.sampled_from(sorted(files)))
    cut = data.draw(st.integers(0, len(files[name]) - 1))
    files[name] = files[name][:cut]

    assert judged(files).verdict == "unproven"


@settings(max_examples=60)
@given(st.data())
def test_bytes_that_are_no_utf_8_prove_nothing(data: st.DataObject) -> None:
    files = isolated().bytes()
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(1, len(files[name]) - 1))
    files[name] = (
        files[name][:at] + data.draw(st.sampled_from([b"\xff", b"\xc3", b"\xed\xa0\x80"])) + files[name][at:]
    )

    assert judged(files).verdict == "unproven"


@pytest.mark.parametrize("kind", ["Vpcs", "RouteTables", "SecurityGroups", "NetworkInterfaces"])
@pytest.mark.parametrize("padding", [0, 1 << 17])
def test_a_kind_that_stands_twice_in_a_file_proves_nothing(kind: str, padding: int) -> None:
    files = public().bytes()
    name = next(name for name in files if name.endswith(f"-{kind}.json"))
    text = files[name].decode()
    for second in (f'"{kind}"', f'"\\u{ord(kind[0]):04x}{kind[1:]}"'):
        doubled = f'{text[:-1]}, {second}: [], "Padding": "{"x" * padding}"}}'
        told = judged(files | {name: doubled.encode()})
        assert any("twice" in item.why for item in told.not_checked if item.open)
        assert told.verdict != "proven"


def test_a_key_that_stands_twice_deeper_in_a_small_file_proves_nothing() -> None:
    files = public().bytes()
    name = next(name for name in files if name.endswith("RouteTables.json"))
    hidden = files[name].replace(b'"Associations"', b'"Routes": [], "Associations"')
    assert hidden != files[name]

    assert judged(files | {name: hidden}).verdict == "unproven"


@pytest.mark.parametrize("depth", [50, 5_000, 200_000])
@pytest.mark.parametrize(
    "shape", ['{"Vpcs": %s}', '{"Vpcs": [{"VpcId": "v", "Tags": %s}]}', '{"x": %s}', "%s"]
)
def test_deep_nesting_is_no_traceback(depth: int, shape: str) -> None:
    nested = shape % ("[" * depth + "]" * depth)
    files = isolated().bytes() | {f"{SPOKE}/{REGION}/deep.json": nested.encode()}

    told = judged(files)
    assert told.verdict in ("proven", "unproven")
    assert told.verdict == "unproven" or (depth == 50 and shape != "%s")


def test_security_groups_that_name_each_other_end() -> None:
    dump = public()
    for one, other in (("sg-1", "sg-2"), ("sg-2", "sg-1")):
        pair = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": other}, {"GroupId": one}]}]
        dump.group(one, "vpc-a", pair, pair)
    for item in dump.all("NetworkInterfaces"):
        item["Groups"] = [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}]

    assert violations(dump) == {}
    assert verdict(dump).verdict == "proven"


def test_routes_and_tables_of_transit_gateways_in_a_circle_end() -> None:
    dump = transit(*BOTH, transit_route("0.0.0.0/0", "vpc-a", "vpc-b", kind="static"))
    for vpc in ("vpc-a", "vpc-b"):
        circle = [route("0.0.0.0/0", TransitGatewayId="tgw-a")]
        dump.table(f"rtb-circle-{vpc}", vpc, circle, f"subnet-tgw-{vpc}")

    assert verdict(dump).verdict == "violated"


def appliances_in_a_circle() -> Dump:
    dump = isolated()
    for at in range(12):
        dump.subnet(f"subnet-{at}", "vpc-a", f"10.0.{at + 10}.0/24")
        dump.interface(f"eni-{at}", f"subnet-{at}", f"10.0.{at + 10}.4", check=False, instance=f"i-{at}")
    for at in range(12):
        onward = [route("0.0.0.0/0", NetworkInterfaceId=f"eni-{(at + 1) % 12}")]
        dump.table(f"rtb-{at}", "vpc-a", onward, f"subnet-{at}")
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", NetworkInterfaceId="eni-0")], "subnet-vpc-a")
    return dump


def peerings_in_a_circle() -> Dump:
    dump = Dump()
    names = [f"vpc-{at}" for at in range(6)]
    for at, name in enumerate(names):
        dump.vpc(name, f"10.{at}.0.0/16")
        dump.subnet(f"subnet-{at}", name, f"10.{at}.1.0/24")
        dump.interface(f"eni-{at}", f"subnet-{at}", f"10.{at}.1.4")
    for at, name in enumerate(names):
        other = (at + 1) % 6
        dump.peering(f"pcx-{at}", (name, f"10.{at}.0.0/16"), (names[other], f"10.{other}.0.0/16"))
        dump.table(
            f"rtb-{at}", name, [route("0.0.0.0/0", VpcPeeringConnectionId=f"pcx-{at}")], f"subnet-{at}"
        )
    return dump


def test_circles_of_peerings_end() -> None:
    assert verdict(peerings_in_a_circle()).verdict == "violated"


def test_circles_of_appliances_end_and_are_unproven() -> None:
    whys = open_questions(appliances_in_a_circle())["internet-egress"]

    assert all("not every order" in why for why in whys)


def test_lists_of_ten_thousand_entries_get_an_answer() -> None:
    dump = public()
    blocks = [f"{a}.{b}.0.0/16" for a in range(11, 51) for b in range(250)]
    assert len(blocks) == 10_000
    dump.add("PrefixLists", PrefixListId="pl-1", OwnerId=SPOKE)
    dump.file("get-managed-prefix-list-entries-pl-1", {"Entries": [{"Cidr": block} for block in blocks]})
    table = next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-public")
    table["Routes"] += [route(block, NetworkInterfaceId="eni-vpc-a") for block in blocks[::2]]
    table["Routes"].append(route("pl-1", GatewayId="igw-a"))
    dump.all("SecurityGroups")[0]["IpPermissionsEgress"].append(
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "PrefixListIds": [{"PrefixListId": "pl-1"}]}
    )
    ranges = [{"CidrIp": block} for block in blocks]
    dump.all("SecurityGroups")[0]["IpPermissions"].append({"IpProtocol": "udp", "IpRanges": ranges})

    assert verdict(dump).verdict == "violated"


@pytest.mark.parametrize(
    "change",
    [
        {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "State": "strange", "GatewayId": "igw-a"}]},
        {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-a", "NatGatewayId": "nat-a"}]},
        {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0"}]},
        {"Routes": [{"GatewayId": "igw-a"}]},
        {"Routes": [{"DestinationCidrBlock": "nowhere", "GatewayId": "igw-a"}]},
        {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-elsewhere"}]},
    ],
)
def test_routes_that_make_no_sense_prove_nothing(change: JSON) -> None:
    dump = public()
    next(t for t in dump.all("RouteTables") if t["RouteTableId"] == "rtb-public").update(change)

    assert verdict(dump).verdict == "unproven"
    assert open_questions(dump)
