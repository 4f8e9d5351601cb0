"""Networks outside the estate that are not the internet: over VPN, Direct Connect, peering and the like."""

from collections.abc import Iterator
from dataclasses import replace

from landline.network import address
from landline.network.interval import Intervals, intersect, subtract, union
from landline.network.packets import Packets, answers, boxes, coming_from, sure, to
from landline.network.packets import intersect as both
from landline.network.target import Kind
from landline.network.transit_gateway import attached
from landline.network.vpc_network import VpcNetwork
from landline.proof.arrived import Arrived
from landline.proof.forwarding import Forwarding
from landline.proof.hop import AtInterface, Delivered, Hop, Lost, Outside
from landline.proof.journey import Journeys
from landline.proof.places import End, Where
from landline.proof.reached import External, Open

ALMOST_ALL = 1 << 30
"""A destination of so many addresses or more is a default route, or a piece of one, and nobody's network."""


class Beyond:
    """The doors to networks outside, in both directions."""

    def __init__(self, forwarding: Forwarding, journeys: Journeys) -> None:
        self._forwarding = forwarding
        self._journeys = journeys
        self._model = forwarding.topology.model
        self._stops = forwarding.stops

    def carried(self, reached: External) -> Iterator[External]:
        """Return what a gateway's connections carry on, as far as documents show them.

        A virtual private gateway whose connections all have static routes carries what those name
        ("Site-to-Site VPN guide, Site-to-Site VPN routing options"). What another end announces is in no
        document.
        """
        static = self._static_routes(reached.resource)
        packets = reached.packets if static is None else to(reached.packets, static)
        if self._stops is not None:
            self._stops.note("no-route", reached.resource, reached.packets, reached.path, passed=packets)
        if packets:
            yield replace(reached, packets=packets)

    def _static_routes(self, gateway: str) -> Intervals | None:
        connections = [
            item
            for item in self._model.vpn_connections.items.values()
            if item.vpn_gateway_id == gateway and item.live()
        ]
        if not connections or not all(item.options.static_routes_only for item in connections):
            return None
        routes = [
            address.readable((route.destination_cidr_block,))
            for item in connections
            for route in item.routes
            if route.state != "deleted"
        ]
        return union(tuple(span for spans in routes for span in spans)) if all(routes) else None

    def arrivals(self, end: End, source: Where, traffic: Packets) -> Iterator[Arrived | Open]:
        """Follow what comes from outside to an interface, by every door that may lead to the sender."""
        network = end.network
        packets = both(boxes(subtract(source.outside, network.spans), end.station.addresses), traffic)
        for door in self._doors(network):
            senders = self._behind(door, network, source)
            coming = coming_from(packets, senders)
            if coming:
                yield from self._by(door, end, self._journeys.enter(network, door, coming))
        for transit, index in sorted(self._model.transit_gateway_attachments.items()):
            for name, attachment in sorted(index.items.items()):
                if attachment.resource_type == "vpc" or not attached(attachment.state):
                    continue
                peered = attachment.resource_type in ("peering", "tgw-peering")
                if peered and attachment.resource_id in self._model.transit_gateways.items:
                    continue
                if source.doors and name not in source.doors:
                    continue
                senders = self._routed_to(name, source.outside)
                coming = coming_from(packets, senders)
                if coming:
                    hops = self._forwarding.arrive_from_transit(transit, name, coming)
                    yield from self._by(transit, end, hops)

    def _doors(self, network: VpcNetwork) -> Iterator[str]:
        for name, gateway in sorted(self._model.vpn_gateways.items.items()):
            if any(a.vpc_id == network.id and a.live() for a in gateway.vpc_attachments):
                yield name
        for name, peering in sorted(self._model.vpc_peering_connections.items.items()):
            ends = {peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id}
            others = ends - {network.id}
            if network.id in ends and peering.live() and not others & set(self._model.vpcs.items):
                yield name

    def _behind(self, door: str, network: VpcNetwork, source: Where) -> Intervals:
        """Return those of the sender's addresses that may be behind a gateway.

        Private ones may be behind any; public ones where a route that is no default route says so.
        """
        if door in source.doors:
            return source.outside
        if source.doors:
            return ()
        private = subtract(source.outside, address.INTERNET)
        spans = tuple(
            stretch.span
            for routes in network.tables.values()
            for stretch in routes.stretches
            for target in stretch.targets
            if target.id == door and target.kind in (Kind.VPN_GATEWAY, Kind.PEERING)
        )
        return self._own_networks(private, source.outside, spans + (self._static_routes(door) or ()))

    def _routed_to(self, attachment: str, senders: Intervals) -> Intervals:
        private = subtract(senders, address.INTERNET)
        spans: list[tuple[int, int]] = []
        for table in self._model.transit_gateway_routes.values():
            for route in table:
                named = {item.transit_gateway_attachment_id for item in route.transit_gateway_attachments}
                if attachment in named and route.destination_cidr_block:
                    spans += address.readable((route.destination_cidr_block,))
        return self._own_networks(private, senders, tuple(spans))

    @staticmethod
    def _own_networks(
        private: Intervals, senders: Intervals, spans: tuple[tuple[int, int], ...]
    ) -> Intervals:
        narrow = union(tuple(span for span in spans if span[1] - span[0] + 1 < ALMOST_ALL))
        return union(private + intersect(senders, narrow))

    def _by(self, door: str, end: End, hops: Iterator[object]) -> Iterator[Arrived | Open]:
        network, station = end.network, end.station
        name = station.interfaces[0]
        for hop in hops:
            if isinstance(hop, Open):
                yield hop
            elif isinstance(hop, Lost):
                yield Open(hop.why, hop.packets, hop.path)
            elif isinstance(hop, AtInterface) and hop.interface not in station.interfaces:
                why = f"network interface {hop.interface} may pass on what comes from {door}"
                yield Open(why, hop.packets, hop.path)
            elif isinstance(hop, (Delivered, AtInterface)) and hop.network.id == network.id:
                if isinstance(hop, Delivered) and hop.subnet.id != station.subnet:
                    continue
                came = to(hop.packets, station.addresses)
                taken = both(came, station.group_in)
                path = (door, *hop.path) if hop.path[0] != door else hop.path
                path = (*path, name) if isinstance(hop, Delivered) else path
                if self._stops is not None:
                    self._stops.note("security-group", name, came, path, passed=taken, direction="ingress")
                if not station.receives:
                    if self._stops is not None:
                        self._stops.note("takes-nothing", name, taken, path)
                elif taken:
                    yield Arrived(taken, taken, path, two_way=self._answered(door, end, taken), beyond=True)

    def _answered(self, door: str, end: End, packets: Packets) -> bool:
        home = end.network.subnets[end.station.subnet]
        hops: Iterator[Hop] = self._forwarding.leave(end.network, home, answers(packets), (), local=False)
        return any(isinstance(hop, Outside) and hop.resource == door and sure(hop.packets) for hop in hops)
