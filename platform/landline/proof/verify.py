"""From a model and its grants to a verdict."""

from collections.abc import Collection, Iterator, Set

from landline.errors import UsageError
from landline.evidence import WIRING
from landline.network import Model
from landline.network.logs import RULE as LOGGING
from landline.network.topology import Topology
from landline.proof import (
    access,
    dns_egress,
    endpoint_policies,
    inward,
    lattice,
    openings,
    outward,
    remote_access,
    services,
    unlogged_network,
    unmodelled,
)
from landline.proof.catalogue import OPTIONAL, RULES
from landline.proof.forwarding import Forwarding
from landline.proof.grants import Grants
from landline.proof.journey import Journeys
from landline.proof.needs import PATHS, missing, structure
from landline.proof.public_access import DOCUMENT, PublicAccess
from landline.proof.verdict import Access, Finding, NotChecked, Verdict
from landline.proof.ways import Key, Ways
from landline.proof.witness import packet

UNASKED = (
    "What comes unasked over a VPN, a peering or a transit gateway into a VPC without a route back counts as "
    "latent, not as a way in."
)

ASSUMPTIONS = (
    "An interface counts as sending and receiving whether or not what it is attached to runs.",
    "Appliances without a source/destination check may pass on every packet that reaches them.",
    "A public address in a subnet without a route to the internet gateway counts as latent, not as a way in.",
    "Documents were taken at one moment; nothing changed between the first and the last call.",
    "Interfaces of VPC Lattice and CloudFront carry the tags that those services give them.",
    "Names of services under com.amazonaws. and aws. other than com.amazonaws.vpce. are AWS's own.",
)

PLAN = "plan"
OVER_THE_SANDBOX = "The plan is laid over what the sandbox answered: AWS was not seen."


def verify(
    model: Model,
    grants: Grants | None,
    *,
    evidence: str | None = None,
    require: Collection[str] = (),
) -> Verdict:
    """Judge an estate. Pure: the same model and grants give the same verdict, in the same order.

    Without grants the rules that compare with them are listed as not checked, and `open-service` looks for
    `*` alone. `require` names optional rules to check as well (keys of `OPTIONAL`; KeyError on another); of
    the others the verdict says nothing. `evidence` is what the snapshot says of itself, unless it is given:
    `snapshot` or `wiring`.

    Raises UsageError where that is mixed, and where the sandbox's mark contradicts the evidence given.
    """
    if evidence is None:
        evidence = model.origins.evidence()
    elif model.origins.sandbox and evidence not in (WIRING, PLAN):
        raise UsageError(
            f"{model.origins.sandbox[0] or '.'} holds what the sandbox answered: no {evidence} evidence"
        )
    required = {OPTIONAL[name] for name in require}
    notes = [*missing(model, required), *structure(model)]
    ways = Ways()
    findings = list(_paths(model, ways, {note.rule for note in notes if note.open}))
    notes += ways.not_checked()
    for item in (
        *remote_access.find(model),
        *services.open_services(model, grants),
        *services.foreign_services(model, grants),
        *dns_egress.find(model),
        *lattice.find(model),
        *unmodelled.find(model),
        *(unlogged_network.find(model) if LOGGING in required else ()),
    ):
        if isinstance(item, Finding):
            findings.append(item)
        else:
            notes.append(item)
    policies = endpoint_policies.judge(model, grants)
    findings += policies.findings
    notes += policies.notes
    table = Access()
    if grants is not None:
        table, differences, gaps = access.compare(model, grants)
        findings += differences
        notes += gaps
    else:
        for rule in ("ungranted-access", "missing-access"):
            notes.append(NotChecked(rule, "no grants were given to compare with", open=False))
        why = "no grants were given: principals other than * were not compared"
        notes.append(NotChecked("open-service", why, open=False))
    return Verdict(
        evidence=evidence,
        findings=tuple(sorted(set(findings), key=_order)),
        access=table,
        checked=tuple(_counts(model, required)),
        not_checked=tuple(sorted(set(notes))),
        assumptions=tuple(
            sorted(
                {
                    *_assumptions(model, grants, required, findings),
                    *policies.assumptions,
                    *([OVER_THE_SANDBOX] if evidence == PLAN and model.origins.sandbox else []),
                }
            )
        ),
    )


def _paths(model: Model, ways: Ways, unknown: Set[str]) -> Iterator[Finding]:
    """What the rules about packets find; of those in `unknown` not all is known already."""
    opened = openings.open_tables(model)
    doors = sorted(set(openings.doors(model)), key=lambda door: (door.vpc, door.rule, door.resource))
    topology = Topology(model)
    forwarding, public_access = Forwarding(topology), PublicAccess(model)
    journeys = Journeys(forwarding, public_access)
    inbound = inward.Inward(journeys, forwarding, public_access)
    latent: list[openings.Door] = []
    for vpc in sorted(opened | {door.vpc for door in doors}):
        network = topology.network(vpc)
        if network is None:
            continue
        for why in network.doubts:
            for rule in PATHS:
                ways.leave_open(rule, why)
        if vpc in opened:
            outward.find(network, journeys, ways)
        latent += openings.routes(network)
    for door in doors:
        network = topology.network(door.vpc)
        if network is None:
            continue
        latent.append(door)
        if door.rule == inward.RULE:
            inbound.find(network, door.resource, ways)
    live = {(key.rule, key.vpc, key.resource) for key in ways.live}
    for key, way in ways.live.items():
        two_way = "and the answer gets back" if way.two_way else "but no answer gets back"
        seen = f"through {key.resource}: {packet(way.sent or way.packets)}, {two_way}"
        message = f"{key.vpc} can reach {way.what} {seen}"
        if key.rule == inward.RULE:
            message = f"the internet can reach {key.vpc} {seen}"
        yield _finding(key, way.path, message, two_way=way.two_way)
    unknown = unknown | {note.rule for note in ways.not_checked() if note.open}
    for door in latent:
        takes = "is known to take" if door.rule in unknown else "takes"
        if (door.rule, door.vpc, door.resource) not in live:
            place = model.vpcs.places[door.vpc]
            key = Key(door.rule, place.account, place.region, door.vpc, door.resource)
            yield Finding(
                **{name: getattr(key, name) for name in Key._fields},
                severity="latent",
                two_way=False,
                path=(door.vpc, door.resource),
                message=f"{door.what}, but no packet {takes} that way",
                fix=RULES[door.rule].fix,
            )
    for instance, interfaces in openings.bridges(model).items():
        for name in interfaces:
            interface = model.network_interfaces.items[name]
            place = model.network_interfaces.places[name]
            key = Key(
                "network-link",
                interface.owner_id or place.account,
                place.region,
                interface.vpc_id or "",
                instance,
            )
            message = f"instance {instance} has interfaces in several VPCs and can pass packets between them"
            yield _finding(
                key, (name, *(other for other in interfaces if other != name)), message, two_way=True
            )


def _finding(key: Key, path: tuple[str, ...], message: str, *, two_way: bool) -> Finding:
    return Finding(
        rule=key.rule,
        severity="violation",
        account=key.account,
        region=key.region,
        vpc=key.vpc,
        resource=key.resource,
        two_way=two_way,
        path=path,
        message=message,
        fix=RULES[key.rule].fix,
    )


def _order(finding: Finding) -> tuple[object, ...]:
    rules = tuple(RULES)
    return (
        finding.severity == "latent",
        rules.index(finding.rule),
        finding.account,
        finding.region,
        finding.vpc or "",
        finding.resource,
        finding.path,
        finding.message,
    )


def _counts(model: Model, required: Collection[str]) -> Iterator[tuple[str, int]]:
    documents = model.places.values()
    yield "accounts", len({place.account for place in model.places})
    yield "vpcs", len(model.vpcs.items)
    yield "subnets", sum(len(d.subnets or ()) for d in documents)
    yield "route_tables", sum(len(d.route_tables or ()) for d in documents)
    yield "routes", sum(len(table.routes) for d in documents for table in d.route_tables or ())
    yield "network_acls", sum(len(d.network_acls or ()) for d in documents)
    yield "security_groups", sum(len(d.security_groups or ()) for d in documents)
    yield "network_interfaces", sum(len(d.network_interfaces or ()) for d in documents)
    yield "vpc_endpoints", sum(len(d.vpc_endpoints or ()) for d in documents)
    yield "endpoint_services", sum(len(d.service_configurations or ()) for d in documents)
    if LOGGING in required:
        yield "flow_logs", sum(len(d.flow_logs or ()) for d in documents)
        associations = (d.resolver_query_log_config_associations or () for d in documents)
        yield "query_log_associations", sum(map(len, associations))


def _assumptions(
    model: Model, grants: Grants | None, required: Collection[str], findings: list[Finding]
) -> Iterator[str]:
    yield from ASSUMPTIONS
    if any(
        item.severity == "latent" and item.rule in ("external-network", "network-link") for item in findings
    ):
        yield UNASKED
    yield from model.assumptions
    yield from dns_egress.assumptions(model)
    if LOGGING in required:
        yield from unlogged_network.assumptions(model)
    off = [str(place) for place, d in sorted(model.places.items()) if d.vpcs and model.lacks(place, DOCUMENT)]
    if off:
        more = f" and {len(off) - 5} more" if len(off) > 5 else ""
        yield f"VPC Block Public Access is off in {', '.join(off[:5])}{more}: no document says otherwise."
    if grants is None and any(d.service_configurations for d in model.places.values()):
        yield "Every endpoint service of the estate is the hub's: no grants name the hub's account."
    kinds = sorted({kind for kind, _ in model.unmodelled})
    if kinds:
        yield f"Documents of these kinds are not modelled and were not read: {', '.join(kinds)}."
