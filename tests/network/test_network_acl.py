"""Network ACLs against reading the rules one by one."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from landline.network.address import cidr
from landline.network.network_acl import NetworkAcl, passes

BLOCKS = ("0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "8.8.8.0/24", "::/0")
RULES = st.fixed_dictionaries(
    {
        "Egress": st.booleans(),
        "RuleAction": st.sampled_from(["allow", "deny"]),
        "Protocol": st.sampled_from(["-1", "6", "17", "1"]),
        "block": st.sampled_from(BLOCKS),
        "ports": st.sampled_from([(0, 65535), (443, 443), (1024, 65535)]),
    }
)
PACKETS = [
    (cidr(far)[0], protocol, port)
    for far in ("10.0.1.7", "10.9.9.9", "8.8.8.8", "1.1.1.1", "2600::1")
    for protocol in (1, 6, 17, 50)
    for port in (80, 443, 1024, 65535)
]


def document(rules: list[dict[str, Any]]) -> NetworkAcl:
    entries = []
    for number, rule in enumerate(rules):
        field = "Ipv6CidrBlock" if ":" in str(rule["block"]) else "CidrBlock"
        item = {k: rule[k] for k in ("Egress", "RuleAction", "Protocol")}
        low, high = rule["ports"]
        item |= {"RuleNumber": number + 1, field: rule["block"], "PortRange": {"From": low, "To": high}}
        entries.append(item)
    return msgspec.convert(
        {"NetworkAclId": "acl", "VpcId": "vpc", "Entries": list(reversed(entries))}, NetworkAcl
    )


def naive(rules: list[dict[str, Any]], *, egress: bool, far: int, protocol: int, port: int) -> bool:
    for rule in rules:
        low, high = cidr(str(rule["block"]))
        if rule["Egress"] is not egress or not low <= far <= high:
            continue
        if rule["Protocol"] not in ("-1", str(protocol)):
            continue
        first, last = rule["ports"]
        if rule["Protocol"] in ("6", "17") and not first <= port <= last:
            continue
        return bool(rule["RuleAction"] == "allow")
    return False


@given(st.lists(RULES, max_size=8), st.booleans())
def test_the_first_match_by_number_decides(rules: list[dict[str, Any]], egress: bool) -> None:  # noqa: FBT001 - hypothesis gives it by place
    allowed = passes(document(rules), egress=egress)

    for far, protocol, port in PACKETS:
        through = any(
            (box.dst if egress else box.src)[0] <= far <= (box.dst if egress else box.src)[1]
            and box.protocol[0] <= protocol <= box.protocol[1]
            and box.dport[0] <= port <= box.dport[1]
            for box in allowed
        )
        assert through is naive(rules, egress=egress, far=far, protocol=protocol, port=port)
