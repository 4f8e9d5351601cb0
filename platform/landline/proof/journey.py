"""Where an interface's packets end up, over NAT gateways and appliances, and how their answers get back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from landline.network import address
from landline.network.interval import Intervals, intersect, subtract, union
from landline.network.network_interface import NetworkInterface
from landline.network.packets import NOTHING, Box, Packets, answers, boxes, coming_from, doubted, to
from landline.network.packets import intersect as both
from landline.network.target import Kind
from landline.network.vpc_network import Routes, Station, SubnetNetwork, VpcNetwork
from landline.proof.forwarding import Forwarding
from landline.proof.hop import AtGateway, AtInterface, AtNat, Delivered, Hop, Lost, Outside, Path, Wanted
from landline.proof.places import by_family
from landline.proof.places import narrowed as narrowed_to
from landline.proof.public_access import PublicAccess, Stance
from landline.proof.reached import External, Internet, Joined, Leg, Legs, Open, Reached, Taken
from landline.proof.translation import EPHEMERAL, addresses, narrowed, renamed, translatable, untranslated

IN_A_ROW = 4
"""NAT gateways and appliances in a row on every way to which packets are followed.

Each appliance may pass them on as they are or in its own name, so that ways double with each. Beyond, the
same packets at the same appliance are followed once, and the rest is open.
"""


SHIELDED = frozenset(
    {"AWS's documentation does not say whether DenyAllIgwTraffic also stops what an interface sends"}
)
"""It drops what comes from the internet (EC2 API, NetworkInterface)."""


class Journeys:
    """Follows packets through an estate and back."""

    def __init__(self, forwarding: Forwarding, public_access: PublicAccess) -> None:
        self._forwarding = forwarding
        self._stops = forwarding.stops
        self._topology = forwarding.topology
        self._public_access = public_access
        self._been: set[tuple[str, str | None, Packets]] = set()
        self._by_instance: dict[str, list[NetworkInterface]] | None = None

    def of(self, network: VpcNetwork, station: Station, wanted: Wanted) -> Iterator[Reached]:
        """Follow everything that a station may send out of its VPC."""
        home = network.subnets[station.subnet]
        packets = both(boxes(station.addresses, address.EVERYWHERE), station.group_out)
        leg = Leg(
            network, home, home, station.public, station.carrier, translated=False, shielded=station.shielded
        )
        self._been.clear()
        yield from self._travel(leg, packets, (station.interfaces[0],), (), None, frozenset(), wanted)

    def in_any_name(self, network: VpcNetwork, station: Station, wanted: Wanted) -> Iterator[Reached]:
        """Follow what an interface without a source/destination check may send as if from anywhere else.

        An internet gateway goes by the source alone ("VPC guide, Middlebox routing": what an instance sends
        leaves under its own public address though an appliance hands it over). No answer comes back here.
        """
        origin = network.subnets[station.subnet]
        rest = subtract(union(address.EVERYWHERE), station.addresses)
        nobody = Leg(network, origin, origin, (), (), translated=False, made_up=True)
        for leg in _as_known_in(network, nobody):
            known = intersect(union(leg.public + leg.carrier + leg.shielded), rest)
            yield from self._in_names(leg, station, known, wanted)
            rest = subtract(rest, known)
        yield from self._in_names(nobody, station, rest, wanted)

    def _in_names(self, leg: Leg, station: Station, names: Intervals, wanted: Wanted) -> Iterator[Reached]:
        packets = both(boxes(by_family(names), address.EVERYWHERE), station.group_out)
        self._been.clear()
        yield from self._travel(leg, packets, (station.interfaces[0],), (), None, frozenset(), wanted)

    def toward(self, network: VpcNetwork, station: Station, packets: Packets) -> Iterator[Reached]:
        """Follow some packets of a station to wherever they end, in its own VPC too.

        What stays in its subnet goes by no route ("VPC guide, How route tables work").
        """
        home = network.subnets[station.subnet]
        leg = Leg(
            network, home, home, station.public, station.carrier, translated=False, shielded=station.shielded
        )
        self._been.clear()
        path = (station.interfaces[0],)
        leaving = both(packets, station.group_out)
        if self._stops is not None:
            self._stops.note("security-group", path[0], packets, path, passed=leaving, direction="egress")
        beside = to(leaving, home.spans)
        if beside:
            hop = Delivered(network, home, beside, (*path, home.id), None)
            yield from self._interfaces(hop, network.id, (replace(leg, packets=beside),))
        further = to(leaving, subtract(union(address.EVERYWHERE), home.spans))
        yield from self._travel(leg, further, path, (), None, frozenset(), None)

    def _travel(
        self,
        leg: Leg,
        packets: Packets,
        path: Path,
        before: Legs,
        via: str | None,
        seen: frozenset[str],
        wanted: Wanted | None,
    ) -> Iterator[Reached]:
        if not packets:
            return
        start = None if wanted is None else before[0].network if before else leg.network
        first = via

        def still_wanted(name: str) -> bool:
            return wanted is None or wanted(first or name)

        asked = None if wanted is None else still_wanted
        for hop in self._hops(leg, packets, path, local=leg.network is not start, wanted=asked):
            legs = (*before, replace(leg, packets=hop.packets))
            if isinstance(hop, Lost):
                yield Open(hop.why, hop.packets, hop.path)
            elif isinstance(hop, Outside):
                yield External(
                    hop.network, hop.resource, hop.attachment, hop.what, hop.packets, hop.path, legs
                )
            elif isinstance(hop, AtGateway):
                yield from self._internet(hop, leg, legs)
            elif isinstance(hop, Delivered):
                joined = via or hop.via
                if hop.network is not start and (joined is not None or start is None):
                    yield from self._interfaces(hop, joined or hop.network.id, legs)
            elif isinstance(hop, AtNat):
                if hop.gateway not in seen:
                    yield from self._nat(hop, start, legs, via or hop.via, seen | {hop.gateway}, wanted)
            elif hop.interface not in seen:
                yield from self._appliance(hop, start, legs, via or hop.via, seen | {hop.interface}, wanted)

    def _hops(
        self, leg: Leg, packets: Packets, path: Path, *, local: bool, wanted: Wanted | None
    ) -> Iterator[Hop]:
        if isinstance(leg.origin, Routes):
            return self._forwarding.leave_table(leg.network, leg.origin, packets, path, local=local)
        return self._forwarding.leave(leg.network, leg.origin, packets, path, local=local, wanted=wanted)

    def _internet(self, hop: AtGateway, leg: Leg, legs: Legs) -> Iterator[Reached]:
        """Apply a gateway's own conditions: an address that works outside, and Block Public Access."""
        if hop.network is leg.network:
            yield from self._through(hop, leg, legs)
        elif leg.made_up:
            for known in _as_known_in(hop.network, leg):
                yield from self._through(hop, known, legs)
        else:
            # The gateway knows no public address for a source of another VPC.
            self._stop("other-vpc", hop.gateway, hop.packets, hop.path)

    def _through(self, hop: AtGateway, leg: Leg, legs: Legs) -> Iterator[Reached]:
        shielded = leg.shielded
        if hop.kind is Kind.CARRIER_GATEWAY:
            sources, shielded = leg.carrier, ()
        elif hop.kind is Kind.EGRESS_ONLY_INTERNET_GATEWAY:
            sources, shielded = (intersect(held, (address.ALL_V6,)) for held in (leg.public, shielded))
        else:
            sources = leg.public
        known = coming_from(hop.packets, sources) + doubted(coming_from(hop.packets, shielded), SHIELDED)
        self._stop("no-public-address", hop.gateway, hop.packets, hop.path, known)
        packets = to(known, address.INTERNET)
        self._stop("not-on-the-internet", hop.gateway, known, hop.path, packets)
        if not packets:
            return
        home = None if leg.home is None else leg.home.id
        homes = frozenset(each.home.id for each in legs if each.home and each.network is hop.network)
        stance, why = self._public_access.outward(
            hop.network.place, hop.network.id, home, hop.kind, homes if leg.translated else None
        )
        if stance is Stance.UNKNOWN:
            yield Open(why, packets, hop.path)
        elif stance is Stance.BLOCKED:
            where = f"{hop.network.place}"
            self._stop("block-public-access", where, packets, hop.path)
        elif stance is Stance.OPEN:
            legs = (*legs[:-1], replace(legs[-1], packets=packets))
            yield Internet(hop.gateway, packets, (*hop.path, "internet"), legs)

    def _interfaces(self, hop: Delivered, joined: str, legs: Legs) -> Iterator[Reached]:
        held: Packets = NOTHING
        for station in hop.network.stations:
            if station.subnet == hop.subnet.id:
                own = to(hop.packets, station.addresses)
                held += own
                path = (*hop.path, station.interfaces[0])
                if not station.receives:
                    self._stop("takes-nothing", station.interfaces[0], own, path)
                    continue
                taken = both(own, station.group_in)
                if self._stops is not None:
                    name = station.interfaces[0]
                    self._stops.note("security-group", name, own, path, passed=taken, direction="ingress")
                if taken:
                    ended = (*legs[:-1], replace(legs[-1], packets=taken))
                    yield Joined(joined, hop.network, hop.subnet, taken, path, ended)
        if not held:
            self._stop("no-interface", hop.subnet.id, hop.packets, hop.path)

    def _stop(self, kind: str, where: str, came: Packets, path: Path, passed: Packets = NOTHING) -> None:
        if self._stops is not None:
            self._stops.note(kind, where, came, path, passed=passed)

    def _nat(
        self,
        hop: AtNat,
        start: VpcNetwork | None,
        legs: Legs,
        via: str | None,
        seen: frozenset[str],
        wanted: Wanted | None,
    ) -> Iterator[Reached]:
        gateway = self._topology.model.nat_gateways.items[hop.gateway]
        network = hop.network
        home = None if gateway.subnet_id is None else network.subnets[gateway.subnet_id]
        spans = network.spans if home is None else home.spans
        listed = [
            item for item in gateway.nat_gateway_addresses if item.status != "failed" and item.private_ip
        ]
        try:
            inside = addresses([item.private_ip for item in listed]) or intersect(spans, (address.ALL_V4,))
            public = addresses([item.private_ip for item in listed if item.public_ip])
        except ValueError as error:
            yield Open(f"NAT gateway {hop.gateway} cannot be read: {error}", hop.packets, hop.path)
            return
        if gateway.connectivity_type != "public":
            public = ()
        elif not public:
            # A public NAT gateway always has a public address, whether or not the document lists it.
            public = inside
        entering = translatable(hop.packets)
        self._stop("not-translatable", hop.gateway, hop.packets if not entering else NOTHING, hop.path)
        legs = (*legs[:-1], replace(legs[-1], packets=entering))
        if not entering:
            return
        origin: SubnetNetwork | Routes
        if home is not None:
            origin = home
        elif gateway.route_table_id in network.tables:
            origin = network.tables[gateway.route_table_id or ""]
        else:
            why = f"no RouteTables document shows the route table of regional NAT gateway {hop.gateway}"
            yield Open(why, entering, hop.path)
            return
        if via is not None and network is not start:
            yield Joined(via, network, origin, entering, hop.path, legs)
        leg = Leg(network, origin, home, public, (), translated=True)
        leaving = tuple(
            Box(span, untranslated(box), box.protocol, EPHEMERAL, box.dport, box.doubts)
            for box in entering
            for span in inside
        )
        yield from self._travel(leg, leaving, hop.path, legs, via, seen, wanted)

    def _appliance(
        self,
        hop: AtInterface,
        start: VpcNetwork | None,
        legs: Legs,
        via: str | None,
        seen: frozenset[str],
        wanted: Wanted | None,
    ) -> Iterator[Reached]:
        """Follow packets through an instance that is no end of theirs.

        It takes them only without a source/destination check ("VPC guide, NAT instances"), and may send them
        on from any of its interfaces, as they are or in its own name.
        """
        network = hop.network
        station = self._alone(network, hop.interface)
        if station is None:
            yield Open(
                f"network interface {hop.interface} is in no document of {network.id}", hop.packets, hop.path
            )
            return
        taken = both(hop.packets, station.group_in)
        if self._stops is not None:
            name = hop.interface
            self._stops.note("security-group", name, hop.packets, hop.path, passed=taken, direction="ingress")
        if not station.forwards:
            addressed = to(taken, station.addresses)
            self._stop("source-dest-check", hop.interface, taken, hop.path, addressed)
            taken = addressed
        if not taken:
            return
        legs = (*legs[:-1], replace(legs[-1], packets=taken))
        if network is not start and (via is not None or start is None):
            joined = via or network.id
            yield Joined(joined, network, network.subnets[station.subnet], taken, hop.path, legs)
        if not station.forwards:
            return
        if len(seen) > IN_A_ROW:
            if (hop.interface, via, taken) in self._been:
                why = f"packets pass more than {IN_A_ROW} NAT gateways and appliances before {hop.interface}"
                yield Open(f"{why}, and not every order of them was followed", taken, hop.path)
                return
            self._been.add((hop.interface, via, taken))
        for other in self._interfaces_of(network, station):
            home = network.subnets[other.subnet]
            path = hop.path if other is station else (*hop.path, other.interfaces[0])
            own = Leg(
                network, home, home, other.public, other.carrier, translated=False, shielded=other.shielded
            )
            yield from self._travel(
                own, both(renamed(taken, other), other.group_out), path, legs, via, seen, wanted
            )
            if other.forwards:
                kept = replace(legs[-1], network=network, origin=home, packets=NOTHING)
                if legs[-1].network is not network:
                    kept = replace(kept, public=(), carrier=(), shielded=())
                yield from self._travel(
                    kept, both(taken, other.group_out), path, legs[:-1], via, seen, wanted
                )

    def _alone(self, network: VpcNetwork, interface: str) -> Station | None:
        """Return one interface as a station: what a route hands to it, those like it do not have."""
        for station in network.stations:
            if interface in station.interfaces:
                return narrowed_to(station, [self._topology.model.network_interfaces.items[interface]])
        return None

    def _interfaces_of(self, network: VpcNetwork, appliance: Station) -> Iterator[Station]:
        """Yield the interfaces in a VPC of what an appliance is attached to, its own first."""
        yield appliance
        others = self._attached().get(appliance.instance or "", ())
        names = {item.network_interface_id for item in others} - {*appliance.interfaces}
        for station in network.stations if names else ():
            if not names.isdisjoint(station.interfaces):
                yield narrowed_to(station, [item for item in others if item.network_interface_id in names])

    def _attached(self) -> dict[str, list[NetworkInterface]]:
        if self._by_instance is None:
            self._by_instance = defaultdict(list)
            for item in self._topology.model.network_interfaces.items.values():
                if item.attachment is not None and item.attachment.instance_id:
                    self._by_instance[item.attachment.instance_id].append(item)
        return self._by_instance

    def enter(
        self, network: VpcNetwork, gateway: str, packets: Packets, crossed: frozenset[str] = frozenset()
    ) -> Iterator[Delivered | Taken | Open]:
        """Follow packets that a gateway takes into its VPC, by its own route table if it has one.

        That table may hand them to an appliance first ("VPC guide, Gateway route tables"). Answers pass the
        security groups of interfaces that their requests have `crossed`: those remember.
        """
        edge = network.edges.get(gateway)
        if edge is None:
            yield from self._into_subnets(network, packets, (gateway,))
            return
        for span, targets in edge.stretches:
            whole = to(packets, (span,))
            for target in targets if whole else ():
                path = (gateway, edge.id)
                part = doubted(whole, target.doubts)
                if target.kind is Kind.LOCAL:
                    yield from self._into_subnets(network, part, path)
                elif target.kind is Kind.INTERFACE:
                    yield from self._past(network, target.id, part, (*path, target.id), crossed)
                elif target.kind is not Kind.BLACKHOLE:
                    why = f"{edge.id} hands what comes from {gateway} to {target.id}, which is not modelled"
                    yield Open(why, part, path)
        for target in edge.doubtful:
            for why in target.doubts:
                yield Open(why, packets, (gateway, edge.id))

    def straight(self, network: VpcNetwork, gateway: str, packets: Packets) -> Iterator[Delivered]:
        """Follow packets of Global Accelerator, which no gateway's table turns aside."""
        return self._into_subnets(network, packets, (gateway,))

    def _into_subnets(self, network: VpcNetwork, packets: Packets, path: Path) -> Iterator[Delivered]:
        for name in sorted(network.subnets):
            subnet = network.subnets[name]
            came = to(packets, subnet.spans)
            entering = both(came, subnet.acl_in)
            if self._stops is not None:
                where = (*path, name)
                self._stops.note("network-acl", name, came, where, passed=entering, direction="ingress")
            if entering:
                yield Delivered(network, subnet, entering, (*path, name), None)

    def _past(
        self, network: VpcNetwork, interface: str, packets: Packets, path: Path, crossed: frozenset[str]
    ) -> Iterator[Delivered | Taken | Open]:
        """Follow packets into the VPC past an appliance that a gateway's table names."""
        station = self._alone(network, interface)
        if station is None:
            yield Open(f"network interface {interface} is in no document of {network.id}", packets, path)
            return
        home = network.subnets[station.subnet]
        if path[0] in self._topology.model.internet_gateways.items:
            # It hands packets only to a public address's interface ("VPC guide, Gateway route tables").
            families = {address.is_v6(span[0]) for span in station.public}
            packets = tuple(box for box in packets if address.is_v6(box.dst[0]) in families)
        taken = both(packets, home.acl_in)
        if crossed:
            own = to(taken, station.addresses)
            if own:
                yield Delivered(network, home, own, path, None)
        if interface not in crossed:
            taken = both(taken, station.group_in)
        if not station.forwards:
            taken = to(taken, station.addresses)
        if not taken:
            return
        yield Taken(station, taken, path)
        if not station.forwards:
            return
        for other in self._interfaces_of(network, station):
            sent = taken if other.forwards else NOTHING
            # An answer in the appliance's own name would be an answer to nobody.
            sent = sent if crossed else sent + renamed(taken, other)
            if other.interfaces[0] not in crossed:
                sent = both(sent, other.group_out)
            way = path if other is station else (*path, other.interfaces[0])
            origin = network.subnets[other.subnet]
            for hop in self._forwarding.leave(network, origin, sent, way, local=True) if sent else ():
                if isinstance(hop, Delivered) and hop.via is None:
                    yield hop

    def sent(self, reached: Internet | External | Joined) -> Packets:
        """Return the packets as the interface sent them, before any translation on the way."""
        first = reached.legs[0].packets
        if len(reached.legs) == 1:
            return first
        return narrowed(first, answers(reached.packets)) or first

    def comes_back(self, reached: Internet | External | Joined) -> bool:
        """Tell whether some packet's answer surely gets back to the interface that sent it."""
        *earlier, last = reached.legs
        reply = answers(reached.packets)
        if isinstance(reached, Joined):
            back = self._back(reached.network, reached.origin, reply, last)
            back += self._to_nat_gateway(reached, reply, last)
        elif isinstance(reached, External) and reached.attachment is not None:
            hops = self._forwarding.arrive_from_transit(reached.resource, reached.attachment, reply)
            back = self._home(hops, last, 0)
        elif last.home is not None and (isinstance(reached, Internet) or reached.network is last.network):
            gateway = reached.gateway if isinstance(reached, Internet) else reached.resource
            entering = self.enter(last.network, gateway, reply, frozenset(reached.path))
            back = tuple(
                box
                for hop in entering
                if isinstance(hop, Delivered) and hop.subnet.id == last.home.id
                for box in hop.packets
            )
        else:
            # What comes from outside into a VPC is delivered in that VPC, never handed on to another.
            here = isinstance(reached, Internet) or reached.network is last.network
            back = reply if here and last.home is None else NOTHING
        following = last
        for leg in reversed(earlier):
            sent = narrowed(leg.packets, back)
            back = self._back(following.network, following.origin, answers(sent), leg)
            following = leg
        return any(not box.doubts for box in back)

    def _to_nat_gateway(self, reached: Joined, reply: Packets, last: Leg) -> Packets:
        """Return the answers that a peering connection hands back to a NAT gateway in the VPC at its end.

        No route is needed for them ("Unexpected Routing Behaviour in AWS with VPC Peering and NAT Gateway",
        labs.reversec.com, March 2026, to which AWS said that this is expected). A regional NAT gateway's are
        not known to do so.
        """
        peerings = self._topology.model.vpc_peering_connections.items
        if not (last.translated and last.home and isinstance(reached.origin, SubnetNetwork)):
            return NOTHING
        if not any(name in peerings for name in reached.path):
            return NOTHING
        return both(both(reply, reached.origin.acl_out), last.home.acl_in)

    def _back(self, network: VpcNetwork, origin: SubnetNetwork | Routes, reply: Packets, leg: Leg) -> Packets:
        if not reply:
            return NOTHING
        start = Leg(network, origin, None, (), (), translated=False)
        hops = self._hops(start, reply, (), local=True, wanted=None)
        return self._home(hops, leg, 0)

    def _home(self, hops: Iterator[Hop], leg: Leg, depth: int) -> Packets:
        """Return the answers that enter the subnet a leg began in, through appliances too."""
        found: Packets = NOTHING
        for hop in hops:
            if isinstance(hop, Delivered):
                if leg.home is not None and hop.subnet.id == leg.home.id:
                    found += hop.packets
            elif isinstance(hop, AtInterface) and depth < 4:
                station = self._alone(hop.network, hop.interface)
                if station is None or not station.forwards:
                    continue
                for other in self._interfaces_of(hop.network, station):
                    if other.forwards:
                        taken = both(both(hop.packets, station.group_in), other.group_out)
                        home = hop.network.subnets[other.subnet]
                        again = self._forwarding.leave(hop.network, home, taken, (), local=True)
                        found += self._home(again, leg, depth + 1)
        return found


def _as_known_in(network: VpcNetwork, leg: Leg) -> Iterator[Leg]:
    """Yield the leg as this network's gateways see it: in the name of all in one of its subnets."""
    for home in network.subnets.values():
        here = [item for item in network.stations if item.subnet == home.id]
        public, carrier, shielded = (
            union(tuple(span for item in here for span in spans(item)))
            for spans in (attrgetter("public"), attrgetter("carrier"), attrgetter("shielded"))
        )
        yield replace(leg, network=network, home=home, public=public, carrier=carrier, shielded=shielded)
