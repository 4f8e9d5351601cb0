"""Changes to an estate whose effect on the truth is known beforehand."""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from .documents import Item, acl_entry, encode

IDS = re.compile(r"\b([a-z]+(?:-[a-z]+)*)-([0-9a-f]{17})\b")


def decode(snapshot: Mapping[str, bytes]) -> dict[str, Item]:
    """The documents of a snapshot whose files are all whole."""
    return {path: json.loads(data) for path, data in snapshot.items()}


def whole(snapshot: Mapping[str, bytes]) -> bool:
    """Whether every file is JSON."""
    try:
        decode(snapshot)
    except ValueError:
        return False
    return True


def items(tree: Mapping[str, Item], kind: str) -> Iterator[Item]:
    """All listed items of a kind."""
    for document in tree.values():
        yield from document.get(kind, []) if isinstance(document.get(kind), list) else []


def network(route: Item) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The destination of a route, None for a prefix list."""
    cidr = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
    return ipaddress.ip_network(cidr) if cidr else None


def _covers(one: Item, other: Item) -> bool:
    wide, narrow = network(one), network(other)
    if wide is None or narrow is None:
        return True
    return wide.version == narrow.version and wide.prefixlen <= narrow.prefixlen and narrow[0] in wide


def route_lists(tree: Mapping[str, Item]) -> Iterator[list[Item]]:
    """The routes of every route table, of VPCs and of transit gateways."""
    for table in items(tree, "RouteTables"):
        yield table["Routes"]
    # Where a prefix list routes too, it may take over what a route gives up.
    listed = {i["TransitGatewayRouteTableId"] for i in items(tree, "TransitGatewayPrefixListReferences")}
    for path, document in tree.items():
        if "search-transit-gateway-routes" in path and not any(table in path for table in listed):
            yield document["Routes"]


def without_route(snapshot: Mapping[str, bytes], random: Random) -> dict[str, bytes] | None:
    """One route less, where no other route takes over its packets."""
    tree = decode(snapshot)
    candidates = [
        (routes, route)
        for routes in route_lists(tree)
        for route in routes
        if not any(other is not route and _covers(other, route) for other in routes)
    ]
    if not candidates:
        return None
    routes, route = random.choice(candidates)
    routes.remove(route)
    return encode(tree)


def with_deny(snapshot: Mapping[str, bytes], random: Random) -> dict[str, bytes] | None:
    """One network ACL entry more, a denial before all others or somewhere among them."""
    tree = decode(snapshot)
    acls = list(items(tree, "NetworkAcls"))
    if not acls:
        return None
    acl, egress = random.choice(acls), random.choice((True, False))
    taken = {e["RuleNumber"] for e in acl["Entries"] if e["Egress"] == egress}
    number = next(n for n in iter(lambda: random.randrange(1, 500), None) if n not in taken)
    cidr = random.choice(("0.0.0.0/0", "8.0.0.0/7", "::/0", "10.0.0.0/8"))
    protocol, ports = random.choice((("-1", None), ("6", (0, 1023)), ("17", (1024, 65535))))
    acl["Entries"].append(acl_entry(number, "deny", cidr, egress=egress, protocol=protocol, ports=ports))
    return encode(tree)


def without_permission(snapshot: Mapping[str, bytes], random: Random) -> dict[str, bytes] | None:
    """One security group rule less."""
    tree = decode(snapshot)
    rules = [
        (group[side], rule)
        for group in items(tree, "SecurityGroups")
        for side in ("IpPermissions", "IpPermissionsEgress")
        for rule in group[side]
    ]
    if not rules:
        return None
    listed, rule = random.choice(rules)
    listed.remove(rule)
    return encode(tree)


def renamed(snapshot: Mapping[str, bytes], random: Random) -> tuple[dict[str, bytes], Callable[[str], str]]:
    """Every id another, and how."""
    secret = random.getrandbits(68)

    def name(text: str) -> str:
        return IDS.sub(lambda m: f"{m[1]}-{int(m[2], 16) ^ secret:017x}", text)

    return {name(path): name(data.decode()).encode() for path, data in snapshot.items()}, name


def shuffled(snapshot: Mapping[str, bytes], random: Random) -> dict[str, bytes]:
    """Files, keys and list items in another order, and some listings printed as two pages."""

    def shuffle(value: Any) -> Any:  # noqa: ANN401  # any JSON
        if isinstance(value, dict):
            keys = list(value)
            random.shuffle(keys)
            return {k: shuffle(value[k]) for k in keys}
        if isinstance(value, list):
            mixed = [shuffle(v) for v in value]
            random.shuffle(mixed)
            return mixed
        return value

    files: dict[str, bytes] = {}
    for path, document in decode(snapshot).items():
        mixed = shuffle(document)
        kind = next(iter(mixed))
        listed = mixed[kind] if path.rsplit("/", 1)[1].startswith("describe-") else None
        if isinstance(listed, list) and len(listed) > 1 and random.random() < 0.3:
            half = len(listed) // 2
            files[path.replace(".json", "-page-2.json")] = json.dumps({kind: listed[half:]}).encode()
            mixed = {kind: listed[:half], "NextToken": "eyJ2IjoiMiJ9"}
        files[path] = json.dumps(mixed).encode()
    order = list(files)
    random.shuffle(order)
    return {path: files[path] for path in order}


def _halves(cidr: str) -> list[str]:
    whole_network = ipaddress.ip_network(cidr)
    return [str(n) for n in whole_network.subnets(prefixlen_diff=1)]


def split(snapshot: Mapping[str, bytes], random: Random) -> dict[str, bytes]:
    """Some CIDRs of routes, security groups, network ACLs and prefix lists written as their two halves."""
    tree = decode(snapshot)
    for routes in route_lists(tree):
        for route in list(routes):
            key = next((k for k in ("DestinationCidrBlock", "DestinationIpv6CidrBlock") if k in route), None)
            prefixes = {str(network(r)) for r in routes}
            if key is None or route.get("GatewayId") == "local" or random.random() < 0.5:
                continue
            halves = _halves(route[key])
            if not set(halves) & prefixes and not any("DestinationPrefixListId" in r for r in routes):
                routes.remove(route)
                routes += [route | {key: half} for half in halves]
    for group in items(tree, "SecurityGroups"):
        for rule in group["IpPermissions"] + group["IpPermissionsEgress"]:
            for side, field in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
                if random.random() < 0.5:
                    rule[side] = [r | {field: half} for r in rule[side] for half in _halves(r[field])]
    for acl in items(tree, "NetworkAcls"):
        taken = {(e["RuleNumber"], e["Egress"]) for e in acl["Entries"]}
        for entry in list(acl["Entries"]):
            after = (entry["RuleNumber"] + 1, entry["Egress"])
            block = "CidrBlock" if "CidrBlock" in entry else "Ipv6CidrBlock"
            if entry["RuleNumber"] < 32766 and after not in taken and random.random() < 0.5:
                taken.add(after)
                one, two = _halves(entry[block])
                entry[block] = one
                acl["Entries"].append(entry | {block: two, "RuleNumber": after[0]})
    # A static route wins over a prefix list's entry of the same length, so such a list has to stay as it is.
    routed = {str(network(route)) for routes in route_lists(tree) for route in routes}
    for path, document in tree.items():
        if "get-managed-prefix-list-entries" not in path or routed & {e["Cidr"] for e in document["Entries"]}:
            continue
        if random.random() < 0.5:
            document["Entries"] = [
                e | {"Cidr": half} for e in document["Entries"] for half in _halves(e["Cidr"])
            ]
    return encode(tree)
