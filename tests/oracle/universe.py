"""A finite universe of packets that is exhaustive for one estate.

Every condition in the documents is a CIDR, a port range or a protocol number. Two addresses that lie in
exactly the same CIDRs, or two ports in the same ranges, are treated alike by every rule; so one
representative of each class is enough.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import product

from .estate import Address, Estate, Network, addresses, as_network
from .filters import ICMP, ICMPV6, NAMES, TCP, UDP, Flow, rule_networks

REPLIES = {8: 0, 13: 14, 15: 16, 17: 18}
"""ICMP requests and their replies: echo, timestamp, information (RFC 792), address mask (RFC 950)."""
REPLIES_V6 = {128: 129}
"""ICMPv6 echo (RFC 4443)."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SPECIAL_V4: list[Network] = [
    as_network(c)
    for c in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
"""IPv4 that is not the internet (IANA special-purpose address registry; multicast and class E besides)."""
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
DOCUMENTATION_V6 = ipaddress.IPv6Network("2001:db8::/32")


def special(address: Address) -> bool:
    """Whether the address is none of the internet's, whoever's VPC it may be in."""
    if isinstance(address, ipaddress.IPv6Address):
        return address not in GLOBAL_V6 or address in DOCUMENTATION_V6
    return any(address in network for network in SPECIAL_V4)


def on_internet(estate: Estate, address: Address) -> bool:
    """Whether the address is on the internet: global, and in no VPC of the estate."""
    if isinstance(address, ipaddress.IPv6Address) and address in NAT64:
        return on_internet(estate, embedded(address))
    return not special(address) and not any(
        address in c for v in estate.all("Vpcs") for c in estate.cidrs(v["VpcId"])
    )


def embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    """The IPv4 address inside a NAT64 one (RFC 6052)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def filtered(estate: Estate) -> Iterator[Network]:
    """Every CIDR that senders can be told apart by: by filters, and by whose address it is."""
    for vpc in estate.all("Vpcs"):
        yield from estate.cidrs(vpc["VpcId"])
    for group in estate.all("SecurityGroups"):
        for rule in group["IpPermissions"] + group["IpPermissionsEgress"]:
            yield from rule_networks(estate, rule)
    for acl in estate.all("NetworkAcls"):
        for entry in acl["Entries"]:
            yield as_network(entry.get("CidrBlock") or entry["Ipv6CidrBlock"])
    for interface in estate.all("NetworkInterfaces"):
        yield from (as_network(a) for a in addresses(interface))


def networks(estate: Estate) -> Iterator[Network]:
    """Every CIDR that any rule of the estate can tell addresses apart by."""
    yield from filtered(estate)
    for table in estate.all("RouteTables"):
        for route in table["Routes"]:
            cidr = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
            if cidr:
                yield as_network(cidr)
    for document in estate.named.values():
        for item in document.get("Entries", []):
            yield as_network(item["Cidr"])
        for item in document.get("Routes", []):
            yield as_network(item["DestinationCidrBlock"])


def _classes(boundaries: set[Network], top: int, make: type[Address]) -> list[Address]:
    """One address for each set of CIDRs around it: the first of some stretch between boundaries."""
    starts = {0} | {int(n[0]) for n in boundaries} | {int(n[-1]) + 1 for n in boundaries}
    seen: dict[frozenset[Network], Address] = {}
    for start in sorted(s for s in starts if s <= top):
        address = make(start)
        seen.setdefault(frozenset(n for n in boundaries if address in n), address)
    return list(seen.values())


def representatives(estate: Estate) -> tuple[list[Address], list[Address]]:
    """One IPv4 and one IPv6 address of each class."""
    found = set(networks(estate))
    v4: set[Network] = {*SPECIAL_V4, *(n for n in found if n.version == 4)}
    v6: set[Network] = {GLOBAL_V6, DOCUMENTATION_V6, NAT64, *(n for n in found if n.version == 6)}
    if estate.all("NatGateways") and any(v.get("Ipv6CidrBlockAssociationSet") for v in estate.all("Vpcs")):
        base = int(NAT64.network_address)
        v6 |= {ipaddress.IPv6Network((base | int(n.network_address), 96 + n.prefixlen)) for n in v4}
    return _classes(v4, 2**32 - 1, ipaddress.IPv4Address), _classes(v6, 2**128 - 1, ipaddress.IPv6Address)


def senders(estate: Estate) -> tuple[list[Address], list[Address]]:
    """One IPv4 and one IPv6 address of each class of senders."""
    found = set(filtered(estate))
    v6: set[Network] = {GLOBAL_V6, DOCUMENTATION_V6, *(n for n in found if n.version == 6)}
    return (
        _classes({n for n in found if n.version == 4}, 2**32 - 1, ipaddress.IPv4Address),
        _classes(v6, 2**128 - 1, ipaddress.IPv6Address),
    )


def _one_each(ranges: set[tuple[int, int]], top: int) -> list[int]:
    seen: dict[frozenset[tuple[int, int]], int] = {}
    starts = {0} | {r[0] for r in ranges} | {r[1] + 1 for r in ranges}
    for start in sorted(s for s in starts if 0 <= s <= top):
        seen.setdefault(frozenset(r for r in ranges if r[0] <= start <= r[1]), start)
    return list(seen.values())


def ports(estate: Estate) -> list[int]:
    """One port of each class; a NAT gateway's range (1024 to 65535) is told apart too."""
    ranges = {(0, 65535), (1024, 65535)}
    for group in estate.all("SecurityGroups"):
        for rule in group["IpPermissions"] + group["IpPermissionsEgress"]:
            if rule["IpProtocol"] in ("tcp", "udp"):
                ranges.add((rule["FromPort"], rule["ToPort"]))
    for acl in estate.all("NetworkAcls"):
        ranges |= {(e["PortRange"]["From"], e["PortRange"]["To"]) for e in acl["Entries"] if "PortRange" in e}
    return _one_each(ranges, 65535)


def flows(estate: Estate, version: int) -> list[Flow]:
    """One flow of each class: ports, ICMP types and codes, every protocol named, and one that is not."""
    protocols = {TCP, UDP, 253}
    kinds, codes = {*REPLIES, *REPLIES.values(), 42, *REPLIES_V6, *REPLIES_V6.values()}, {0, 7}
    icmp = ICMP if version == 4 else ICMPV6
    for group in estate.all("SecurityGroups"):
        for rule in group["IpPermissions"] + group["IpPermissionsEgress"]:
            name = rule["IpProtocol"]
            protocols.add(NAMES.get(name) or int(name))
            if name in ("icmp", "icmpv6"):
                kinds.add(rule["FromPort"])
                codes.add(rule["ToPort"])
    for acl in estate.all("NetworkAcls"):
        for entry in acl["Entries"]:
            protocols.add(int(entry["Protocol"]))
            if "IcmpTypeCode" in entry:
                kinds.add(entry["IcmpTypeCode"]["Type"])
                codes.add(entry["IcmpTypeCode"]["Code"])
    found = [Flow(p, port) for p, port in product((TCP, UDP), ports(estate))]
    found += [Flow(icmp, k, c) for k, c in product(sorted(kinds), sorted(codes)) if k >= 0 and c >= 0]
    return found + [Flow(p) for p in sorted(protocols - {-1, TCP, UDP, ICMP, ICMPV6})]


def answer(flow: Flow, port: int) -> Flow | None:
    """The answer's flow: to this port, an ICMP reply, or the same protocol; None when there is none."""
    if flow.protocol in (TCP, UDP):
        return Flow(flow.protocol, port)
    if flow.protocol in (ICMP, ICMPV6):
        replies = REPLIES if flow.protocol == ICMP else REPLIES_V6
        if flow.code != 0 or flow.port not in replies:
            return None
        return Flow(flow.protocol, replies[flow.port], 0)
    return flow


def answer_ports(estate: Estate, chooser: str) -> Iterable[int]:
    """The ports that whoever chose the source port may have chosen.

    A NAT gateway uses 1024 to 65535 (VPC guide, NAT gateway basics); clients and appliances may use any.
    """
    return [p for p in ports(estate) if not chooser.startswith("nat") or p >= 1024]
