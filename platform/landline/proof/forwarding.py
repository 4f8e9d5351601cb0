"""Where packets go that leave a subnet, up to the next thing that ends, rewrites or re-sends them.

Answers are forwarded by the same code, with the ends swapped. Security groups are not looked at here: they
stand at interfaces, and an answer passes them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from landline.network import address
from landline.network.interval import Interval, intersect, union
from landline.network.packets import Packets, doubted, to
from landline.network.packets import intersect as both
from landline.network.routing import Stretch, overlapping
from landline.network.target import Kind, Target
from landline.network.topology import Topology
from landline.network.vpc_network import Routes, SubnetNetwork, VpcNetwork
from landline.proof.hop import (
    AtGateway,
    AtInterface,
    AtNat,
    Delivered,
    Hop,
    Lost,
    Outside,
    Path,
    Wanted,
)
from landline.proof.stops import Stops
from landline.proof.transit import (
    Beyond,
    Exits,
    IntoFunction,
    IntoPeers,
    IntoVpc,
    Onward,
    TransitGateways,
    Unseen,
)

T = TypeVar("T")

Seen = frozenset[tuple[str, str]]
"""Where packets have been; they never pass the same place twice, so that routes in a circle end."""


@dataclass(frozen=True, slots=True)
class Course:
    """What packets carry along: what joined VPCs on their way, where they have been, what is of interest."""

    via: str | None
    seen: Seen
    local: bool
    wanted: Wanted | None
    zones: frozenset[str] = frozenset()
    """The zones in which they entered a transit gateway, as far as known."""

    def asks(self) -> bool:
        """Tell whether deliveries over what joins VPCs are still of interest."""
        return self.wanted is None or self.via is None or self.wanted(self.via)

    def past(self, kind: str, name: str) -> "Course":
        """Return the course after one more place."""
        return replace(self, seen=self.seen | {(kind, name)})


class Forwarding:
    """The forwarding plane of an estate. With `stops`, it notes there where packets end."""

    def __init__(self, topology: Topology, stops: Stops | None = None) -> None:
        self.topology = topology
        self.stops = stops
        self._transits = TransitGateways(topology)

    def leave(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork,
        packets: Packets,
        path: Path,
        *,
        local: bool,
        wanted: Wanted | None = None,
    ) -> Iterator[Hop]:
        """Follow packets out of a subnet. With `local`, also to interfaces of the same VPC."""
        course = Course(None, frozenset(), local, wanted)
        yield from self._route(network, subnet, subnet.routes, packets, (*path, subnet.id), course)

    def leave_table(
        self, network: VpcNetwork, routes: Routes, packets: Packets, path: Path, *, local: bool
    ) -> Iterator[Hop]:
        """Follow packets that a table routes for a gateway without a subnet (a regional NAT gateway)."""
        course = Course(None, frozenset(), local, None)
        yield from self._route(network, None, routes, packets, path, course)

    def arrive_from_transit(self, transit: str, attachment: str, packets: Packets) -> Iterator[Hop]:
        """Follow packets that come from outside over an attachment of a transit gateway."""
        course = Course(transit, frozenset(), local=True, wanted=None)
        yield from self._cross(transit, attachment, packets, (attachment,), course)

    def _route(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        routes: Routes,
        packets: Packets,
        path: Path,
        course: Course,
    ) -> Iterator[Hop]:
        path = (*path, routes.id)
        spans: dict[Target, list[Interval]] = defaultdict(list)
        for span, targets in _matching(routes.stretches, packets):
            for target in targets:
                spans[target].append(span)
        for target, covered in spans.items():
            part = doubted(to(packets, union(tuple(covered))), target.doubts)
            if part:
                yield from self._follow(network, subnet, target, part, path, course)
        if self.stops is not None:
            routed = to(packets, union(tuple(stretch.span for stretch in routes.stretches)))
            self.stops.note("no-route", routes.id, packets, path, passed=routed)
        for target in routes.doubtful:
            yield from self._follow(network, subnet, target, doubted(packets, target.doubts), path, course)

    def _follow(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        target: Target,
        packets: Packets,
        path: Path,
        course: Course,
    ) -> Iterator[Hop]:
        kind, name = target.kind, target.id
        if kind is Kind.BLACKHOLE:
            self._stop("blackhole", target.route_table, packets, path)
            return
        if kind is Kind.LOCAL:
            if course.local and course.asks():
                yield from self._deliver(network, subnet, packets, path, course.via)
            return
        if subnet is not None and self._subnet_of(target) != subnet.id:
            packets = self._out_of(subnet, packets, path)
        if not packets:
            return
        if kind is Kind.GATEWAY_ENDPOINT:
            self._stop("gateway-endpoint", name, packets, (*path, name))
        elif kind is Kind.UNKNOWN:
            yield Lost(name, packets, path)
        elif kind in (Kind.INTERNET_GATEWAY, Kind.EGRESS_ONLY_INTERNET_GATEWAY, Kind.CARRIER_GATEWAY):
            yield from self._gateway(network, kind, name, packets, (*path, name))
        elif kind is Kind.NAT_GATEWAY:
            yield from self._nat_gateway(network, subnet, name, packets, (*path, name), course.via)
        elif kind is Kind.INTERFACE:
            home = network.subnets.get(self._subnet_of(target) or "")
            if home is not None and (subnet is None or subnet.id != home.id):
                packets = self._into(home, packets, path)
            if packets:
                yield AtInterface(network, name, packets, (*path, name), course.via)
        elif kind is Kind.LOAD_BALANCER_ENDPOINT:
            yield from self._appliances(network, subnet, name, packets, (*path, name), course)
        elif kind is Kind.PEERING:
            yield from self._peering(network, name, packets, (*path, name), course)
        elif kind is Kind.TRANSIT_GATEWAY:
            yield from self._enter_transit(network, subnet, name, packets, (*path, name), course)
        elif kind is Kind.VPN_GATEWAY:
            yield from self._vpn_gateway(network, name, packets, (*path, name))
        else:
            yield Outside(network, name, None, kind.value, packets, (*path, name))

    def _subnet_of(self, target: Target) -> str | None:
        """Return the subnet in which a NAT gateway, interface or endpoint stands."""
        model = self.topology.model
        if target.kind is Kind.NAT_GATEWAY:
            gateway = model.nat_gateways.get(target.id)
            return None if gateway is None else gateway.subnet_id
        if target.kind is Kind.INTERFACE:
            interface = model.network_interfaces.get(target.id)
            return None if interface is None else interface.subnet_id
        if target.kind is Kind.LOAD_BALANCER_ENDPOINT:
            endpoint = model.vpc_endpoints.get(target.id)
            return None if endpoint is None or len(endpoint.subnet_ids) != 1 else endpoint.subnet_ids[0]
        return None

    def _deliver(
        self,
        network: VpcNetwork,
        origin: SubnetNetwork | None,
        packets: Packets,
        path: Path,
        via: str | None,
    ) -> Iterator[Hop]:
        for name in sorted(network.subnets):
            subnet = network.subnets[name]
            part = to(packets, subnet.spans)
            if part and (origin is None or origin.id != name):
                part = self._out_of(origin, part, path) if origin else part
                part = self._into(subnet, part, (*path, name))
            if part:
                yield Delivered(network, subnet, part, (*path, name), via)
        if self.stops is not None:
            held = to(packets, union(tuple(span for item in network.subnets.values() for span in item.spans)))
            self.stops.note("no-subnet", network.id, packets, path, passed=held)

    def _gateway(
        self, network: VpcNetwork, kind: Kind, name: str, packets: Packets, path: Path
    ) -> Iterator[Hop]:
        model = self.topology.model
        if kind is Kind.INTERNET_GATEWAY:
            gateway = model.internet_gateways.get(name)
            attached = gateway is not None and any(
                a.vpc_id == network.id and a.live() for a in gateway.attachments
            )
            contested = name in model.internet_gateways.contested
        elif kind is Kind.CARRIER_GATEWAY:
            carrier = model.carrier_gateways.get(name)
            if carrier is None:
                yield Lost(f"carrier gateway {name} is in no CarrierGateways document", packets, path)
                return
            attached = carrier.vpc_id == network.id and carrier.live()
            contested = name in model.carrier_gateways.contested
        else:
            outward = model.egress_only_internet_gateways.get(name)
            if outward is None:
                why = f"egress-only internet gateway {name} is in no EgressOnlyInternetGateways document"
                yield Lost(why, packets, path)
                return
            attached = any(a.vpc_id == network.id and a.live() for a in outward.attachments)
            contested = name in model.egress_only_internet_gateways.contested
        if contested:
            yield Lost(f"{name} is described twice, differently", packets, path)
        elif attached:
            yield AtGateway(network, kind, name, packets, path)
        else:
            self._stop("detached", name, packets, path)

    def _nat_gateway(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        name: str,
        packets: Packets,
        path: Path,
        via: str | None,
    ) -> Iterator[Hop]:
        gateway = self.topology.model.nat_gateways.get(name)
        if gateway is None or name in self.topology.model.nat_gateways.contested:
            what = "in no NatGateways document" if gateway is None else "described twice, differently"
            yield Lost(f"NAT gateway {name} is {what}", packets, path)
        elif gateway.live():
            if gateway.subnet_id is not None:
                home = network.subnets.get(gateway.subnet_id)
                if home is None:
                    where = f"in subnet {gateway.subnet_id}, which no document of {network.id} shows"
                    yield Lost(f"NAT gateway {name} is {where}", packets, path)
                    return
                if subnet is None or subnet.id != home.id:
                    packets = self._into(home, packets, path)
            if packets:
                yield AtNat(network, name, packets, path, via)
        else:
            self._stop("deleted", name, packets, path)

    def _appliances(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        name: str,
        packets: Packets,
        path: Path,
        course: Course,
    ) -> Iterator[Hop]:
        """Follow packets through the appliances behind a Gateway Load Balancer endpoint and back out of it.

        They come back unchanged and go on by the table of the endpoint's subnet ("Gateway Load Balancer
        guide"). What else the appliances do with them is outside the model.
        """
        who = f"the appliances behind Gateway Load Balancer endpoint {name}"
        why = f"{who} may send packets on by ways of their own"
        yield Lost(why, packets, path)
        endpoint = self.topology.model.vpc_endpoints.get(name)
        for home in endpoint.subnet_ids if endpoint else ():
            place = network.subnets.get(home)
            if place is None or ("endpoint", name) in course.seen:
                continue
            inside = subnet is not None and subnet.id == home
            crossing = packets if inside else self._into(place, packets, path)
            if crossing:
                onward = course.past("endpoint", name)
                yield from self._route(network, place, place.routes, crossing, path, onward)

    def _peering(
        self, network: VpcNetwork, name: str, packets: Packets, path: Path, course: Course
    ) -> Iterator[Hop]:
        """Follow packets to the peer, and no further: its own gateways do not serve them.

        "VPC Peering guide, Unsupported VPC peering configurations": no transitive peering, no edge to edge
        routing.
        """
        peering = self.topology.model.vpc_peering_connections.get(name)
        if peering is None:
            yield Lost(f"peering connection {name} is in no VpcPeeringConnections document", packets, path)
            return
        ends = {end.vpc_id: end for end in (peering.requester_vpc_info, peering.accepter_vpc_info)}
        if not peering.live() or network.id not in ends:
            self._stop("not-active", name, packets, path)
            return
        others = [end for vpc_id, end in ends.items() if vpc_id != network.id]
        if not others:
            return
        peer = self.topology.network(others[0].vpc_id)
        if peer is None:
            try:
                known = address.cidrs(others[0].cidr_blocks()) or address.EVERYWHERE
            except ValueError as error:
                yield Lost(f"peering connection {name} cannot be read: {error}", packets, path)
                return
            reached = to(packets, known)
            if reached:
                yield Outside(
                    network, name, None, f"a peering connection with {others[0].vpc_id}", reached, path
                )
        elif replace(course, via=course.via or name).asks():
            yield from self._deliver(peer, None, to(packets, peer.spans), path, course.via or name)

    def _vpn_gateway(self, network: VpcNetwork, name: str, packets: Packets, path: Path) -> Iterator[Hop]:
        gateway = self.topology.model.vpn_gateways.get(name)
        if gateway is None:
            yield Lost(f"virtual private gateway {name} is in no VpnGateways document", packets, path)
        elif name in self.topology.model.vpn_gateways.contested:
            yield Lost(f"{name} is described twice, differently", packets, path)
        elif any(a.vpc_id == network.id and a.live() for a in gateway.vpc_attachments):
            yield Outside(network, name, None, "a virtual private gateway", packets, path)
        else:
            self._stop("detached", name, packets, path)

    def _enter_transit(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        transit: str,
        packets: Packets,
        path: Path,
        course: Course,
    ) -> Iterator[Hop]:
        """Follow packets into a transit gateway, through the attachment's subnet in the sender's zone.

        Only that zone's attachment subnet serves a subnet ("Transit Gateways guide, VPC attachments"); on the
        way in, the attachment subnet's inbound ACL applies ("Transit Gateways guide, Network ACLs").
        """
        found = self._transits.entrances(transit, network)
        if isinstance(found, Unseen):
            yield Lost(found.why, packets, path)
            return
        if not found:
            self._stop("no-attachment", transit, packets, path)
        for name, subnets in found.items():
            homes = [network.subnets[home] for home in subnets if home in network.subnets]
            if len(homes) != len(subnets) or not homes:
                yield Lost(f"a subnet of attachment {name} is in no document", packets, path)
                continue
            near = [
                home
                for home in homes
                if subnet is None or not subnet.zones or not home.zones or subnet.zones & home.zones
            ]
            if not near:
                self._stop("no-attachment-in-zone", name, packets, path)
            for home in near:
                entering = self._into(home, packets, (*path, name))
                if entering:
                    onward = replace(course, via=course.via or transit, zones=home.zones)
                    yield from self._cross(transit, name, entering, (*path, name), onward)

    def _cross(
        self,
        transit: str,
        attachment: str,
        packets: Packets,
        path: Path,
        course: Course,
    ) -> Iterator[Hop]:
        place = f"{transit} {attachment}"
        if ("attachment", place) in course.seen:
            return
        onward = self._transits.onward(transit, attachment)
        if isinstance(onward, Unseen):
            yield Lost(onward.why, packets, path)
        elif isinstance(onward, Onward):
            self._transit_routes(onward, packets, (*path, onward.table))
            ahead = course.past("attachment", place)
            for part, name in _each(onward.further, packets):
                way = (*path, onward.table, name)
                yield from self._exit_transit(transit, name, part, way, ahead)
            for exits in onward.doubtful:
                for name in exits.attachments:
                    way = (*path, onward.table, name)
                    yield from self._exit_transit(transit, name, doubted(packets, exits.doubts), way, ahead)
            senders = union(tuple(box.src for box in packets))
            for part, name in _each(onward.last, packets):
                if not course.asks():
                    return
                if course.wanted is None or intersect(senders, self._transits.heard(transit, name)):
                    way = (*path, onward.table, name)
                    yield from self._exit_transit(transit, name, part, way, ahead)
        else:
            self._stop("no-association", attachment, packets, path)

    def _exit_transit(
        self,
        transit: str,
        attachment: str,
        packets: Packets,
        path: Path,
        course: Course,
    ) -> Iterator[Hop]:
        end = self._transits.exit(transit, attachment)
        if isinstance(end, Unseen):
            yield Lost(end.why, packets, path)
        elif isinstance(end, IntoFunction):
            yield Lost(f"{end.what} may send packets on by ways of its own", packets, path)
            yield from self._cross(transit, attachment, packets, path, course)
        elif isinstance(end, Beyond):
            yield Outside(None, transit, attachment, end.what, packets, path)
        elif isinstance(end, IntoPeers):
            for other in end.transits:
                yield from self._cross(other, attachment, packets, (*path, other), course)
        elif isinstance(end, IntoVpc):
            for name in end.entered(course.zones):
                home = end.network.subnets.get(name)
                if home is None:
                    yield Lost(f"subnet {name} of attachment {attachment} is in no document", packets, path)
                    continue
                # From here on, packets for this VPC are delivered in it, even if it is where they began.
                way, onward = (*path, name), replace(course, local=True)
                yield from self._route(end.network, home, home.routes, packets, way, onward)
        else:
            self._stop("not-active", attachment, packets, path)

    def _out_of(self, subnet: SubnetNetwork, packets: Packets, path: Path) -> Packets:
        passed = both(packets, subnet.acl_out)
        if self.stops is not None:
            self.stops.note("network-acl", subnet.id, packets, path, passed=passed, direction="egress")
        return passed

    def _into(self, subnet: SubnetNetwork, packets: Packets, path: Path) -> Packets:
        passed = both(packets, subnet.acl_in)
        if self.stops is not None:
            self.stops.note("network-acl", subnet.id, packets, path, passed=passed, direction="ingress")
        return passed

    def _stop(self, kind: str, where: str, packets: Packets, path: Path) -> None:
        if self.stops is not None:
            self.stops.note(kind, where, packets, path)

    def _transit_routes(self, onward: Onward, packets: Packets, path: Path) -> None:
        if self.stops is None:
            return
        stretches = (*onward.further, *onward.last)
        covered = to(packets, union(tuple(stretch.span for stretch in stretches)))
        self.stops.note("no-route", onward.table, packets, path, passed=covered)
        dropped = union(
            tuple(
                stretch.span
                for stretch in stretches
                if not any(exits.attachments for exits in stretch.targets)
            )
        )
        self.stops.note("blackhole", onward.table, to(packets, dropped), path)


def _each(stretches: tuple[Stretch[Exits], ...], packets: Packets) -> Iterator[tuple[Packets, str]]:
    """Yield each attachment to which a transit gateway hands some of the packets, with those."""
    for span, targets in _matching(stretches, packets):
        part = to(packets, (span,))
        for exits in targets if part else ():
            for name in exits.attachments:
                yield doubted(part, exits.doubts), name


def _matching(stretches: tuple[Stretch[T], ...], packets: Packets) -> Iterator[Stretch[T]]:
    """Yield the stretches that may hold destinations of some packets."""
    for first, last in address.EVERYWHERE:
        ends = [box.dst for box in packets if first <= box.dst[0] <= last]
        if ends:
            yield from overlapping(stretches, min(low for low, _ in ends), max(high for _, high in ends))
