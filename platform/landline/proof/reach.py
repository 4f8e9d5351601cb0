"""One question: whether anything gets from here to there, and what stops it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landline.exit_codes import ExitCode
from landline.network import Model, address
from landline.network.interval import Intervals, contains, intersect, subtract, union
from landline.network.packets import (
    EVERYTHING,
    SURE,
    Doubts,
    Packets,
    answers,
    boxes,
    coming_from,
    doubted,
    sure,
    to,
)
from landline.network.packets import intersect as both
from landline.network.topology import Topology
from landline.network.vpc_network import VpcNetwork
from landline.proof.arrived import Arrived
from landline.proof.beyond import Beyond
from landline.proof.blocked import Blocked, blocked_by
from landline.proof.catalogue import OPTIONAL
from landline.proof.forwarding import Forwarding
from landline.proof.inward import Inward
from landline.proof.journey import Journeys
from landline.proof.places import INTERNET, End, Where, by_family, find, narrowed, of_interfaces
from landline.proof.public_access import DOCUMENT, PublicAccess, Stance
from landline.proof.reached import External, Internet, Joined, Open
from landline.proof.relays import ASSUMPTIONS as BALANCED
from landline.proof.relays import Relays
from landline.proof.stand_in import ASSUMPTION as STANDING_IN
from landline.proof.stand_in import with_stand_ins
from landline.proof.stops import Stops
from landline.proof.traffic import Allowed, allowed

if TYPE_CHECKING:
    from landline.network.network_interface import NetworkInterface

ASSUMPTIONS = (
    "An interface counts as sending and receiving whether or not what it is attached to runs.",
    "Appliances without a source/destination check may pass on every packet that reaches them.",
    "Documents were taken at one moment; nothing changed between the first and the last call.",
)
BEYOND = "A network behind a VPN, Direct Connect or another gateway takes what is handed to it, and answers."


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question (contract, design section 7 and issue 4)."""

    source: str
    destination: str
    verdict: str
    """`reachable`, `blocked` or `unproven`."""
    two_way: bool
    path: tuple[str, ...]
    """Ids hop by hop; of a blocked question as far as its packets get."""
    blocked_by: Blocked | None
    allowed: tuple[Allowed, ...]
    why: tuple[str, ...]
    """What an unproven answer hangs on."""
    assumptions: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 where the question is answered, one way or the other, 3 where it is unproven."""
        return ExitCode.UNPROVEN if self.verdict == "unproven" else ExitCode.DONE


def reach(
    model: Model,
    source: str,
    destination: str,
    traffic: Packets = EVERYTHING,
    names: Mapping[str, str] | None = None,
) -> Answer:
    """Answer whether some packet of some traffic gets from one place to another. Pure.

    Raises UsageError when an end names nothing in the documents, see `places.find`.
    """
    topology = Topology(model)
    sender = find(topology, source, names)
    receiver = find(topology, destination, names, sender)
    added: tuple[NetworkInterface, ...] = ()
    if not sender.outside and not sender.lost and not any(end.station.sends for end in sender.ends):
        model, added = with_stand_ins(model, (names or {}).get(source, source))
    if added:
        topology = Topology(model)
        sender = of_interfaces(topology, source, added)
        receiver = find(topology, destination, names, sender)
    stops = Stops()
    found = tuple(_Search(topology, stops).results(sender, receiver, traffic))
    arrived = [item for item in found if isinstance(item, Arrived)]
    certain = sorted(
        (replace(item, packets=sure(item.packets)) for item in arrived if sure(item.packets)),
        key=lambda item: (not item.two_way, len(item.path), item.path),
    )
    through = certain
    if traffic != EVERYTHING:
        again = _Search(topology, Stops()).results(sender, receiver, EVERYTHING)
        through = [item for item in again if isinstance(item, Arrived)]
    why = set(sender.lost + receiver.lost)
    why |= {item.why for item in found if isinstance(item, Open)}
    why |= {doubt for item in found for box in item.packets for doubt in box.doubts}
    why |= {f"{item.path} cannot be read: {item.why}" for item in model.unreadable}
    why |= {item.why for item in model.open_questions if item.rule not in OPTIONAL.values()}
    if receiver.outside:
        why |= set(sender.gateway_lists(model))
    for network in _concerned(topology, sender, receiver):
        why |= set(network.doubts)
    verdict = "reachable" if certain else "unproven" if why else "blocked"
    stop = None if certain else blocked_by(model, stops, sender, receiver)
    return Answer(
        source=source,
        destination=destination,
        verdict=verdict,
        two_way=bool(certain) and certain[0].two_way,
        path=_path(certain, arrived, stop),
        blocked_by=stop if verdict == "blocked" else None,
        allowed=allowed(tuple(box for item in through for box in sure(item.sent))),
        why=tuple(sorted(why)) if verdict == "unproven" else (),
        assumptions=tuple(sorted((*_assumptions(model, arrived), *([STANDING_IN] if added else [])))),
    )


def _path(certain: list[Arrived], doubted: list[Arrived], stop: Blocked | None) -> tuple[str, ...]:
    """Return the best way, else one that nobody can be sure of, else how far the packets get."""
    if certain:
        return certain[0].path
    if doubted:
        return min((item.path for item in doubted), key=lambda path: (len(path), path))
    return stop.path if stop else ()


def _concerned(topology: Topology, *places: Where) -> Iterator[VpcNetwork]:
    for name in sorted({end.network.id for place in places for end in place.ends}):
        network = topology.network(name)
        if network is not None:
            yield network


def _assumptions(model: Model, arrived: list[Arrived]) -> Iterator[str]:
    yield from ASSUMPTIONS
    if any(item.beyond for item in arrived):
        yield BEYOND
    if any(item.relayed for item in arrived):
        yield from BALANCED
    if any("internet" in item.path for item in arrived):
        off = [
            str(place) for place, d in sorted(model.places.items()) if d.vpcs and model.lacks(place, DOCUMENT)
        ]
        if off:
            yield f"VPC Block Public Access is off in {', '.join(off[:5])}: no document says otherwise."


class _Search:
    """Looks for ways between two places, one kind of way after the other."""

    def __init__(self, topology: Topology, stops: Stops) -> None:
        self._topology = topology
        self._stops = stops
        self._forwarding = Forwarding(topology, stops)
        public_access = PublicAccess(topology.model)
        self._journeys = Journeys(self._forwarding, public_access)
        self._inward = Inward(self._journeys, self._forwarding, public_access)
        self._beyond = Beyond(self._forwarding, self._journeys)
        self._relays = Relays(topology, self._journeys, stops, self._direct)

    def results(self, source: Where, destination: Where, traffic: Packets) -> Iterator[Arrived | Open]:
        """Yield every way, and every place where the documents say too little."""
        for found in self._direct(source, destination, traffic):
            heard = found if isinstance(found, Open) else self._relays.listening(found)
            if heard is not None:
                yield heard
        if destination.service is not None:
            yield from self._relays.to_service(source, destination, traffic)
        elif destination.ends:
            yield from self._relays.to_targets(source, destination, traffic)

    def _direct(self, source: Where, destination: Where, traffic: Packets) -> Iterator[Arrived | Open]:
        """Yield the ways on which nothing takes packets and sends others on in its place."""
        for end in source.ends:
            for one in _apart(self._topology.model, end, destination):
                yield from self._from_inside(one, destination, traffic)
        if source.outside and destination.ends:
            for end in destination.ends:
                if not source.doors:
                    yield from self._from_internet(end, source, destination, traffic)
                if source.name != INTERNET:
                    direct = replace(end.station, addresses=destination.addresses(end.station))
                    yield from self._beyond.arrivals(replace(end, station=direct), source, traffic)

    def _from_inside(self, end: End, destination: Where, traffic: Packets) -> Iterator[Arrived | Open]:
        if not end.station.sends:
            name = end.station.interfaces[0]
            self._stops.note("sends-nothing", name, boxes(end.station.addresses, address.EVERYWHERE), (name,))
            return
        own = end.station.addresses if len(end.station.interfaces) == 1 else ()
        goals = subtract(destination.goals(), own)
        outer = tuple((one, one) for one, _ in destination.outer)
        global_v6 = intersect(
            union(tuple(span for other in destination.ends for span in other.station.public)),
            (address.ALL_V6,),
        )
        packets = both(
            boxes(
                end.station.addresses,
                by_family(union(goals + outer + destination.outside + subtract(destination.literal, own))),
            ),
            traffic,
        )
        before = len(self._stops.found)
        for reached in self._journeys.toward(end.network, end.station, packets) if packets else ():
            if isinstance(reached, Open):
                yield reached
            elif isinstance(reached, Joined):
                taken = self._at_goal(reached, destination)
                if taken:
                    yield self._arrived(replace(reached, packets=taken))
            elif isinstance(reached, Internet):
                gone = to(reached.packets, destination.outside)
                if gone and not destination.doors:
                    yield self._arrived(replace(reached, packets=gone))
                back = to(reached.packets, union(outer + global_v6))
                if back:
                    yield from self._round(replace(reached, packets=back), destination)
            else:
                yield from self._external(reached, destination)

        yield from self._by_gateway_endpoints(end, destination, before)

    def _by_gateway_endpoints(self, end: End, destination: Where, before: int) -> Iterator[Arrived]:
        """Take what gateway endpoints hand to AWS's services, outside the estate's VPCs."""
        home = end.network.subnets[end.station.subnet]
        for stop in self._stops.found[before:]:
            wanted = not destination.doors or stop.id in destination.doors
            if stop.kind == "gateway-endpoint" and wanted and destination.name != INTERNET:
                packets = coming_from(to(stop.came, destination.outside), end.station.addresses)
                if packets:
                    two_way = bool(sure(both(answers(packets), home.acl_in)))
                    yield Arrived(packets, packets, stop.path, two_way=two_way)

    def _at_goal(self, reached: Joined, destination: Where) -> Packets:
        """Return the packets that end at an interface that was asked for, not on the way at another."""
        last = reached.path[-1]
        for end in destination.ends:
            if end.network.id == reached.network.id:
                here = [
                    station
                    for station in reached.network.stations
                    if last in station.interfaces and set(station.interfaces) & set(end.station.interfaces)
                ]
                if here:
                    return to(reached.packets, destination.addresses(end.station))
        return ()

    def _arrived(self, reached: Internet | External | Joined, *, beyond: bool = False) -> Arrived:
        path = self._precise(reached)
        return Arrived(
            reached.packets,
            self._journeys.sent(reached),
            path,
            two_way=self._journeys.comes_back(reached),
            beyond=beyond,
        )

    def _precise(self, reached: Internet | External | Joined) -> tuple[str, ...]:
        """Return the path, with those of several like interfaces that the witness goes from and to."""
        path = reached.path
        first = reached.legs[0]
        sent = self._journeys.sent(reached)
        holder = self._holder(first.network, min(sent).src[0])
        if holder is not None:
            path = (holder, *path[1:])
        if path[:1] == path[1:2]:
            path = path[1:]  # a subnet stands in for what may be in it
        if isinstance(reached, Joined):
            holder = self._holder(reached.network, min(reached.packets).dst[0])
            if holder is not None and holder != path[0]:
                path = (*path[:-1], holder)
        return path

    def _holder(self, network: VpcNetwork, one: int) -> str | None:
        for interface in self._topology.model.network_interfaces_of.get(network.id, ()):
            if contains(address.readable(interface.addresses()), one):
                return interface.network_interface_id
        return None

    def _external(self, reached: External, destination: Where) -> Iterator[Arrived | Open]:
        """Take what a gateway hands to a network outside, as far as it is known to lead there."""
        if destination.doors and reached.resource not in destination.doors:
            return
        for part in self._beyond.carried(reached):
            packets = to(part.packets, destination.outside)
            if packets and destination.name != INTERNET:
                yield self._arrived(replace(part, packets=packets), beyond=True)
            else:
                self._stops.note("not-there", reached.resource, part.packets, reached.path)

    def _from_internet(
        self, end: End, source: Where, destination: Where, traffic: Packets
    ) -> Iterator[Arrived | Open]:
        model, network = self._topology.model, end.network
        senders = subtract(intersect(source.outside, address.INTERNET), network.spans)
        if not senders:
            return
        target = end.station
        if destination.literal:
            # Nobody outside can name a private address.
            meant = tuple((own, own) for _, own in destination.outer)
            meant += intersect(destination.literal, (address.ALL_V6,))
            target = replace(target, public=intersect(target.public, union(meant)))
        wanted = both(boxes(senders, target.addresses), traffic)
        gateways = self._gateways(network)
        if not gateways and model.lacks(network.place, "internet_gateways"):
            yield Open(f"no InternetGateways document for {network.place}", wanted, ("internet",))
        if not gateways:
            self._stops.note("no-internet-gateway", network.id, wanted, ("internet",))
        elif not target.public:
            where = ("internet", gateways[0])
            self._stops.note("no-public-address", target.interfaces[0], wanted, where)
        yield from self._by_gateways(replace(end, station=target), senders, traffic)

    def _gateways(self, network: VpcNetwork) -> list[str]:
        return [
            name
            for name, gateway in sorted(self._topology.model.internet_gateways.items.items())
            if any(a.vpc_id == network.id and a.live() for a in gateway.attachments)
        ]

    def _by_gateways(self, end: End, senders: Intervals, traffic: Packets) -> Iterator[Arrived | Open]:
        """Follow what comes in by a VPC's internet gateways."""
        for gateway in self._gateways(end.network):
            yield from self._through(end.network, gateway, end, senders, traffic)

    def _through(
        self, network: VpcNetwork, gateway: str, end: End, senders: Intervals, traffic: Packets
    ) -> Iterator[Arrived | Open]:
        """Follow what comes in by an internet gateway."""
        for found in self._inward.arrivals(network, gateway, end.station, senders, traffic):
            if isinstance(found, Open):
                yield found
                continue
            if not set(found.station.interfaces) & set(end.station.interfaces):
                continue  # an appliance on the way has it
            if not found.station.receives:
                self._stops.note("takes-nothing", found.path[-1], found.packets, found.path)
                continue
            stance, why = self._inward.stance(network, found)
            if stance is Stance.UNKNOWN:
                yield Open(why, found.packets, found.path)
            elif stance is Stance.BLOCKED:
                self._stops.note("block-public-access", str(network.place), found.packets, found.path)
            else:
                two_way = self._inward.answered(network, gateway, found)
                yield Arrived(found.packets, found.packets, found.path, two_way=two_way)

    def _round(self, reached: Internet, destination: Where) -> Iterator[Arrived | Open]:
        """Follow packets that leave for a public address of the estate's own, back in."""
        out = self._arrived(reached)
        senders, doubts = self._as_seen_outside(reached)
        for box in reached.packets:
            kept = [(own, own) for public, own in destination.outer if box.dst[0] <= public <= box.dst[1]]
            meant = union((*kept, *intersect((box.dst,), (address.ALL_V6,))))
            traffic = tuple(
                each._replace(protocol=box.protocol, sport=box.sport, dport=box.dport) for each in EVERYTHING
            )
            for end in destination.ends:
                near = replace(end.station, public=intersect(end.station.public, meant))
                for found in self._by_gateways(replace(end, station=near), senders, traffic):
                    if isinstance(found, Open):
                        yield found
                    else:
                        path = (*out.path, *found.path[1:])
                        two_way = out.two_way and found.two_way
                        back = doubted(found.packets, doubts)
                        yield Arrived(back, doubted(out.sent, doubts), path, two_way=two_way)

    def _as_seen_outside(self, reached: Internet) -> tuple[Intervals, Doubts]:
        """Return the public addresses that an internet gateway puts on some packets."""
        network = reached.legs[-1].network
        found: list[tuple[int, int]] = []
        for interface in self._topology.model.network_interfaces_of.get(network.id, ()):
            for inner, outside in interface.associations():
                if coming_from(reached.packets, address.readable((inner,))):
                    found += address.readable((outside.public_ip,))
        found += [box.src for box in reached.packets if address.is_v6(box.src[0])]
        if found:
            return union(tuple(found)), SURE
        why = f"no document shows the public address that {reached.gateway} puts on the packets"
        return address.INTERNET, frozenset({why})


def _apart(model: Model, end: End, destination: Where) -> Iterator[End]:
    """Yield a sender's interfaces one by one where they are receivers too: nothing is asked about itself."""
    if len(end.station.interfaces) == 1 or not set(end.station.interfaces) & destination.interfaces():
        yield end
        return
    for name in end.station.interfaces:
        yield End(end.network, narrowed(end.station, [model.network_interfaces.items[name]]))


__all__ = ["Allowed", "Answer", "reach"]
