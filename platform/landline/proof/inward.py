"""The rule `internet-ingress`: packets from the internet to the estate's interfaces."""

from dataclasses import replace

from landline.network import address
from landline.network.address import EVERYWHERE, is_v6
from landline.network.interval import Intervals
from landline.network.packets import Packets, answers, boxes, to
from landline.network.packets import intersect as both
from landline.network.target import Kind
from landline.network.vpc_network import GLOBAL_ACCELERATOR, Station, SubnetNetwork, VpcNetwork
from landline.proof.forwarding import AtGateway, Delivered, Forwarding
from landline.proof.journey import Journeys, Open
from landline.proof.public_access import PublicAccess, Stance
from landline.proof.ways import Key, Way, Ways

RULE = "internet-ingress"


class Inward:
    """Gathers the ways in.

    AWS hands a packet for a public address to its interface whatever the route tables say; a route decides
    where the answer goes. Yet by the verdict's contract a gateway without a route is a latent door: so a way in
    is live where the interface's subnet has some route to the gateway in the packet's family, whichever
    destinations it covers, and `two_way` tells whether the answers take it. Global Accelerator needs an
    attached internet gateway only, neither route nor public address ("Global Accelerator guide, Secure VPC
    connections"). A carrier gateway lets nothing in from the internet ("Wavelength guide, How Wavelength
    works").
    """

    def __init__(self, journeys: Journeys, forwarding: Forwarding, public_access: PublicAccess) -> None:
        self._journeys = journeys
        self._forwarding = forwarding
        self._public_access = public_access

    def find(self, network: VpcNetwork, gateway: str, ways: Ways) -> None:
        """Gather the ways in through one internet gateway that is attached to a VPC."""
        for station in sorted(network.stations, key=lambda item: item.interfaces):
            accelerated = station.interface_type == GLOBAL_ACCELERATOR
            if not accelerated and not station.receives:
                continue
            packets = boxes(address.INTERNET, station.addresses if accelerated else station.public)
            if not packets:
                continue
            for hop in self._journeys.enter(network, gateway, packets):
                arrived = to(hop.packets, station.addresses)
                if isinstance(hop, Open):
                    ways.leave_open(RULE, hop.why)
                elif hop.subnet.id == station.subnet:
                    door = network.subnets[self._door(network, hop.path) or station.subnet]
                    if not accelerated:
                        arrived = to(arrived, _routed(door, gateway))
                    self._judge(network, gateway, station, replace(hop, packets=arrived), ways)

    def _door(self, network: VpcNetwork, path: tuple[str, ...]) -> str | None:
        """Return the subnet of the appliance that a path enters through: its table decides where answers go."""
        if len(path) < 3:
            return None
        return next((item.subnet for item in network.stations if path[2] in item.interfaces), None)

    def _judge(self, network: VpcNetwork, gateway: str, station: Station, hop: Delivered, ways: Ways) -> None:
        packets = both(hop.packets, station.group_in)
        key = Key(RULE, station.account, network.place.region, network.id, gateway)
        if not packets or not ways.wants(key):
            return
        stance, why = self._public_access.inward(network.place, network.id, station.subnet)
        if stance is Stance.UNKNOWN:
            ways.leave_open(RULE, why)
        if stance is not Stance.OPEN:
            return
        path = ("internet", *hop.path)
        if path[-1] != station.interfaces[0]:
            path = (*path, station.interfaces[0])
        two_way = self._answered(hop.subnet, network, gateway, station, packets)
        ways.add(key, Way(two_way, path, packets, "the internet"))

    def _answered(
        self,
        subnet: SubnetNetwork,
        network: VpcNetwork,
        gateway: str,
        station: Station,
        packets: Packets,
    ) -> bool:
        reply = answers(packets)
        if station.interface_type == GLOBAL_ACCELERATOR:
            return any(not box.doubts for box in both(reply, subnet.acl_out))
        # What becomes of an answer on other ways does not decide anything: the way in is live without one.
        return any(
            not box.doubts
            for hop in self._forwarding.leave(network, subnet, reply, (), local=False)
            if isinstance(hop, AtGateway) and hop.gateway == gateway
            for box in hop.packets
        )


def _routed(subnet: SubnetNetwork, gateway: str) -> Intervals:
    """Return the families in which a subnet's table has a route to an internet gateway."""
    if any(target.id == gateway for target in subnet.routes.doubtful):
        return EVERYWHERE
    named = {
        is_v6(span[0])
        for span, targets in subnet.routes.stretches
        for target in targets
        if target.id == gateway and target.kind is Kind.INTERNET_GATEWAY
    }
    return tuple(family for family in EVERYWHERE if is_v6(family[0]) in named)
