"""Transit gateways as lookups: what an attachment's routes are, and what stands at its other end."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from landline.network import address
from landline.network.interval import Interval, Intervals, union
from landline.network.packets import SURE, Doubts
from landline.network.routing import Prefix, Stretch, longest_prefix_match, overlapping, with_next_best
from landline.network.target import Kind
from landline.network.topology import Topology
from landline.network.transit_gateway import (
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTablePropagation,
    TransitGatewayVpcAttachment,
    attached,
)
from landline.network.vpc_network import Routes, VpcNetwork


@dataclass(frozen=True, slots=True)
class Exits:
    """The attachments that a route leads to; AWS may choose any, and there is none for a blackhole.

    `doubts` are about the route itself.
    """

    attachments: tuple[str, ...]
    doubts: Doubts = SURE


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the documents do not show."""

    why: str


@dataclass(frozen=True, slots=True)
class Onward:
    """The route table that decides about packets from an attachment.

    `last` are the stretches whose packets surely end in the VPC they lead to, `further` all others. Taken
    apart, a mesh of n VPCs does not cost n * n: once a join is proven, nobody needs to look at its other
    ends. `doubtful` exits may have any packet.
    """

    table: str
    further: tuple[Stretch[Exits], ...]
    last: tuple[Stretch[Exits], ...]
    doubtful: tuple[Exits, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Packets end here."""


@dataclass(frozen=True, slots=True)
class IntoVpc:
    """Packets enter a VPC of the estate, by one of these subnets."""

    network: VpcNetwork
    subnets: tuple[str, ...]
    appliance_mode: bool

    def entered(self, zones: frozenset[str]) -> tuple[str, ...]:
        """Return the subnets by which packets that began in some zones enter.

        A transit gateway keeps packets in their zone where it can, but not in appliance mode ("Transit
        Gateways guide, How transit gateways work").
        """
        known = {
            name: self.network.subnets[name].zones for name in self.subnets if name in self.network.subnets
        }
        near = tuple(name for name in self.subnets if zones & known.get(name, frozenset()))
        unsure = self.appliance_mode or len(known) < len(self.subnets) or not all(known.values())
        return self.subnets if unsure or not near else near


@dataclass(frozen=True, slots=True)
class IntoPeers:
    """Packets enter these other transit gateways, by the attachment of the same id."""

    transits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntoFunction:
    """Packets enter a network function, such as a firewall, and come back by its own attachment."""

    what: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """Packets leave for a network that is not the estate's."""

    what: str


Exit = IntoVpc | IntoPeers | IntoFunction | Beyond | Dropped | Unseen

RANKS = {
    "vpc": 3,
    "direct-connect-gateway": 4,
    "connect": 5,
    "vpn": 6,
    "vpn-concentrator": 6,
    "peering": 7,
    "tgw-peering": 7,
}
"""Which of several propagated routes to one block wins: the lower.

Before them come static routes and then those of prefix lists ("Transit Gateways guide, Route evaluation
order").
"""
STATIC, PREFIX_LIST = 1, 2


class TransitGateways:
    """The transit gateways of an estate. It keeps the tables that it has computed."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._model = topology.model
        self._tables: dict[tuple[str, str], Onward | Unseen] = {}
        self._entrances: dict[tuple[str, str], list[TransitGatewayVpcAttachment]] = defaultdict(list)
        for _, item in sorted(topology.model.transit_gateway_vpc_attachments.items.items()):
            if attached(item.state):
                self._entrances[item.transit_gateway_id, item.vpc_id].append(item)
        self._named = {
            (gateway, item.resource_id)
            for gateway, index in topology.model.transit_gateway_attachments.items()
            for item in index.items.values()
            if attached(item.state)
        }
        self._ends: dict[tuple[str, str, Interval], bool] = {}
        self._heard: dict[tuple[str, str], Intervals] = {}

    def entrances(self, transit: str, network: VpcNetwork) -> dict[str, tuple[str, ...]] | Unseen:
        """Return a VPC's attachments to a transit gateway that carry packets, with their subnets."""
        found = {
            item.transit_gateway_attachment_id: item.subnet_ids
            for item in self._entrances.get((transit, network.id), ())
        }
        for name in found:
            if name in self._model.transit_gateway_vpc_attachments.contested:
                return Unseen(f"attachment {name} of {transit} is described twice, differently")
        if not found and (
            self._model.lacks(network.place, "transit_gateway_vpc_attachments")
            or (transit, network.id) in self._named
        ):
            where = f"no TransitGatewayVpcAttachments document of {network.place}"
            return Unseen(f"{where} shows how {network.id} meets {transit}")
        return found

    def onward(self, transit: str, attachment: str) -> Onward | Dropped | Unseen:
        """Return the routes for packets that enter by an attachment.

        Without an associated route table they are dropped ("Transit Gateways guide, Route tables"). But an
        account that only takes part in somebody else's transit gateway is not shown the association.
        """
        known = self._attachment(transit, attachment)
        if isinstance(known, Unseen):
            return known
        if known.association is None or known.association.state == "disassociated":
            seen_by = self._model.transit_gateway_attachments[transit].places[attachment].account
            if known.transit_gateway_owner_id in (None, seen_by):
                return Dropped()
            where = f"describe it in the account that owns {transit}"
            return Unseen(f"the route table of attachment {attachment} is not shown: {where}")
        table = known.association.transit_gateway_route_table_id
        if table is None:
            return Unseen(f"attachment {attachment} uses a policy table, which is not modelled")
        if (transit, table) not in self._tables:
            self._tables[transit, table] = self._sorted_out(transit, table)
        return self._tables[transit, table]

    def exit(self, transit: str, attachment: str) -> Exit:
        """Return what stands at the other end of an attachment."""
        known = self._attachment(transit, attachment)
        if isinstance(known, Unseen):
            return known
        if not attached(known.state):
            return Dropped()
        if known.resource_type in ("peering", "tgw-peering"):
            return self._peers(transit, known)
        if known.resource_type == "network-function":
            return IntoFunction(f"the network function {known.resource_id} behind attachment {attachment}")
        if known.resource_type != "vpc":
            return Beyond(f"a {known.resource_type} attachment")
        network = None if known.resource_id is None else self._topology.network(known.resource_id)
        if network is None:
            return Beyond(f"an attachment of {known.resource_id}, which is not one of the estate's VPCs")
        joined = self._model.transit_gateway_vpc_attachments.get(attachment)
        if joined is None or not joined.subnet_ids:
            where = "no TransitGatewayVpcAttachments document"
            return Unseen(f"{where} shows the subnets of attachment {attachment}")
        if attachment in self._model.transit_gateway_vpc_attachments.contested:
            return Unseen(f"attachment {attachment} of {transit} is described twice, differently")
        return IntoVpc(network, joined.subnet_ids, joined.options.appliance_mode_support == "enable")

    def heard(self, transit: str, attachment: str) -> Intervals:
        """Return from where somebody in the VPC behind an attachment takes anything at all."""
        key = (transit, attachment)
        if key not in self._heard:
            end = self.exit(transit, attachment)
            stations = end.network.stations if isinstance(end, IntoVpc) else ()
            self._heard[key] = union(
                tuple({box.src for station in stations if station.receives for box in station.group_in})
            )
        return self._heard[key]

    def _sorted_out(self, transit: str, table: str) -> Onward | Unseen:
        try:
            stretches, doubtful = self._routes(transit, table)
        except LookupError as error:
            return Unseen(str(error.args[0]))
        except ValueError as error:
            return Unseen(f"a route of {table} cannot be read: {error}")
        further: list[Stretch[Exits]] = []
        last: list[Stretch[Exits]] = []
        for stretch in stretches:
            ends = all(
                self._ends_there(transit, name, stretch.span)
                for exits in stretch.targets
                for name in exits.attachments
            )
            (last if ends else further).append(stretch)
        return Onward(table, tuple(further), tuple(last), doubtful)

    def _ends_there(self, transit: str, attachment: str, span: Interval) -> bool:
        """Tell whether packets to some addresses are all delivered in the VPC behind an attachment."""
        key = (transit, attachment, span)
        if key not in self._ends:
            end = self.exit(transit, attachment)
            self._ends[key] = isinstance(end, IntoVpc) and all(
                name in end.network.subnets and _local(end.network.subnets[name].routes, span)
                for name in end.subnets
            )
        return self._ends[key]

    def _attachment(self, transit: str, attachment: str) -> TransitGatewayAttachment | Unseen:
        index = self._model.transit_gateway_attachments.get(transit)
        known = None if index is None else index.get(attachment)
        if index is None or known is None:
            where = "in no TransitGatewayAttachments document"
            return Unseen(f"attachment {attachment} of {transit} is {where}")
        if attachment in index.contested:
            return Unseen(f"attachment {attachment} of {transit} is described twice, differently")
        if known.nat_gateway_support not in (None, "disabled"):
            return Unseen(f"the NAT gateway rules of attachment {attachment} of {transit} are not modelled")
        return known

    def _peers(self, transit: str, attachment: TransitGatewayAttachment) -> Exit:
        name = attachment.transit_gateway_attachment_id
        gateways = self._model.transit_gateway_attachments
        others = tuple(
            other for other in sorted(gateways) if other != transit and name in gateways[other].items
        )
        if others:
            return IntoPeers(others)
        if attachment.resource_id in self._model.transit_gateways.items:
            return Unseen(f"peering attachment {name} is in no document of its other end")
        return Beyond(f"a transit gateway peering with {attachment.resource_id}")

    def _routes(self, transit: str, table: str) -> tuple[tuple[Stretch[Exits], ...], tuple[Exits, ...]]:
        """Return a table's stretches, and the exits that may have any packet besides.

        Raises LookupError with what no document shows, ValueError on what cannot be read.
        """
        prefixes: list[Prefix[Exits]] = []
        changeable: list[Prefix[Exits]] = []
        doubtful: list[Exits] = []
        for route in self._shown(table):
            if route.state == "deleted":
                continue
            names = sorted(item.transit_gateway_attachment_id for item in route.transit_gateway_attachments)
            exits = Exits(tuple(names) if route.state != "blackhole" else ())
            if route.state not in ("active", "blackhole"):
                exits = replace(exits, doubts=frozenset({f"a route of {table} is {route.state}"}))
            if not names and route.state != "blackhole":
                raise LookupError(f"a route of {table} does not say where it leads")
            blocks: tuple[Interval, ...] = ()
            if route.destination_cidr_block is not None:
                blocks = (address.cidr(route.destination_cidr_block),)
            if route.prefix_list_id is not None:
                self._list(route.prefix_list_id, exits, blocks, prefixes, changeable, doubtful)
            elif not blocks:
                raise LookupError(f"a route of {table} has no destination")
            else:
                kinds = (item.resource_type for item in route.transit_gateway_attachments)
                rank = STATIC if route.type == "static" else min(map(_rank, kinds), default=STATIC)
                (changeable if exits.doubts else prefixes).extend(
                    Prefix(span, rank, exits) for span in blocks
                )
        for reference in self._model.transit_gateway_prefix_list_references.get(table, ()):
            joined = reference.transit_gateway_attachment
            if joined is None and not reference.blackhole:
                raise LookupError(f"a route of {table} does not say where it leads")
            named = () if joined is None or reference.blackhole else (joined.transit_gateway_attachment_id,)
            self._list(reference.prefix_list_id, Exits(named), (), prefixes, changeable, doubtful)
        for item in self._model.transit_gateway_propagations.get(table, ()):
            if item.state != "disabled":
                self._propagated(transit, table, item, prefixes, doubtful)
        stretches = longest_prefix_match([*prefixes, *changeable])
        if changeable:
            unsure = (*doubtful, *(prefix.target for prefix in changeable))
            changes = frozenset(doubt for exits in unsure for doubt in exits.doubts)
            sure = longest_prefix_match(prefixes)
            stretches = tuple(with_next_best(stretches, sure, lambda exits: replace(exits, doubts=changes)))
        return stretches, tuple(dict.fromkeys(doubtful))

    def _shown(self, table: str) -> Iterator[TransitGatewayRoute]:
        """Yield the routes that documents show: all, or the static ones where it is shown what propagates."""
        routes = self._model.transit_gateway_routes.get(table)
        if routes is not None:
            yield from routes
            return
        static = self._model.transit_gateway_static_routes.get(table)
        if static is None:
            where = f"search-transit-gateway-routes-{table}.json"
            raise LookupError(f"the routes of {table} are in no document ({where})")
        if table not in self._model.transit_gateway_propagations:
            raise LookupError(f"no document shows which attachments propagate routes to {table}")
        for item in static:
            if item.additional_routes_available:
                raise LookupError(f"AWS left routes of {table} out (AdditionalRoutesAvailable)")
            yield from item.routes

    def _list(
        self,
        name: str,
        exits: Exits,
        blocks: tuple[Interval, ...],
        prefixes: list[Prefix[Exits]],
        changeable: list[Prefix[Exits]],
        doubtful: list[Exits],
    ) -> None:
        """Take a prefix list's routes, `blocks` where the document has them; strangers can change theirs."""
        known = self._topology.prefix_list(name)
        why = frozenset[str]().union(*(doubts for _, doubts in known))
        spans = blocks or tuple(span for listed, doubts in known if not doubts for span in listed)
        if why:
            doubtful.append(replace(exits, doubts=exits.doubts | why))
        (changeable if why or exits.doubts else prefixes).extend(
            Prefix(span, PREFIX_LIST, exits) for span in spans
        )

    def _propagated(
        self,
        transit: str,
        table: str,
        item: TransitGatewayRouteTablePropagation,
        prefixes: list[Prefix[Exits]],
        doubtful: list[Exits],
    ) -> None:
        """Take what an attachment propagates: a VPC its blocks; what others learn only routes show."""
        name = item.transit_gateway_attachment_id
        exits = Exits((name,))
        known = self._attachment(transit, name)
        vpc = None if isinstance(known, Unseen) else self._model.vpcs.get(known.resource_id)
        if vpc is not None:
            spans = address.cidrs(vpc.cidr_blocks())
            prefixes.extend(Prefix(span, RANKS["vpc"], exits) for span in spans)
        elif table not in self._model.transit_gateway_routes:
            where = f"search-transit-gateway-routes-{table}.json"
            why = f"the routes that {name} propagates to {table} are in no document ({where})"
            doubtful.append(replace(exits, doubts=frozenset({why})))


def _rank(kind: str | None) -> int:
    return RANKS.get(kind or "", RANKS["peering"])


def _local(routes: Routes, span: Interval) -> bool:
    if routes.doubtful:
        return False
    return all(
        target.kind is Kind.LOCAL
        for stretch in overlapping(routes.stretches, *span)
        for target in stretch.targets
    )
