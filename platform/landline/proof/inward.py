"""The rule `internet-ingress`: packets from the internet to the estate's interfaces."""

from landline.network import Model, address
from landline.network.interval import Intervals
from landline.network.packets import Packets, answers, boxes, to
from landline.network.packets import intersect as both
from landline.network.target import Kind
from landline.network.vpc_network import GLOBAL_ACCELERATOR, Station, SubnetNetwork, VpcNetwork
from landline.proof.forwarding import AtGateway, Forwarding, Lost
from landline.proof.public_access import PublicAccess, Stance
from landline.proof.ways import Key, Way, Ways

RULE = "internet-ingress"


class Inward:
    """Gathers the ways in.

    AWS hands a packet for a public address to its interface whatever the route tables say; a route decides
    where the answer goes. So a way in is live as soon as any table in use has a route to the gateway, and
    `two_way` tells whether this interface's own answers take it. A gateway to which no table in use has a
    route stays latent, by the verdict's contract: nothing in that VPC was set up to talk to the internet.
    Global Accelerator needs an attached internet gateway only, neither route nor public address ("Global
    Accelerator guide, Secure VPC connections").
    """

    def __init__(self, model: Model, forwarding: Forwarding, public_access: PublicAccess) -> None:
        self._model = model
        self._forwarding = forwarding
        self._public_access = public_access

    def find(self, network: VpcNetwork, gateway: str, kind: Kind, ways: Ways) -> None:
        """Gather the ways in through one gateway that is attached to a VPC."""
        routed = self._routed(network, gateway)
        for station in sorted(network.stations, key=lambda item: item.interfaces):
            subnet = network.subnets[station.subnet]
            accelerated = station.interface_type == GLOBAL_ACCELERATOR and kind is Kind.INTERNET_GATEWAY
            if accelerated:
                addresses = station.addresses
            elif not routed or not station.receives:
                continue
            else:
                addresses = station.carrier if kind is Kind.CARRIER_GATEWAY else station.public
            packets, path = self._arriving(network, gateway, subnet, station, addresses)
            if packets:
                self._judge(network, gateway, subnet, station, packets, path, ways, accelerated=accelerated)

    def _routed(self, network: VpcNetwork, gateway: str) -> bool:
        used = set(network.used)
        for nat in self._model.nat_gateways.items.values():
            if nat.vpc_id == network.id and nat.route_table_id:
                used.add(nat.route_table_id)
        return any(
            target.id == gateway and target.kind in (Kind.INTERNET_GATEWAY, Kind.CARRIER_GATEWAY)
            for name in used
            if name in network.tables
            for target in network.tables[name].targets()
        )

    def _arriving(
        self,
        network: VpcNetwork,
        gateway: str,
        subnet: SubnetNetwork,
        station: Station,
        addresses: Intervals,
    ) -> tuple[Packets, tuple[str, ...]]:
        """Return what passes the gateway's own table, if it has one, the ACL and the security groups."""
        packets = boxes(address.INTERNET, addresses)
        path: tuple[str, ...] = ("internet", gateway)
        edge = network.edges.get(gateway)
        if edge is not None:
            path = (*path, edge.id)
            kept: Packets = ()
            for span, targets in edge.stretches:
                for target in targets:
                    part = to(packets, (span,))
                    if part and target.kind in (Kind.INTERFACE, Kind.LOAD_BALANCER_ENDPOINT):
                        path = (*path, target.id)
                    if target.kind in (Kind.LOCAL, Kind.INTERFACE, Kind.LOAD_BALANCER_ENDPOINT):
                        kept += part
            packets = kept
        packets = both(both(packets, subnet.acl_in), station.group_in)
        return packets, (*path, subnet.id, station.interfaces[0])

    def _judge(
        self,
        network: VpcNetwork,
        gateway: str,
        subnet: SubnetNetwork,
        station: Station,
        packets: Packets,
        path: tuple[str, ...],
        ways: Ways,
        *,
        accelerated: bool,
    ) -> None:
        stance = self._public_access.inward(network.place, network.id, subnet.id)
        if stance is Stance.UNKNOWN:
            why = f"no VpcBlockPublicAccessExclusions document of {network.place} shows what is exempt"
            ways.leave_open(RULE, why)
        if stance is not Stance.OPEN:
            return
        key = Key(RULE, station.account, network.place.region, network.id, gateway)
        if not ways.wants(key):
            return
        reply = answers(packets)
        if accelerated:
            two_way = any(not box.doubts for box in both(reply, subnet.acl_out))
        else:
            two_way = False
            for hop in self._forwarding.leave(network, subnet, reply, (), local=False):
                if isinstance(hop, AtGateway) and hop.gateway == gateway:
                    two_way = two_way or any(not box.doubts for box in hop.packets)
                elif isinstance(hop, Lost):
                    continue  # what becomes of an answer does not decide whether the way in is live
        ways.add(key, Way(two_way, path, packets, "the internet"))
