"""Where packets go that leave a subnet: one leg, from an interface to the next thing that ends, rewrites or
re-sends them.

Answers are forwarded by the same code, with the ends swapped. Security groups are not looked at here: they
stand at interfaces, and an answer passes them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from landline.network import address
from landline.network.packets import Packets, doubted, to
from landline.network.packets import intersect as both
from landline.network.routing import Prefix, Stretch, longest_prefix_match
from landline.network.target import Kind, Target
from landline.network.topology import Topology
from landline.network.transit_gateway import LIVE_STATES
from landline.network.vpc_network import Routes, SubnetNetwork, VpcNetwork

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Packets that enter a subnet, past its network ACL, on their way to an interface in it."""

    network: VpcNetwork
    subnet: SubnetNetwork
    packets: Packets
    path: Path
    via: str | None
    """What joined the VPCs, None within one VPC."""


@dataclass(frozen=True, slots=True)
class AtGateway:
    """Packets at a gateway to the internet (internet, egress-only, carrier), before its own conditions."""

    network: VpcNetwork
    kind: Kind
    gateway: str
    packets: Packets
    path: Path


@dataclass(frozen=True, slots=True)
class Outside:
    """Packets handed to a network that is not the estate's."""

    resource: str
    attachment: str | None
    what: str
    packets: Packets
    path: Path


@dataclass(frozen=True, slots=True)
class AtNat:
    """Packets at a NAT gateway."""

    network: VpcNetwork
    gateway: str
    packets: Packets
    path: Path
    via: str | None


@dataclass(frozen=True, slots=True)
class AtInterface:
    """Packets that a route hands to an interface."""

    network: VpcNetwork
    interface: str
    packets: Packets
    path: Path
    via: str | None


@dataclass(frozen=True, slots=True)
class Lost:
    """Packets that go where the model ends, with the reason."""

    why: str
    packets: Packets
    path: Path


Hop = Delivered | AtGateway | Outside | AtNat | AtInterface | Lost

Wanted = Callable[[str], bool]
"""Whether deliveries over a join are still of interest; without, a mesh of n VPCs costs n * n."""


def always(_: str) -> bool:
    """Want every delivery."""
    return True


class Forwarding:
    """The forwarding plane of an estate."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._transit: dict[str, tuple[Stretch[tuple[str, ...]], ...] | str] = {}

    def leave(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork,
        packets: Packets,
        path: Path,
        *,
        local: bool,
        wanted: Wanted = always,
    ) -> Iterator[Hop]:
        """Follow packets out of a subnet. With `local`, also to interfaces of the same VPC."""
        seen = frozenset({("subnet", subnet.id)})
        yield from self._route(
            network, subnet, subnet.routes, packets, (*path, subnet.id), None, seen, local, wanted
        )

    def leave_table(
        self, network: VpcNetwork, routes: Routes, packets: Packets, path: Path, *, local: bool
    ) -> Iterator[Hop]:
        """Follow packets that a table routes for a gateway without a subnet (a regional NAT gateway)."""
        yield from self._route(
            network, None, routes, packets, path, None, frozenset({("table", routes.id)}), local, always
        )

    def arrive_from_transit(self, transit: str, attachment: str, packets: Packets) -> Iterator[Hop]:
        """Follow packets that come from outside over an attachment of a transit gateway."""
        yield from self._transit_gateway(
            transit, attachment, packets, (attachment,), transit, frozenset(), always
        )

    def _route(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        routes: Routes,
        packets: Packets,
        path: Path,
        via: str | None,
        seen: frozenset[tuple[str, str]],
        local: bool,  # noqa: FBT001 - private, passed through unchanged
        wanted: Wanted,
    ) -> Iterator[Hop]:
        path = (*path, routes.id)
        for span, targets in routes.stretches:
            part = to(packets, (span,))
            if part:
                for target in targets:
                    yield from self._follow(network, subnet, target, part, path, via, seen, local, wanted)
        for target in routes.doubtful:
            part = packets
            for doubt in sorted(target.doubts):
                part = doubted(part, doubt)
            yield from self._follow(network, subnet, target, part, path, via, seen, local, wanted)

    def _follow(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        target: Target,
        packets: Packets,
        path: Path,
        via: str | None,
        seen: frozenset[tuple[str, str]],
        local: bool,  # noqa: FBT001 - private, passed through unchanged
        wanted: Wanted,
    ) -> Iterator[Hop]:
        kind, name = target.kind, target.id
        if kind in (Kind.BLACKHOLE, Kind.GATEWAY_ENDPOINT):
            return
        if kind is Kind.LOCAL:
            if local and (via is None or wanted(via)):
                yield from self._deliver(network, subnet, packets, path, via)
            return
        if subnet is not None and not self._same_subnet(network, subnet, target):
            packets = both(packets, subnet.acl_out)
        if not packets:
            return
        if kind is Kind.UNKNOWN:
            yield Lost(name, packets, path)
        elif kind in (Kind.INTERNET_GATEWAY, Kind.EGRESS_ONLY_INTERNET_GATEWAY, Kind.CARRIER_GATEWAY):
            yield from self._gateway(network, kind, name, packets, (*path, name))
        elif kind is Kind.NAT_GATEWAY:
            yield from self._nat_gateway(network, subnet, name, packets, (*path, name), via)
        elif kind is Kind.INTERFACE:
            home = network.subnets.get(self._subnet_of(network, target) or "")
            if home is not None and (subnet is None or subnet.id != home.id):
                packets = both(packets, home.acl_in)
            if packets:
                yield AtInterface(network, name, packets, (*path, name), via)
        elif kind is Kind.LOAD_BALANCER_ENDPOINT:
            yield from self._appliances(
                network, subnet, name, packets, (*path, name), via, seen, local, wanted
            )
        elif kind is Kind.PEERING:
            yield from self._peering(network, name, packets, (*path, name), via, wanted)
        elif kind is Kind.TRANSIT_GATEWAY:
            yield from self._enter_transit(network, subnet, name, packets, (*path, name), via, seen, wanted)
        elif kind is Kind.VPN_GATEWAY:
            yield from self._vpn_gateway(network, name, packets, (*path, name))
        else:
            yield Outside(name, None, kind.value, packets, (*path, name))

    def _same_subnet(self, network: VpcNetwork, subnet: SubnetNetwork, target: Target) -> bool:
        """Tell whether a NAT gateway, interface or endpoint stands in the sender's own subnet: no ACL in
        between."""
        return self._subnet_of(network, target) == subnet.id

    def _subnet_of(self, network: VpcNetwork, target: Target) -> str | None:
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
                part = both(both(part, origin.acl_out) if origin else part, subnet.acl_in)
            if part:
                yield Delivered(network, subnet, part, (*path, name), via)

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
            attached = carrier.vpc_id == network.id and carrier.state in ("available", "pending")
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
                    why = f"NAT gateway {name} is in subnet {gateway.subnet_id}, which no document of {network.id} shows"
                    yield Lost(why, packets, path)
                    return
                if subnet is None or subnet.id != home.id:
                    packets = both(packets, home.acl_in)
            if packets:
                yield AtNat(network, name, packets, path, via)

    def _appliances(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        name: str,
        packets: Packets,
        path: Path,
        via: str | None,
        seen: frozenset[tuple[str, str]],
        local: bool,  # noqa: FBT001 - private, passed through unchanged
        wanted: Wanted,
    ) -> Iterator[Hop]:
        """Follow packets through the appliances behind a Gateway Load Balancer endpoint and back out of it.

        They come back unchanged and go on by the table of the endpoint's subnet ("Gateway Load Balancer
        guide"). What else the appliances do with them is outside the model.
        """
        why = f"the appliances behind Gateway Load Balancer endpoint {name} may send packets on by ways of their own"
        yield Lost(why, packets, path)
        endpoint = self.topology.model.vpc_endpoints.get(name)
        for home in endpoint.subnet_ids if endpoint else ():
            place = network.subnets.get(home)
            if place is None or ("endpoint", name) in seen:
                continue
            crossing = packets if subnet is not None and subnet.id == home else both(packets, place.acl_in)
            if crossing:
                yield from self._route(
                    network,
                    place,
                    place.routes,
                    crossing,
                    path,
                    via,
                    seen | {("endpoint", name)},
                    local,
                    wanted,
                )

    def _peering(
        self, network: VpcNetwork, name: str, packets: Packets, path: Path, via: str | None, wanted: Wanted
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
            return
        others = [end for vpc_id, end in ends.items() if vpc_id != network.id]
        if not others:
            return
        peer = self.topology.network(others[0].vpc_id)
        if peer is None:
            known = tuple(others[0].cidr_blocks())
            reached = to(packets, address.cidrs(known)) if known else packets
            if reached:
                yield Outside(name, None, f"a peering connection with {others[0].vpc_id}", reached, path)
        elif wanted(via or name):
            yield from self._deliver(peer, None, to(packets, peer.spans), path, via or name)

    def _vpn_gateway(self, network: VpcNetwork, name: str, packets: Packets, path: Path) -> Iterator[Hop]:
        gateway = self.topology.model.vpn_gateways.get(name)
        if gateway is None:
            yield Lost(f"virtual private gateway {name} is in no VpnGateways document", packets, path)
        elif any(a.vpc_id == network.id and a.live() for a in gateway.vpc_attachments):
            yield Outside(name, None, "a virtual private gateway", packets, path)

    def _enter_transit(
        self,
        network: VpcNetwork,
        subnet: SubnetNetwork | None,
        transit: str,
        packets: Packets,
        path: Path,
        via: str | None,
        seen: frozenset[tuple[str, str]],
        wanted: Wanted,
    ) -> Iterator[Hop]:
        """Follow packets into a transit gateway, through the attachment's subnet in the sender's zone.

        Only that zone's attachment subnet serves a subnet ("Transit Gateways guide, VPC attachments"); on the
        way in, the attachment subnet's inbound ACL applies ("Transit Gateways guide, Network ACLs").
        """
        model = self.topology.model
        found = [
            item
            for _, item in sorted(model.transit_gateway_vpc_attachments.items.items())
            if item.transit_gateway_id == transit and item.vpc_id == network.id and item.state in LIVE_STATES
        ]
        place = network.place
        if not found and model.lacks(place, "transit_gateway_vpc_attachments"):
            why = (
                f"no TransitGatewayVpcAttachments document of {place} shows how {network.id} meets {transit}"
            )
            yield Lost(why, packets, path)
        for attachment in found:
            homes = [network.subnets[name] for name in attachment.subnet_ids if name in network.subnets]
            if len(homes) != len(attachment.subnet_ids) or not homes:
                yield Lost(
                    f"a subnet of attachment {attachment.transit_gateway_attachment_id} is in no document",
                    packets,
                    path,
                )
                continue
            entering: Packets = ()
            for home in homes:
                if subnet is None or not subnet.zones or not home.zones or subnet.zones & home.zones:
                    entering += both(packets, home.acl_in)
            if entering:
                name = attachment.transit_gateway_attachment_id
                yield from self._transit_gateway(
                    transit, name, entering, (*path, name), via or transit, seen, wanted
                )

    def _transit_gateway(
        self,
        transit: str,
        attachment: str,
        packets: Packets,
        path: Path,
        via: str,
        seen: frozenset[tuple[str, str]],
        wanted: Wanted,
    ) -> Iterator[Hop]:
        if ("attachment", f"{transit} {attachment}") in seen:
            return
        seen |= {("attachment", f"{transit} {attachment}")}
        index = self.topology.model.transit_gateway_attachments.get(transit)
        known = None if index is None else index.get(attachment)
        if index is None or known is None or attachment in index.contested:
            why = f"attachment {attachment} of {transit} is in no TransitGatewayAttachments document, or in two that differ"
            yield Lost(why, packets, path)
            return
        if known.association is None or known.association.state not in ("associated", "associating"):
            # Without a route table the transit gateway drops what comes in ("Transit Gateways guide, Route tables").
            # But an account that only takes part in somebody else's transit gateway is not shown the association.
            if known.transit_gateway_owner_id not in (None, index.places[attachment].account):
                why = f"the route table of attachment {attachment} is not shown: describe it in the account that owns {transit}"
                yield Lost(why, packets, path)
            return
        table = known.association.transit_gateway_route_table_id
        if table is None:
            yield Lost(f"attachment {attachment} uses a policy table, which is not modelled", packets, path)
            return
        stretches = self._transit_routes(table)
        if isinstance(stretches, str):
            yield Lost(stretches, packets, path)
            return
        for span, targets in stretches:
            part = to(packets, (span,))
            if not part:
                continue
            for attachments in targets:
                for target in attachments:
                    yield from self._exit_transit(
                        transit, target, part, (*path, table, target), via, seen, wanted
                    )

    def _transit_routes(self, table: str) -> tuple[Stretch[tuple[str, ...]], ...] | str:
        """Return a transit gateway's route table: attachments by stretch, none for a blackhole; or what is
        missing."""
        if table not in self._transit:
            routes = self.topology.model.transit_gateway_routes.get(table)
            if routes is None:
                self._transit[table] = (
                    f"the routes of {table} are in no document (search-transit-gateway-routes-{table}.json)"
                )
                return self._transit[table]
            prefixes: list[Prefix[tuple[str, ...]]] = []
            for route in routes:
                if route.state not in ("active", "blackhole"):
                    continue
                if route.destination_cidr_block is None:
                    self._transit[table] = f"a route of {table} has no destination block"
                    return self._transit[table]
                names = tuple(
                    sorted(a.transit_gateway_attachment_id for a in route.transit_gateway_attachments)
                )
                try:
                    span = address.cidr(route.destination_cidr_block)
                except ValueError as error:
                    self._transit[table] = f"a route of {table} cannot be read: {error}"
                    return self._transit[table]
                rank = 1 if route.type == "static" else 2
                prefixes.append(Prefix(span, rank, names if route.state == "active" else ()))
            self._transit[table] = longest_prefix_match(prefixes)
        return self._transit[table]

    def _exit_transit(
        self,
        transit: str,
        name: str,
        packets: Packets,
        path: Path,
        via: str,
        seen: frozenset[tuple[str, str]],
        wanted: Wanted,
    ) -> Iterator[Hop]:
        model = self.topology.model
        index = model.transit_gateway_attachments.get(transit)
        attachment = None if index is None else index.get(name)
        vpc_attachment = model.transit_gateway_vpc_attachments.get(name)
        if attachment is None or index is None or name in index.contested:
            yield Lost(
                f"attachment {name} of {transit} is in no TransitGatewayAttachments document", packets, path
            )
            return
        if attachment.state not in LIVE_STATES:
            return
        if attachment.resource_type in ("peering", "tgw-peering"):
            others = [
                gateway
                for gateway in sorted(model.transit_gateway_attachments)
                if gateway != transit and name in model.transit_gateway_attachments[gateway].items
            ]
            for other in others:
                yield from self._transit_gateway(other, name, packets, (*path, other), via, seen, wanted)
            if not others and attachment.resource_id in model.transit_gateways.items:
                yield Lost(f"peering attachment {name} is in no document of its other end", packets, path)
            elif not others:
                yield Outside(
                    transit, name, f"a transit gateway peering with {attachment.resource_id}", packets, path
                )
            return
        if attachment.resource_type != "vpc":
            yield Outside(transit, name, f"a {attachment.resource_type} attachment", packets, path)
            return
        network = None if attachment.resource_id is None else self.topology.network(attachment.resource_id)
        if network is None:
            what = f"an attachment of {attachment.resource_id}, which is not one of the estate's VPCs"
            yield Outside(transit, name, what, packets, path)
            return
        if vpc_attachment is None:
            why = f"no TransitGatewayVpcAttachments document shows the subnets of attachment {name}"
            yield Lost(why, packets, path)
            return
        for home in vpc_attachment.subnet_ids:
            if home not in network.subnets:
                yield Lost(f"subnet {home} of attachment {name} is in no document", packets, path)
                continue
            yield from self._route(
                network,
                network.subnets[home],
                network.subnets[home].routes,
                packets,
                (*path, home),
                via,
                seen,
                True,
                wanted,
            )
