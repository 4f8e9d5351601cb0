"""The rule `internet-ingress`: packets from the internet to the estate's interfaces."""

from collections.abc import Iterator
from dataclasses import dataclass

from landline.network import address
from landline.network.address import is_v6
from landline.network.interval import Intervals, subtract
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
from landline.network.target import Kind
from landline.network.vpc_network import GLOBAL_ACCELERATOR, Station, SubnetNetwork, VpcNetwork
from landline.proof.forwarding import Forwarding
from landline.proof.hop import AtGateway, Delivered, Path
from landline.proof.journey import Journeys
from landline.proof.public_access import PublicAccess, Stance
from landline.proof.reached import Open, Taken
from landline.proof.ways import Key, Way, Ways

RULE = "internet-ingress"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Packets from the internet that a station takes; `holder` is the subnet that owns their public address.

    `appliance` took them on the way, and may have put its own address on them.
    """

    station: Station
    packets: Packets
    path: Path
    appliance: Taken | None
    holder: str


class Inward:
    """Gathers the ways in.

    AWS hands a packet for a public address to its interface whatever the route tables say; a route decides
    where the answer goes. Yet by the verdict's contract a gateway without a route is a latent door, so that
    a way in is live where the interface's subnet has some route to the gateway in the packet's family,
    whichever destinations it covers, and `two_way` tells whether the answers take it. Global Accelerator
    needs an attached internet gateway only, neither route nor public address ("Global Accelerator guide,
    Secure VPC connections"). A carrier gateway lets nothing in from the internet ("Wavelength guide, How
    Wavelength works").
    """

    def __init__(self, journeys: Journeys, forwarding: Forwarding, public_access: PublicAccess) -> None:
        self._journeys = journeys
        self._forwarding = forwarding
        self._stops = forwarding.stops
        self._public_access = public_access

    def find(self, network: VpcNetwork, gateway: str, ways: Ways) -> None:
        """Gather the ways in through one internet gateway that is attached to a VPC."""
        for station in sorted(network.stations, key=lambda item: item.interfaces):
            if station.interface_type != GLOBAL_ACCELERATOR and not station.receives:
                continue
            outside = subtract(address.INTERNET, network.spans)
            for found in self.arrivals(network, gateway, station, outside):
                if isinstance(found, Open):
                    ways.leave_open(RULE, found.why)
                    continue
                key = Key(RULE, found.station.account, network.place.region, network.id, gateway)
                if not ways.wants(key):
                    continue
                stance, why = self.stance(network, found)
                if stance is Stance.UNKNOWN:
                    ways.leave_open(RULE, why)
                if stance is Stance.OPEN:
                    two_way = self.answered(network, gateway, found)
                    ways.add(key, Way(two_way, found.path, found.packets, "the internet"))

    def arrivals(
        self,
        network: VpcNetwork,
        gateway: str,
        station: Station,
        senders: Intervals,
        traffic: Packets = EVERYTHING,
    ) -> Iterator[Arrival | Open]:
        """Follow what addresses outside send to a station's public ones, before Block Public Access.

        It reaches the station itself, and appliances that the gateway's route table puts before it.
        """
        accelerated = station.interface_type == GLOBAL_ACCELERATOR
        packets = both(boxes(senders, station.addresses if accelerated else station.public), traffic)
        if not packets:
            return
        appliance: Taken | None = None
        enter = self._journeys.straight if accelerated else self._journeys.enter
        for hop in enter(network, gateway, packets):
            if isinstance(hop, Open):
                yield hop
                continue
            taken, path, at = hop.packets, hop.path, station
            if isinstance(hop, Taken):
                appliance, at = hop, hop.station
            elif hop.subnet.id == station.subnet:
                path = (*path, station.interfaces[0])
                came = to(taken, station.addresses)
                taken = both(came, station.group_in)
                if self._stops is not None:
                    self._stops.note(
                        "security-group",
                        station.interfaces[0],
                        came,
                        ("internet", *path),
                        passed=taken,
                        direction="ingress",
                    )
            else:
                continue
            if at.interface_type != GLOBAL_ACCELERATOR:
                subnet = network.subnets[at.subnet]
                answerable = _routed(taken, subnet, gateway)
                if self._stops is not None:
                    self._stops.note(
                        "no-route", subnet.routes.id, taken, ("internet", *path), passed=answerable
                    )
                taken = answerable
            if taken:
                yield Arrival(at, taken, ("internet", *path), appliance, station.subnet)

    def stance(self, network: VpcNetwork, arrival: Arrival) -> tuple[Stance, str]:
        """Return what Block Public Access says; UNKNOWN has a reason."""
        return self._public_access.inward(network.place, network.id, arrival.holder)

    def answered(self, network: VpcNetwork, gateway: str, arrival: Arrival) -> bool:
        """Tell whether some answer surely gets out again.

        Where it goes on other ways decides nothing: the way in is live without one.
        """
        station, packets, appliance = arrival.station, arrival.packets, arrival.appliance
        subnet = network.subnets[station.subnet]
        if station.interface_type == GLOBAL_ACCELERATOR:
            return bool(sure(both(answers(packets), subnet.acl_out)))
        direct = coming_from(packets, address.INTERNET)
        if self._leaves(network, subnet, gateway, direct):
            return True
        if appliance is None:
            return False
        renamed = coming_from(packets, appliance.station.addresses)
        home = network.subnets[appliance.station.subnet]
        to_appliance = any(
            isinstance(hop, Delivered) and hop.subnet.id == home.id and sure(hop.packets)
            for hop in self._forwarding.leave(network, subnet, answers(renamed), (), local=True)
        )
        return to_appliance and self._leaves(network, home, gateway, appliance.packets)

    def _leaves(self, network: VpcNetwork, subnet: SubnetNetwork, gateway: str, packets: Packets) -> bool:
        return any(
            isinstance(hop, AtGateway) and hop.gateway == gateway and sure(hop.packets)
            for hop in self._forwarding.leave(network, subnet, answers(packets), (), local=False)
        )


def _routed(packets: Packets, subnet: SubnetNetwork, gateway: str) -> Packets:
    """Return the packets of the families in which a subnet's table has a route to an internet gateway."""
    kept: Packets = ()
    named: dict[bool, list[Doubts]] = {False: [], True: []}
    for span, targets in subnet.routes.stretches:
        for target in targets:
            if target.id == gateway and target.kind is Kind.INTERNET_GATEWAY:
                named[is_v6(span[0])].append(target.doubts)
    for target in subnet.routes.doubtful:
        if target.id == gateway:
            for ways in named.values():
                ways.append(target.doubts)
    for v6, ways in named.items():
        here = tuple(box for box in packets if is_v6(box.dst[0]) is v6)
        if SURE in ways:
            kept += here
        else:
            for doubts in dict.fromkeys(ways):
                kept += doubted(here, doubts)
    return kept
