"""What the two ends of a question mean: interfaces of the estate, or addresses outside it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from landline.errors import UsageError
from landline.network import Model, address
from landline.network.endpoint_service import ServiceConfiguration
from landline.network.interval import Intervals, intersect, subtract, union
from landline.network.network_interface import NetworkInterface
from landline.network.topology import Topology
from landline.network.vpc_network import Station, VpcNetwork
from landline.proof.services import services

INTERNET = "internet"
ADDRESS = re.compile(r"[0-9a-fA-F:.]+(?:/[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class End:
    """Interfaces that no packet can tell apart, narrowed to those that are meant and their addresses."""

    network: VpcNetwork
    station: Station


@dataclass(frozen=True, slots=True)
class Where:
    """One end of a question.

    `ends` are the estate's interfaces that it names, `outside` the addresses that are nobody's in the
    estate. `doors` are gateways to networks outside that it names; then `outside` is everything behind them.
    `outer` are public IPv4 addresses by which it names an interface, with the interface's own address.
    `lost` says what the documents should show and do not.
    """

    name: str
    ends: tuple[End, ...] = ()
    outside: Intervals = ()
    doors: tuple[str, ...] = ()
    outer: tuple[tuple[int, int], ...] = ()
    literal: Intervals = ()
    """The addresses of a name that is one, or a block: its interfaces are meant by these alone."""
    service: ServiceConfiguration | None = None
    lost: tuple[str, ...] = ()

    def interfaces(self) -> frozenset[str]:
        """Return the ids of its interfaces."""
        return frozenset(name for end in self.ends for name in end.station.interfaces)

    def addresses(self, station: Station) -> Intervals:
        """Return the addresses inside its VPC by which it means an interface."""
        return intersect(station.addresses, self.literal) if self.literal else station.addresses

    def gateway_lists(self, model: Model) -> tuple[str, ...]:
        """Return why nobody can say which addresses the gateway endpoints of its VPCs have."""
        tables = [table for end in self.ends for table in model.route_tables_of.get(end.network.id, ())]
        unknown: set[str] = set()
        for name in (route.destination_prefix_list_id for table in tables for route in table.routes):
            listed = model.prefix_lists.get(name)
            if name and name not in model.prefix_list_entries and (listed is None or listed.cidrs is None):
                unknown.add(f"the entries of prefix list {name}, which a route names, are in no document")
        return tuple(sorted(unknown))

    def goals(self) -> Intervals:
        """Return the addresses of all its interfaces inside their VPCs."""
        return union(tuple(span for end in self.ends for span in self.addresses(end.station)))


def find(
    topology: Topology, text: str, names: Mapping[str, str] | None = None, sender: Where | None = None
) -> Where:
    """Return what a text names.

    That is `internet`, an address or block, an id or ARN, an account, a VPC's or service's `Name` tag, or
    one of `names`, which map to an account, or to a service of one: `<account>/<service>`, or
    `<account>/<region>/<service>`, which texts may say as well. Of several services of a name, as hubs of
    several Regions have, it is the one that `sender` has an endpoint to. Raises UsageError, with what comes
    closest, when it names nothing in the documents, and when it names several services.
    """
    model = topology.model
    if text == INTERNET:
        return Where(text, outside=address.INTERNET)
    if ADDRESS.fullmatch(text) and not _is_account(text):
        return _addresses(topology, text)
    asked, text = text, (names or {}).get(text, text)
    service = _service(model, text, sender)
    if service is not None:
        return Where(text, service=service)
    chosen = tuple(_named(model, text))
    if chosen:
        return of_interfaces(topology, text, chosen)
    endpoint = model.vpc_endpoints.get(text)
    if text in model.vpn_gateways.items or (endpoint is not None and endpoint.vpc_endpoint_type == "Gateway"):
        return Where(text, outside=_outside(model, address.EVERYWHERE)[0], doors=(text,))
    everything: set[str] = {*_known(model), *(names or {})}
    known: tuple[str, ...] = tuple(sorted(everything - {""}))
    if text in known:
        return Where(text, lost=_gaps(model, text))
    close: Sequence[str] = get_close_matches(asked, known, n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(close)}?" if close else "."
    if names is None:
        hint += " For a stack's name add --stacks DIR"
    shown = asked if asked == text else f"{asked} ({text})"
    raise UsageError(f"{shown}: nothing of that id, name or address is in the documents{hint}")


def narrowed(station: Station, interfaces: Iterable[NetworkInterface]) -> Station:
    """Return a station with only some of its interfaces."""
    mine = [item for item in interfaces if item.network_interface_id in station.interfaces]
    if len(mine) == len(station.interfaces):
        return station
    spans = address.readable(text for item in mine for text in item.addresses())
    return _within(replace(station, interfaces=tuple(item.network_interface_id for item in mine)), spans)


def _within(station: Station, spans: Intervals) -> Station:
    return replace(
        station,
        addresses=intersect(station.addresses, spans),
        public=intersect(station.public, spans),
        carrier=intersect(station.carrier, spans),
    )


def _is_account(text: str) -> bool:
    return len(text) == 12 and text.isdigit()


def _service(model: Model, text: str, sender: Where | None) -> ServiceConfiguration | None:
    every = {item.service_id: (place, item) for place, item in services(model)}
    found = [one for one in every.values() if text in (one[1].service_id, one[1].service_name)]
    where, _, name = text.rpartition("/")
    found = found or [
        (place, item)
        for place, item in every.values()
        if item.name() == text
        or (item.name() == name and where in (place.account, f"{place.account}/{place.region}"))
    ]
    if len(found) > 1 and sender is not None:
        vpcs = {end.network.id for end in sender.ends}
        connected = {one.service_name for one in model.vpc_endpoints.items.values() if one.vpc_id in vpcs}
        found = [one for one in found if one[1].service_name in connected] or found
    if len(found) > 1:
        listed = ", ".join(f"{item.service_id} in {place}" for place, item in found)
        raise UsageError(
            f"{text}: several services have this name ({listed}); write the id of one of them, or whose "
            f"it is: {found[0][0].account}/{found[0][0].region}/{name}, or with --stacks HUB/{name}"
        )
    return found[0][1] if found else None


def _named(model: Model, text: str) -> Iterator[NetworkInterface]:
    """Yield the interfaces that an id, account or name stands for."""
    endpoint = model.vpc_endpoints.get(text)
    gateway = model.nat_gateways.get(text)
    listed = set(endpoint.network_interface_ids) if endpoint else set[str]()
    if gateway:
        listed |= {item.network_interface_id or "" for item in gateway.nat_gateway_addresses}
    vpcs = {name for name, vpc in model.vpcs.items.items() if text in (name, vpc.name())}
    balancer = next((one for one in model.load_balancers if text in one.names()), None)
    for name, interface in sorted(model.network_interfaces.items.items()):
        attached = interface.attachment
        if (
            text in (name, interface.subnet_id)
            or name in listed
            or (attached is not None and attached.instance_id == text)
            or interface.vpc_id in vpcs
            or (balancer is not None and balancer.owns(interface.description))
            or (_is_account(text) and text == _account(model, interface))
        ):
            yield interface


def _account(model: Model, interface: NetworkInterface) -> str:
    return interface.owner_id or model.network_interfaces.places[interface.network_interface_id].account


def of_interfaces(topology: Topology, text: str, chosen: tuple[NetworkInterface, ...]) -> Where:
    """Return the place that some interfaces are."""
    ends: list[End] = []
    lost: list[str] = []
    for vpc in sorted({item.vpc_id or "" for item in chosen}):
        network = topology.network(vpc)
        if network is None:
            lost.append(f"no Vpcs document shows {vpc or 'the VPC of ' + chosen[0].network_interface_id}")
            continue
        here = {item.network_interface_id for item in chosen if item.vpc_id == vpc}
        for station in network.stations:
            if here & set(station.interfaces):
                ends.append(End(network, narrowed(station, chosen)))
                here -= set(station.interfaces)
        if here:
            lost += network.doubts or (f"the subnet of {', '.join(sorted(here))} is in no document",)
    return Where(text, tuple(ends), lost=tuple(lost))


def _addresses(topology: Topology, text: str) -> Where:
    model = topology.model
    try:
        span = address.cidr(text)
    except ValueError as error:
        raise UsageError(f"{text}: {error}; write an address or a block such as 10.0.0.0/24") from error
    outer: dict[int, int] = {}
    chosen: list[NetworkInterface] = []
    for _, interface in sorted(model.network_interfaces.items.items()):
        for inner, outside in interface.associations():
            own = address.readable((inner,))
            for public, _ in intersect(address.readable((outside.public_ip,)), (span,)) if own else ():
                outer[public] = own[0][0]
                chosen.append(interface)
        if intersect(address.readable(interface.addresses()), (span,)):
            chosen.append(interface)
    meant = union((span, *((inner, inner) for inner in outer.values())))
    found = of_interfaces(topology, text, tuple(dict.fromkeys(chosen)))
    ends = tuple(End(end.network, _within(end.station, meant)) for end in found.ends)
    outside_spans, lost = _outside(model, (span,))
    outside_spans = subtract(outside_spans, union(tuple((one, one) for one in outer)))
    if not ends and not outside_spans:
        lost += _gaps(model, text)
    return Where(
        text,
        ends,
        outside_spans,
        outer=tuple(sorted(outer.items())),
        literal=(span,),
        lost=found.lost + lost,
    )


def by_family(spans: Intervals) -> Intervals:
    """Return the same addresses with no interval in both families, as `packets.boxes` needs them."""
    return tuple(part for family in address.EVERYWHERE for part in intersect(spans, (family,)))


def _outside(model: Model, spans: Intervals) -> tuple[Intervals, tuple[str, ...]]:
    """Return the part of some addresses that is in none of the estate's VPCs."""
    lost: list[str] = []
    inside: list[tuple[int, int]] = []
    for name, vpc in sorted(model.vpcs.items.items()):
        try:
            inside += address.cidrs(vpc.cidr_blocks())
        except ValueError as error:
            lost.append(f"{name} has an address block that cannot be read: {error}")
    return by_family(subtract(union(spans), union(tuple(inside)))), tuple(lost)


def _gaps(model: Model, text: str) -> tuple[str, ...]:
    """Name the accounts whose interfaces no document shows: something may be there."""
    return tuple(
        f"no NetworkInterfaces document for {place} shows what is at {text}"
        for place, document in sorted(model.places.items())
        if document.vpcs and model.lacks(place, "network_interfaces")
    )


def _known(model: Model) -> Iterator[str]:
    """Yield everything that a question may name, for suggestions."""
    yield INTERNET
    for interface in model.network_interfaces.items.values():
        yield interface.network_interface_id
        if interface.attachment is not None and interface.attachment.instance_id:
            yield interface.attachment.instance_id
        yield _account(model, interface)
    yield from model.subnets.items
    for name, vpc in model.vpcs.items.items():
        yield from (name, vpc.name())
    for index in (model.vpc_endpoints, model.nat_gateways, model.vpn_gateways):
        yield from index.items
    for _, item in services(model):
        yield from (item.service_id, item.name())
    for balancer in model.load_balancers:
        yield balancer.load_balancer_name
    yield from (place.account for place in model.places)
