"""Load balancers and endpoint services: what takes packets, and sends others on to its targets."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from landline.network import address
from landline.network.interval import Interval, Intervals, union
from landline.network.load_balancer import Listener, LoadBalancer, TargetGroup, TargetHealthDescription
from landline.network.network_interface import NetworkInterface
from landline.network.packets import (
    ALL_PORTS,
    NOTHING,
    SURE,
    TCP,
    UDP,
    Box,
    Doubts,
    Packets,
    answers,
    boxes,
    doubted,
    sure,
)
from landline.network.packets import intersect as both
from landline.network.topology import Topology
from landline.network.vpc_endpoint import connected
from landline.network.vpc_network import SubnetNetwork
from landline.proof.arrived import Arrived
from landline.proof.journey import Journeys
from landline.proof.places import End, Where, of_interfaces
from landline.proof.reached import Joined, Open
from landline.proof.stops import Stops
from landline.proof.translation import EPHEMERAL

PROTOCOLS: dict[str, tuple[int, ...]] = {
    "TCP": (TCP,),
    "TLS": (TCP,),
    "HTTP": (TCP,),
    "HTTPS": (TCP,),
    "UDP": (UDP,),
    "QUIC": (UDP,),
    "TCP_UDP": (TCP, UDP),
    "TCP_QUIC": (TCP, UDP),
}
"""What a listener takes ("elbv2 API, CreateListener"). A Gateway Load Balancer's is a route's business."""

ASSUMPTIONS = (
    "Target groups keep AWS's default: targets see the client's address if they are instances or speak UDP.",
    "Load balancers send to targets in every Availability Zone.",
)

Direct = Callable[[Where, Where, Packets], Iterator[Arrived | Open]]


@dataclass(frozen=True, slots=True)
class Client:
    """What has arrived at a load balancer: packets at its node, how they were sent and came there."""

    node: End
    arrived: Arrived
    private: bool
    """Whether they came over PrivateLink: then targets see the load balancer's address, whatever is set."""


class Relays:
    """The load balancers and endpoint services of an estate, for one search."""

    def __init__(self, topology: Topology, journeys: Journeys, stops: Stops, direct: Direct) -> None:
        self._topology = topology
        self._model = topology.model
        self._journeys = journeys
        self._stops = stops
        self._direct = direct
        self._interfaces_called: dict[str, list[NetworkInterface]] | None = None

    def listening(self, found: Arrived) -> Arrived | None:
        """Return what is taken of packets at an interface: a load balancer takes what it listens to."""
        interface = self._model.network_interfaces.get(found.path[-1])
        balancer = None if interface is None else self._owner(interface)
        if balancer is None:
            return found
        taken, sent = NOTHING, NOTHING
        listeners = self._model.listeners.get(balancer.load_balancer_arn)
        if listeners is None:
            why = f"no Listeners document shows what {balancer.load_balancer_arn} listens to"
            return replace(found, packets=doubted(found.packets, {why}), sent=doubted(found.sent, {why}))
        for listener in listeners:
            taken += both(found.packets, _taken(listener))
            sent += both(found.sent, _taken(listener))
        arn = balancer.load_balancer_arn
        self._stops.note("no-listener", arn, found.packets, found.path, passed=taken)
        return replace(found, packets=taken, sent=sent) if taken else None

    def to_targets(self, source: Where, destination: Where, traffic: Packets) -> Iterator[Arrived | Open]:
        """Follow packets to load balancers that have one of the destinations as their target."""
        goals = destination.interfaces()
        for balancer in self._model.load_balancers:
            front = self._front(balancer)
            if front.interfaces() & (goals | source.interfaces()) or not self._serves(balancer, goals):
                continue
            for found in self._direct(source, front, traffic):
                if isinstance(found, Open):
                    yield found
                else:
                    node = next(end for end in front.ends if found.path[-1] in end.station.interfaces)
                    yield from self._balanced(balancer, Client(node, found, private=False), goals)

    def to_service(self, source: Where, destination: Where, traffic: Packets) -> Iterator[Arrived | Open]:
        """Follow packets to a service: to its endpoints, over PrivateLink, and on to its targets."""
        service = destination.service
        if service is None:
            return
        endpoints = [
            item
            for _, item in sorted(self._model.vpc_endpoints.items.items())
            if item.service_name == service.service_name
        ]
        homes = {end.network.id for end in source.ends}
        at_home = any(endpoint.vpc_id in homes for endpoint in endpoints)
        if not at_home:
            wanted = tuple(
                box for end in source.ends for box in boxes(end.station.addresses, address.EVERYWHERE)
            )
            self._stops.note("no-endpoint", service.service_id, wanted, (source.name,))
        for endpoint in endpoints:
            before = len(self._stops.found)
            name = endpoint.vpc_endpoint_id
            chosen = [self._model.network_interfaces.get(one) for one in endpoint.network_interface_ids]
            listed = tuple(item for item in chosen if item is not None)
            if len(listed) < len(chosen) or not chosen:
                why = f"the network interfaces of {name} are in no document"
                yield Open(why, boxes(address.EVERYWHERE, address.EVERYWHERE), (name,))
            front = of_interfaces(self._topology, name, listed)
            for found in self._direct(source, front, traffic):
                if isinstance(found, Open):
                    yield found
                    continue
                path = (*found.path, name, service.service_id)
                if not (endpoint.connected() and self._accepted(service.service_id, name)):
                    self._stops.note("endpoint-state", name, found.packets, path)
                    continue
                came = replace(found, path=path)
                for arn in service.network_load_balancer_arns:
                    yield from self._over_private_link(arn, came)
                if not service.network_load_balancer_arns:
                    why = f"no document names the load balancers of {service.service_id}"
                    yield Open(why, found.packets, path)
            if at_home and endpoint.vpc_id not in homes:
                # What keeps packets from another VPC's endpoint is not what stops them here.
                del self._stops.found[before:]

    def _accepted(self, service: str, endpoint: str) -> bool:
        """Tell whether the service's owner sees the connection as carrying packets, where it is described."""
        states = [
            item.vpc_endpoint_state.lower()
            for document in self._model.places.values()
            for item in document.vpc_endpoint_connections or ()
            if (item.service_id, item.vpc_endpoint_id) == (service, endpoint)
        ]
        return not states or any(map(connected, states))

    def _over_private_link(self, arn: str, came: Arrived) -> Iterator[Arrived | Open]:
        """Hand packets to a load balancer's nodes, past its security groups if it applies them.

        Those see the client's own address ("Network Load Balancers guide, Security groups").
        """
        balancer = next((item for item in self._model.load_balancers if item.load_balancer_arn == arn), None)
        front = None if balancer is None else self._front(balancer)
        if balancer is None or front is None or not front.ends:
            yield Open(
                f"load balancer {arn} or its network interfaces are in no document", came.packets, came.path
            )
            return
        for node in front.ends:
            path = (*came.path, node.station.interfaces[0])
            entering = _toward(came.packets, node.station.addresses)
            if balancer.enforce_security_group_inbound_rules_on_private_link_traffic != "off":
                taken = both(entering, node.station.group_in)
                name = node.station.interfaces[0]
                self._stops.note("security-group", name, entering, path, passed=taken, direction="ingress")
                entering = taken
            sent = _as_sent(came.sent, entering)
            if entering:
                arrived = replace(came, packets=entering, sent=sent, path=path)
                yield from self._balanced(balancer, Client(node, arrived, private=True), None)

    def _balanced(
        self, balancer: LoadBalancer, client: Client, goals: frozenset[str] | None
    ) -> Iterator[Arrived | Open]:
        """Follow what a load balancer takes to its targets, or to those of them that are `goals`."""
        arn, came = balancer.load_balancer_arn, client.arrived
        listeners = self._model.listeners.get(arn)
        if listeners is None:
            yield Open(f"no Listeners document shows what {arn} listens to", came.packets, came.path)
            return
        taken = tuple(box for listener in listeners for box in both(came.packets, _taken(listener)))
        self._stops.note("no-listener", arn, came.packets, came.path, passed=taken)
        for listener in listeners:
            part = both(came.packets, _taken(listener))
            for name, doubts in self._groups(balancer, listener) if part else ():
                group = self._model.target_groups.get(name)
                if group is None:
                    yield Open(f"target group {name} is in no document", part, came.path)
                    continue
                sent = both(came.sent, _taken(listener))
                narrowed = replace(came, packets=doubted(part, doubts), sent=doubted(sent, doubts))
                yield from self._targets(balancer, replace(client, arrived=narrowed), group, goals)

    def _groups(self, balancer: LoadBalancer, listener: Listener) -> Iterator[tuple[str, Doubts]]:
        """Yield the target groups that a listener may forward to, those of rules in doubt.

        Which rule has a request hangs on what is in it ("elbv2 API, CreateRule"), and only Application Load
        Balancers have any.
        """
        default = {name for action in listener.default_actions for name in action.groups()}
        yield from ((name, SURE) for name in sorted(default))
        if balancer.type == "application":
            why = f"a rule of {balancer.load_balancer_arn} decides by the request"
            for name, group in sorted(self._model.target_groups.items.items()):
                if balancer.load_balancer_arn in group.load_balancer_arns and name not in default:
                    yield name, frozenset({f"{why} whether {group.target_group_name} gets it"})

    def _targets(
        self, balancer: LoadBalancer, client: Client, group: TargetGroup, goals: frozenset[str] | None
    ) -> Iterator[Arrived | Open]:
        came = client.arrived
        known = self._model.targets(group)
        if known is None:
            what = f"no TargetHealthDescriptions document shows the targets of {group.target_group_name}"
            yield Open(what, came.packets, came.path)
            return
        used = _in_use(known)
        if not used:
            self._stops.note("no-target", balancer.load_balancer_arn, came.packets, came.path)
        for item in used:
            if group.target_type == "alb":
                why = f"{balancer.load_balancer_name} hands on to {item.target.id}, which is not modelled"
                yield Open(why, came.packets, came.path)
                continue
            chosen = self._interfaces(group, item.target.id)
            if not chosen and goals is None:
                why = f"target {item.target.id} of {group.target_group_name} is in no document"
                yield Open(why, came.packets, came.path)
            for interface in chosen:
                if goals is None or interface.network_interface_id in goals:
                    yield from self._on_to(balancer, client, group, interface, item.target.port or group.port)

    def _on_to(
        self,
        balancer: LoadBalancer,
        client: Client,
        group: TargetGroup,
        interface: NetworkInterface,
        port: int,
    ) -> Iterator[Arrived | Open]:
        """Follow packets from a load balancer's node to one target."""
        node, came = client.node, client.arrived
        own = interface.private_ip_address or next(iter(interface.addresses()), None)
        if own is None:
            return
        goal = next(iter(address.readable((own,))), None)
        if goal is None:
            return
        kept = not client.private and balancer.type == "network" and _preserves(group)
        senders = [(node.station.addresses, EPHEMERAL)]
        if kept:
            senders = [(union(tuple(box.src for box in came.packets)), ALL_PORTS)]
            if self._names(interface, balancer.security_groups):
                senders.append((node.station.addresses, EPHEMERAL))
        for sources, sports in senders:
            packets = tuple(
                Box(source, goal, box.protocol, sports, (port, port), box.doubts)
                for box in came.packets
                for source in sources
                if address.is_v6(source[0]) == address.is_v6(goal[0])
            )
            for reached in self._journeys.toward(node.network, node.station, packets) if packets else ():
                if isinstance(reached, Open):
                    yield replace(reached, path=(*came.path, *reached.path[1:]))
                elif isinstance(reached, Joined) and reached.path[-1] in self._alike(reached, interface):
                    path = (*came.path, *reached.path[1:-1], interface.network_interface_id)
                    back = self._journeys.comes_back(reached)
                    if kept:
                        back = self._returns(node, reached)
                    yield Arrived(
                        reached.packets, came.sent, path, two_way=came.two_way and back, relayed=True
                    )

    @staticmethod
    def _alike(reached: Joined, interface: NetworkInterface) -> tuple[str, ...]:
        name = interface.network_interface_id
        return next((s.interfaces for s in reached.network.stations if name in s.interfaces), ())

    @staticmethod
    def _returns(node: End, reached: Joined) -> bool:
        """Tell whether answers to a client's address get back to the node, which knows their flow."""
        reply = answers(reached.packets)
        home = node.network.subnets[node.station.subnet]
        origin = reached.origin
        if isinstance(origin, SubnetNetwork) and origin.id != home.id:
            reply = both(both(reply, origin.acl_out), home.acl_in)
        return bool(sure(reply))

    def _names(self, interface: NetworkInterface, groups: tuple[str, ...]) -> bool:
        """Tell whether an interface's security groups let in a load balancer's by name."""
        mine = [self._model.security_groups.get(item.group_id) for item in interface.groups]
        return any(
            pair.group_id in groups
            for group in mine
            if group is not None
            for permission in group.ip_permissions
            for pair in permission.user_id_group_pairs
        )

    def _interfaces(self, group: TargetGroup, target: str) -> tuple[NetworkInterface, ...]:
        """Return the interface of a target: an instance's primary one, or the one that has the address.

        An address that the group's VPC does not have may be another's, over what joins the two.
        """
        called = self._called().get(target, ())
        near = [item for item in called if target not in item.addresses() or item.vpc_id == group.vpc_id]
        return tuple(near[:1] or called)

    def _called(self) -> dict[str, list[NetworkInterface]]:
        """Return the interfaces by their addresses and, instances' primary ones, by their instance."""
        if self._interfaces_called is None:
            self._interfaces_called = defaultdict(list)
            for _, item in sorted(self._model.network_interfaces.items.items()):
                for text in item.addresses():
                    self._interfaces_called[text].append(item)
                if item.attachment is not None and item.attachment.device_index == 0:
                    self._interfaces_called[item.attachment.instance_id or ""].append(item)
        return self._interfaces_called

    def _owner(self, interface: NetworkInterface) -> LoadBalancer | None:
        return next(
            (
                item
                for item in self._model.load_balancers
                if item.type != "gateway" and item.owns(interface.description)
            ),
            None,
        )

    def _front(self, balancer: LoadBalancer) -> Where:
        """Return a load balancer's nodes, one end for each."""
        chosen = tuple(
            item
            for _, item in sorted(self._model.network_interfaces.items.items())
            if balancer.owns(item.description)
        )
        ends = tuple(
            end
            for item in chosen
            for end in of_interfaces(self._topology, balancer.load_balancer_arn, (item,)).ends
        )
        return Where(balancer.load_balancer_arn, ends)

    def _serves(self, balancer: LoadBalancer, goals: frozenset[str]) -> bool:
        """Tell whether a load balancer may have one of some interfaces as its target."""
        listeners = self._model.listeners.get(balancer.load_balancer_arn)
        if listeners is None:
            return balancer.type != "gateway"
        groups = {name for listener in listeners for name, _ in self._groups(balancer, listener)}
        return any(self._holds(self._model.target_groups.get(name), goals) for name in groups)

    def _holds(self, group: TargetGroup | None, goals: frozenset[str]) -> bool:
        targets = None if group is None else self._model.targets(group)
        if group is None or targets is None or group.target_type == "alb":
            return True
        return any(
            found.network_interface_id in goals
            for item in targets
            for found in self._interfaces(group, item.target.id)
        )


def _taken(listener: Listener) -> Packets:
    ports: Interval = (listener.port, listener.port)
    return tuple(
        box
        for number in PROTOCOLS.get(listener.protocol, ())
        for box in boxes(address.EVERYWHERE, address.EVERYWHERE, (number, number), dport=ports)
    )


def _in_use(known: tuple[TargetHealthDescription, ...]) -> tuple[TargetHealthDescription, ...]:
    """Return the targets that get packets: the healthy ones, or all where none is.

    Load balancers fail open ("Network Load Balancers guide, Target group health"). Without health checks the
    state is unavailable, and before the first one it is initial.
    """
    registered = tuple(
        item for item in known if item.target_health.state not in ("unused", "draining", "unhealthy.draining")
    )
    healthy = tuple(item for item in registered if item.target_health.state != "unhealthy")
    return healthy or registered


def _preserves(group: TargetGroup) -> bool:
    """Tell whether targets see the client's address ("Network Load Balancers guide, Target groups")."""
    return group.target_type == "instance" or group.protocol in ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")


def _toward(packets: Packets, addresses: Intervals) -> Packets:
    return tuple(box._replace(dst=span) for box in packets for span in addresses)


def _as_sent(sent: Packets, taken: Packets) -> Packets:
    """Return those of the packets as a client sent them that are the taken ones under another destination."""
    goals = union(tuple(box.dst for box in sent))
    return tuple(
        shared
        for box in taken
        for shared in both(sent, boxes((box.src,), goals, box.protocol, box.sport, box.dport, box.doubts))
    )
