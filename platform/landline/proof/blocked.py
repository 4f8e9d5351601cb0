"""What stops a question's packets: the stop nearest to where they should get, in AWS's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from landline.network import Model, address
from landline.network.network_acl import NetworkAcl, matches
from landline.network.packets import SURE, Packets, without
from landline.network.packets import intersect as both
from landline.proof.hop import Path
from landline.proof.places import INTERNET, Where
from landline.proof.stops import Direction, Stop, Stops
from landline.proof.witness import one_of, packet

Value = str | int | None
Rule = Mapping[str, Value]

DEFAULT_ENTRY = 32767
"""The number of the entry that denies what no other one matches; AWS shows it as `*`."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """What stops packets.

    `kind` is what kind of thing it is, `id` the thing, `at` the interface, subnet or VPC where it does it,
    `rule` the entry or route that decides, None where nothing lets the packets pass.
    """

    kind: str
    id: str
    direction: Direction | None
    rule: Rule | None
    message: str
    at: str | None = None
    ids: tuple[str, ...] = ()
    path: Path = field(default=())


REASONS = {
    "no-route": "{id} has no route for {packet}",
    "blackhole": "a route of {id} drops {packet}: its target is gone",
    "gateway-endpoint": "{id} leads to an AWS service, not to where {packet} goes",
    "detached": "{id} is not attached to the VPC that hands it {packet}",
    "deleted": "{id} is not available, and drops {packet}",
    "not-active": "{id} is not active, and drops {packet}",
    "no-attachment": "the VPC has no attachment to {id}, which its route gives {packet}",
    "no-attachment-in-zone": "{id} has no subnet in the sender's Availability Zone, and drops {packet}",
    "no-association": "{id} is associated with no route table of its transit gateway, which drops {packet}",
    "other-vpc": "{id} knows no public address for a sender in another VPC: {packet}",
    "no-public-address": "{id} carries only what has a public address: {packet}",
    "no-internet-gateway": "no internet gateway is attached to {id}",
    "not-on-the-internet": "{id} carries nothing to a private address: {packet}",
    "not-there": "{id} leads to a network of its own, and no document says that it goes on: {packet}",
    "no-subnet": "no subnet of {id} has the address that {packet} goes to",
    "block-public-access": "VPC Block Public Access of {id} stops {packet}",
    "sends-nothing": "{id} starts no connections: {packet}",
    "takes-nothing": "{id} takes nothing that it did not ask for: {packet}",
    "same-interface": "{id} is at both ends: what it sends to its own address never leaves it",
    "no-interface": "no interface of {id} has the address that {packet} goes to",
    "not-translatable": "{id} translates TCP, UDP and ICMP to IPv4 alone: {packet}",
    "source-dest-check": "{id} checks the destination and drops what is not addressed to it: {packet}",
    "no-listener": "{id} does not listen for {packet}",
    "no-target": "{id} has no target to send {packet} to",
    "endpoint-state": "{id} is not connected to its service",
    "no-endpoint": "no endpoint leads from there to {id}",
}


def blocked_by(model: Model, stops: Stops, source: Where, destination: Where) -> Blocked:
    """Return the stop that is nearest to the destination.

    Without any, one end has no interface, or both have the same one.
    """
    real = [(stop, lost) for stop in stops.found if (lost := _lost(stop))]
    if not real:
        alone = source.interfaces()
        if len(alone) == 1 and alone == destination.interfaces():
            name = min(alone)
            return Blocked("same-interface", name, None, None, REASONS["same-interface"].format(id=name))
        empty = source if not source.ends and not source.outside else destination
        if empty.service is not None:
            name = empty.service.service_id
            return Blocked("no-endpoint", name, None, None, REASONS["no-endpoint"].format(id=name))
        return Blocked("no-interface", empty.name, None, None, f"no interface is at {empty.name}")
    goals = destination.interfaces()

    def nearness(item: tuple[Stop, Packets]) -> tuple[object, ...]:
        stop, _ = item
        there = stop.id in goals or stop.path[-1] in goals
        after = stop.kind != "security-group"
        # What goes to an AWS service was not on its way to the internet.
        apt = stop.kind != "gateway-endpoint" or destination.name != INTERNET
        return (stop.kind == "no-endpoint", apt, there, len(stop.path), after, stop.path, stop.kind, stop.id)

    stop, lost = max(real, key=nearness)
    return _described(model, stop, one_of(lost))


def _lost(stop: Stop) -> Packets:
    rest = stop.came
    for box in stop.passed:
        rest = without(rest, box._replace(doubts=SURE))
    return rest


def _described(model: Model, stop: Stop, lost: Packets) -> Blocked:
    shown = packet(lost)
    if stop.kind == "security-group":
        return _security_group(model, stop, shown)
    if stop.kind == "network-acl":
        return _network_acl(model, stop, lost, shown)
    rule: Rule | None = None
    if stop.kind in ("blackhole", "gateway-endpoint"):
        rule = _route(model, stop, lost)
    message = REASONS[stop.kind].format(id=stop.id, packet=shown)
    return Blocked(stop.kind, stop.id, stop.direction, rule, message, path=stop.path)


def _security_group(model: Model, stop: Stop, shown: str) -> Blocked:
    interface = model.network_interfaces.get(stop.id)
    groups = tuple(sorted(item.group_id for item in interface.groups)) if interface else ()
    what = "out" if stop.direction == "egress" else "in"
    whose = "no rule of" if len(groups) == 1 else "no rule of any of"
    message = f"{whose} {', '.join(groups)} lets {what} {shown}"
    name = groups[0] if groups else stop.id
    return Blocked(stop.kind, name, stop.direction, None, message, stop.id, groups, stop.path)


def _network_acl(model: Model, stop: Stop, lost: Packets, shown: str) -> Blocked:
    guard = next(
        (
            acl
            for _, acl in sorted(model.network_acls.items.items())
            if any(item.subnet_id == stop.id for item in acl.associations)
        ),
        None,
    )
    rule: Rule | None = None if guard is None else _entry(guard, stop, lost)
    number = "no rule" if rule is None else f"rule {rule['number']}"
    name = stop.id if guard is None else guard.network_acl_id
    what = "out of" if stop.direction == "egress" else "into"
    message = f"{number} of network ACL {name} denies {shown} {what} {stop.id}"
    return Blocked(stop.kind, name, stop.direction, rule, message, stop.id, (name,), stop.path)


def _entry(acl: NetworkAcl, stop: Stop, lost: Packets) -> Rule:
    entries = [entry for entry in acl.entries if entry.egress is (stop.direction == "egress")]
    for entry in sorted(entries, key=lambda item: item.rule_number):
        if both(lost, matches(entry)):
            return {
                "number": entry.rule_number,
                "action": entry.rule_action,
                "protocol": entry.protocol,
                "block": entry.cidr_block or entry.ipv6_cidr_block,
                "from_port": entry.port_range.first if entry.port_range else None,
                "to_port": entry.port_range.last if entry.port_range else None,
            }
    return {"number": DEFAULT_ENTRY, "action": "deny", "protocol": "-1"}


def _route(model: Model, stop: Stop, lost: Packets) -> Rule | None:
    low = lost[0].dst[0]
    found: list[tuple[int, str, str]] = []
    table = model.route_tables.get(stop.id if stop.kind == "blackhole" else stop.path[-1])
    listed = [(route.destination(), route.state) for route in table.routes] if table else []
    listed += [
        (route.destination_cidr_block or "", route.state)
        for route in model.transit_gateway_routes.get(stop.id, ())
    ]
    for destination, state in listed:
        for start, end in address.readable((destination,)):
            if start <= low <= end:
                found.append((end - start, destination, state))
    if not found:
        return None
    _, destination, state = min(found)
    return {"destination": destination, "state": state}
