"""The rules `internet-egress`, `external-network` and `network-link`: where the estate's packets go."""

from landline.network import address
from landline.network.packets import Packets, to
from landline.network.target import Kind
from landline.network.vpc_network import Station, VpcNetwork
from landline.proof.journey import Journeys
from landline.proof.reached import External, Internet, Joined, Open, Reached
from landline.proof.ways import Key, Way, Ways


def find(network: VpcNetwork, journeys: Journeys, ways: Ways) -> None:
    """Gather the ways out of one VPC, from every interface that starts connections, running or not."""
    leads_out = frozenset(
        routes.id
        for routes in network.tables.values()
        if any(
            target.kind not in (Kind.LOCAL, Kind.BLACKHOLE, Kind.GATEWAY_ENDPOINT)
            for target in routes.targets()
        )
    )
    seen: set[tuple[str, str, Packets]] = set()
    for station in sorted(network.stations, key=lambda item: item.interfaces):
        if station.sends and network.subnets[station.subnet].routes.id in leads_out:
            _from(network, station, journeys, ways)
            alike = (station.account, station.subnet, station.group_out)
            if station.forwards and alike not in seen:
                seen.add(alike)
                _in_any_name(network, station, journeys, ways)


def _from(network: VpcNetwork, station: Station, journeys: Journeys, ways: Ways) -> None:
    def key(rule: str, resource: str) -> Key:
        return Key(rule, station.account, network.place.region, network.id, resource)

    for reached in journeys.of(network, station, lambda via: ways.wants(key("network-link", via))):
        rule, resource, what = _what(reached)
        if isinstance(reached, Open):
            _leave_open(rule, reached, ways)
        elif ways.wants(name := key(rule, resource)):
            two_way = journeys.comes_back(reached)
            ways.add(name, Way(two_way, reached.path, reached.packets, what, journeys.sent(reached)))


def _in_any_name(network: VpcNetwork, station: Station, journeys: Journeys, ways: Ways) -> None:
    """Gather what an interface without a source/destination check may send as if others did."""

    def new(rule: str, resource: str) -> Key | None:
        name = Key(rule, station.account, network.place.region, network.id, resource)
        return None if name in ways.live else name

    def wanted(via: str) -> bool:
        return new("network-link", via) is not None

    for reached in journeys.in_any_name(network, station, wanted):
        rule, resource, what = _what(reached)
        if isinstance(reached, Open):
            _leave_open(rule, reached, ways)
        elif (name := new(rule, resource)) is not None:
            sent = journeys.sent(reached)
            ways.add(
                name, Way(two_way=False, path=reached.path, packets=reached.packets, what=what, sent=sent)
            )


def _what(reached: Reached) -> tuple[str, str, str]:
    """Return the rule that a journey's end is about, what opens the way, and where it leads."""
    if isinstance(reached, Internet):
        return "internet-egress", reached.gateway, "the internet"
    if isinstance(reached, External):
        return "external-network", reached.resource, reached.what
    if isinstance(reached, Joined):
        return "network-link", reached.resource, reached.network.id
    rule = "internet-egress" if to(reached.packets, address.INTERNET) else "external-network"
    return rule, "", ""


def _leave_open(rule: str, reached: Open, ways: Ways) -> None:
    ways.leave_open(rule, reached.why)
    for box in reached.packets:
        for doubt in box.doubts:
            ways.leave_open(rule, doubt)
