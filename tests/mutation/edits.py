"""Each rule's core lines, broken one at a time, and the tests that must notice."""

from typing import NamedTuple


class Edit(NamedTuple):
    """In a file of `platform/landline`, one line as it stands and as it is when broken.

    The rule is `all` where a snapshot is read, and `reach` where a question is answered.
    """

    rule: str
    file: str
    line: str
    broken: str
    tests: str


EDITS = (
    Edit(
        "internet-egress",
        "proof/journey.py",
        "sources = leg.public\n",
        "sources = ()\n",
        "tests/proof/test_internet_egress.py",
    ),
    Edit(
        "internet-egress",
        "network/routing.py",
        "sorted(best, key=lambda item: (item[0], -item[1]))",
        "sorted(best, key=lambda item: (item[0], item[1]))",
        "tests/network/test_routing.py",
    ),
    Edit(
        "internet-egress",
        "network/network_acl.py",
        "key=lambda entry: entry.rule_number",
        "key=lambda entry: -entry.rule_number",
        "tests/network/test_network_acl.py",
    ),
    Edit(
        "internet-egress",
        "proof/public_access.py",
        'if mode not in ("block-bidirectional", "block-ingress") or',
        "if True or",
        "tests/proof/test_internet_egress.py",
    ),
    Edit(
        "internet-ingress",
        "proof/inward.py",
        "if target.id == gateway and target.kind is Kind.INTERNET_GATEWAY:",
        "if target.id != gateway:",
        "tests/proof/test_internet_ingress.py",
    ),
    Edit(
        "network-link",
        "proof/transit.py",
        'tuple(names) if route.state != "blackhole" else ()',
        "tuple(names)",
        "tests/proof/test_transit_routes.py",
    ),
    Edit(
        "network-link",
        "network/network_acl.py",
        "undecided = without(undecided, box)",
        "pass",
        "tests/network/test_network_acl.py",
    ),
    Edit(
        "external-network",
        "network/topology.py",
        "LOCAL, STATIC, PREFIX_LIST, PROPAGATED, IMPLIED = 0, 1, 2, 3, 4",
        "LOCAL, STATIC, PREFIX_LIST, PROPAGATED, IMPLIED = 0, 3, 2, 1, 4",
        "tests/proof/test_joined_networks.py",
    ),
    Edit(
        "external-network",
        "network/topology.py",
        "stretches = tuple(with_next_best(",
        "tuple(with_next_best(",
        "tests/proof/test_estates.py",
    ),
    Edit(
        "open-service",
        "proof/services.py",
        'if principal == "*":',
        'if principal == "**":',
        "tests/proof/test_services.py",
    ),
    Edit(
        "foreign-service",
        "proof/services.py",
        r"amazonaws\.(?!vpce\.)",
        r"amazonaws\.",
        "tests/proof/test_services.py",
    ),
    Edit(
        "open-endpoint-policy",
        "proof/endpoint_policies.py",
        "yield _finding(place, endpoint, severity, path, message)",
        "pass",
        "tests/proof/test_endpoint_policies.py",
    ),
    Edit(
        "remote-access",
        "proof/remote_access.py",
        'yield _finding(place, vpc, name, f"Client VPN endpoint {name}", severity)',
        "pass",
        "tests/proof/test_remote_access.py",
    ),
    Edit(
        "dns-egress",
        "proof/dns_egress.py",
        "if model.dns_support.get(name) is False:",
        "if model.dns_support.get(name) is not True:",
        "tests/proof/test_dns_egress.py",
    ),
    Edit(
        "unlogged-network",
        "proof/unlogged_network.py",
        "best[kind] = max(best[kind], found.pop() if len(found) == 1 else _Logged.OPEN)",
        "best[kind] = max(best[kind], *found)",
        "tests/proof/test_unlogged_network.py",
    ),
    Edit(
        "unlogged-network",
        "proof/unlogged_network.py",
        "return min(best.values())",
        "return max(best.values())",
        "tests/proof/test_unlogged_network.py",
    ),
    Edit(
        "unlogged-network",
        "proof/unlogged_network.py",
        "states = {subnet: _recorded(logs, vpc, subnet) for subnet in subnets}",
        "states = {subnet: _recorded(logs, vpc, *subnets) for subnet in subnets}",
        "tests/proof/test_unlogged_network.py",
    ),
    Edit(
        "unlogged-network",
        "proof/unlogged_network.py",
        "if direct is _Logged.YES:",
        "if direct is not _Logged.NO:",
        "tests/proof/test_unlogged_network.py",
    ),
    Edit(
        "ungranted-access",
        "proof/access.py",
        "(granted if account in allowed else extra)[account, name, place].update(strange)",
        "granted[account, name, place].update(strange)",
        "tests/proof/test_services.py",
    ),
    Edit(
        "ungranted-access",
        "proof/access.py",
        "for place, service in offered:",
        "for place, service in hub:",
        "tests/proof/test_services.py",
    ),
    Edit(
        "missing-access",
        "proof/access.py",
        "for account in allowed - live.keys():",
        "for account in frozenset[str]():",
        "tests/proof/test_services.py",
    ),
    Edit(
        "internet-egress",
        "proof/journey.py",
        "for other in self._interfaces_of(network, station):",
        "for other in (station,):",
        "tests/proof/test_internet_egress.py",
    ),
    Edit(
        "internet-egress",
        "proof/unmodelled.py",
        "for appliance in gateway.attached_appliances if gateway.live() else ():",
        "for appliance in ():",
        "tests/proof/test_unmodelled.py",
    ),
    Edit(
        "network-link",
        "proof/unmodelled.py",
        'gateway.options.multicast_support == "disable"',
        'gateway.options.multicast_support != "none"',
        "tests/proof/test_unmodelled.py",
    ),
    Edit(
        "network-link",
        "proof/transit.py",
        'if known.nat_gateway_support not in (None, "disabled"):',
        'if known.nat_gateway_support == "none":',
        "tests/proof/test_unmodelled.py",
    ),
    Edit(
        "network-link",
        "proof/journey.py",
        "back += self._to_nat_gateway(reached, reply, last)",
        "pass",
        "tests/proof/test_joined_networks.py",
    ),
    Edit(
        "internet-ingress",
        "proof/journey.py",
        "return narrowed_to(station, [self._topology.model.network_interfaces.items[interface]])",
        "return station",
        "tests/proof/test_internet_ingress.py",
    ),
    Edit(
        "internet-ingress",
        "proof/unmodelled.py",
        "if association.public_ipv4_pool is not None and association.live():",
        "if False:",
        "tests/proof/test_unmodelled.py",
    ),
    Edit(
        "external-network",
        "proof/unmodelled.py",
        "interface.attachment.device_index >= first",
        "interface.attachment.device_index > first",
        "tests/proof/test_unmodelled.py",
    ),
    Edit(
        "external-network",
        "proof/journey.py",
        "sent = sent if crossed else sent + renamed(taken, other)",
        "sent = sent + renamed(taken, other)",
        "tests/proof/test_joined_networks.py",
    ),
    Edit(
        "all",
        "network/pages.py",
        "if last > 1:",
        "if last > 99:",
        "tests/network/test_pages.py",
    ),
    Edit(
        "all",
        "network/pages.py",
        "first = min(1, *pages) if alone else min(pages)",
        "first = min(pages)",
        "tests/network/test_pages.py",
    ),
    Edit(
        "all",
        "network/folder.py",
        "if home.account is None and len(owners) > 1:",
        "if home.account is None and len(owners) > 2:",
        "tests/proof/test_layouts.py",
    ),
    Edit(
        "reach",
        "proof/relays.py",
        'yield name, frozenset({f"{why} whether {group.target_group_name} gets it"})',
        "yield name, SURE",
        "tests/proof/test_reach_relays.py",
    ),
    Edit(
        "reach",
        "proof/reach.py",
        "subtract(destination.literal, own)",
        "destination.literal",
        "tests/proof/test_reach.py",
    ),
    Edit(
        "network-link",
        "proof/outward.py",
        "if station.forwards and alike not in seen:",
        "if False:",
        "tests/proof/test_joined_networks.py",
    ),
)
