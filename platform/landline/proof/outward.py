"""The rules `internet-egress`, `external-network` and `network-link`: where the estate's packets go."""

from landline.network import address
from landline.network.packets import to
from landline.network.target import Kind
from landline.network.vpc_network import Station, VpcNetwork
from landline.proof.journey import Journeys
from landline.proof.reached import External, Internet, Open
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
    for station in sorted(network.stations, key=lambda item: item.interfaces):
        if station.sends and network.subnets[station.subnet].routes.id in leads_out:
            _from(network, station, journeys, ways)


def _from(network: VpcNetwork, station: Station, journeys: Journeys, ways: Ways) -> None:
    def key(rule: str, resource: str) -> Key:
        return Key(rule, station.account, network.place.region, network.id, resource)

    for reached in journeys.of(network, station, lambda via: ways.wants(key("network-link", via))):
        if isinstance(reached, Open):
            rule = "internet-egress" if to(reached.packets, address.INTERNET) else "external-network"
            ways.leave_open(rule, reached.why)
            for box in reached.packets:
                for doubt in box.doubts:
                    ways.leave_open(rule, doubt)
            continue
        if isinstance(reached, Internet):
            rule, resource, what = "internet-egress", reached.gateway, "the internet"
        elif isinstance(reached, External):
            rule, resource, what = "external-network", reached.resource, reached.what
        else:
            rule, resource, what = "network-link", reached.resource, reached.network.id
        name = key(rule, resource)
        if ways.wants(name):
            two_way = journeys.comes_back(reached)
            ways.add(name, Way(two_way, reached.path, reached.packets, what, journeys.sent(reached)))
