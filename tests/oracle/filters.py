"""Security groups and network ACLs, one packet at a time."""

from typing import NamedTuple

from .estate import Address, Estate, Item, Network, addresses, as_network

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
NAMES = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}
ANY = -1
ECHOES = {128: 8, 129: 0}


class Flow(NamedTuple):
    """What of a packet filters look at besides addresses: (destination port), or the ICMP (type, code)."""

    protocol: int
    port: int = 0
    code: int = 0


class Gate(NamedTuple):
    """One filter on the way: which, which way through it, and the addresses the packet has there.

    `ports` names who chose the destination port of an answer: the client, or a translator on the way.
    """

    kind: str
    owner: str
    egress: bool
    source: Address
    destination: Address
    via: str = "local"
    ports: str = "client"


def passes(estate: Estate, gate: Gate, flow: Flow) -> bool:
    """Says whether this filter lets such a packet through."""
    if flow.protocol == ICMPV6 and gate.source.version == 4:
        # Behind NAT64 an echo is an IPv4 echo (RFC 7915, 5.2); nothing else is told apart here.
        if flow.port not in ECHOES:
            return False
        flow = Flow(ICMP, ECHOES[flow.port], flow.code)
    if gate.kind == "nat":
        # VPC guide, NAT gateway basics: "supports the following protocols: TCP, UDP, and ICMP".
        return flow.protocol in {TCP, UDP, ICMP, ICMPV6}
    if gate.kind == "acl":
        return _acl(estate, gate, flow)
    interface = estate.items["NetworkInterfaces"][gate.owner]
    if not interface["Groups"]:
        return True
    return any(
        _group(estate, estate.items["SecurityGroups"][g["GroupId"]], gate, flow) for g in interface["Groups"]
    )


def _acl(estate: Estate, gate: Gate, flow: Flow) -> bool:
    address = gate.destination if gate.egress else gate.source
    entries = [e for e in estate.acl(gate.owner)["Entries"] if e["Egress"] == gate.egress]
    for entry in sorted(entries, key=lambda e: int(e["RuleNumber"])):
        if address not in as_network(entry.get("CidrBlock") or entry["Ipv6CidrBlock"]):
            continue
        protocol = int(entry["Protocol"])
        if protocol not in (ANY, flow.protocol):
            continue
        if protocol in (TCP, UDP) and "PortRange" in entry:
            if not entry["PortRange"]["From"] <= flow.port <= entry["PortRange"]["To"]:
                continue
        elif protocol in (ICMP, ICMPV6) and "IcmpTypeCode" in entry:
            kind, code = entry["IcmpTypeCode"]["Type"], entry["IcmpTypeCode"]["Code"]
            if kind not in (ANY, flow.port) or code not in (ANY, flow.code):
                continue
        return bool(entry["RuleAction"] == "allow")
    return False


def _group(estate: Estate, group: Item, gate: Gate, flow: Flow) -> bool:
    remote = gate.destination if gate.egress else gate.source
    for rule in group["IpPermissionsEgress" if gate.egress else "IpPermissions"]:
        name = rule["IpProtocol"]
        protocol = NAMES.get(name) or int(name)
        if protocol not in (ANY, flow.protocol):
            continue
        if protocol in (TCP, UDP):
            if not rule["FromPort"] <= flow.port <= rule["ToPort"]:
                continue
        elif protocol in (ICMP, ICMPV6) and (
            rule["FromPort"] not in (ANY, flow.port) or rule["ToPort"] not in (ANY, flow.code)
        ):
            continue
        if any(remote in network for network in rule_networks(estate, rule)):
            return True
        if gate.egress or gate.via in ("local", "peering"):
            for pair in rule["UserIdGroupPairs"]:
                if any(
                    remote in addresses(i)
                    for i in estate.all("NetworkInterfaces")
                    if pair["GroupId"] in {g["GroupId"] for g in i["Groups"]}
                ):
                    return True
    return False


def rule_networks(estate: Estate, rule: Item) -> list[Network]:
    """The networks a security group rule names, prefix lists expanded."""
    found = [as_network(r["CidrIp"]) for r in rule["IpRanges"]]
    wide: list[Network] = [*found, *(as_network(r["CidrIpv6"]) for r in rule["Ipv6Ranges"])]
    for prefix_list in rule["PrefixListIds"]:
        wide += estate.entries(prefix_list["PrefixListId"]) or []
    return wide
