"""The rules `ungranted-access` and `missing-access`: who can connect against who was granted."""

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter

from landline.network import Model, Place
from landline.network.endpoint_service import ServiceConfiguration
from landline.network.vpc_endpoint import CARRYING, REFUSED, connected
from landline.proof.catalogue import RULES
from landline.proof.grants import Grants
from landline.proof.services import account_of, services
from landline.proof.verdict import Access, AccessEntry, Finding, NotChecked

Endpoints = dict[str, tuple[str, str]]
"""Endpoint id to its account and its connection's state."""

Entries = dict[tuple[str, str], set[str]]
"""Account and service to endpoints; the empty string stands for no endpoint."""


def compare(model: Model, grants: Grants) -> tuple[Access, tuple[Finding, ...], tuple[NotChecked, ...]]:
    """Compare the hub's services with the grants.

    Connections count from both sides: what the hub's VpcEndpointConnections show, and what the spokes'
    VpcEndpoints say of their own state. Where the two differ about a connection, what hangs on it is
    unproven. A principal of a service without acceptance can connect whether or not it has; one of a service
    with acceptance cannot, until the hub accepts.
    """
    hub = [(place, item) for place, item in services(model) if place.account == grants.hub]
    notes = list(_gaps(model, grants, hub))
    granted: Entries = defaultdict(set)
    extra: Entries = defaultdict(set)
    missing: Entries = defaultdict(set)
    places = {item.name(): place for place, item in hub}
    accounts = grants.accounts()
    told, claimed = _hub_side(model, hub), _spoke_side(model, hub)
    notes += _strays(model, grants, hub)
    for place, service in hub:
        name = service.name()
        allowed = accounts.get(name, frozenset[str]())
        shown = told.get(place)
        endpoints, differing = _merged(
            name,
            None if shown is None else shown.get(service.service_id, {}),
            claimed.get(service.service_name, {}),
        )
        notes += [NotChecked("ungranted-access", why) for why in differing]
        live: dict[str, list[str]] = defaultdict(list)
        other: dict[str, list[str]] = defaultdict(list)
        for endpoint, (account, state) in endpoints.items():
            if state not in (*CARRYING, *REFUSED):
                notes.append(
                    NotChecked("missing-access", f"the state {state!r} of {endpoint} is not modelled")
                )
            (live if connected(state) else other)[account].append(endpoint)
        for account, names in live.items():
            (granted if account in allowed else extra)[account, name].update(names)
        if not service.acceptance_required:
            for item in model.allowed_principals.get(service.service_id, ()):
                owner = account_of(item.principal) or item.principal
                if owner not in allowed and owner not in live:
                    extra[owner, name].add("")
        for account in allowed - live.keys():
            # Without the hub's own list, what no endpoint says of itself is not known; `_gaps` says so.
            if shown is not None or account in other:
                missing[account, name].update(other.get(account, ("",)))
    if _describes_services(model, grants.hub):
        for grant in grants.grants:
            if grant.service not in places:
                missing[grant.spoke, grant.service].add("")
    access = Access(*(tuple(_sorted(part)) for part in (granted, extra, missing)))
    home = next(
        (place for place in sorted(model.places) if place.account == grants.hub), Place(grants.hub, "")
    )
    findings = tuple(_findings(access, places, home, {item.name(): item.service_id for _, item in hub}))
    return access, findings, tuple(notes)


def _describes_services(model: Model, account: str) -> bool:
    return any(
        place.account == account and not model.lacks(place, "service_configurations")
        for place in model.places
    )


def _gaps(
    model: Model, grants: Grants, hub: list[tuple[Place, ServiceConfiguration]]
) -> Iterator[NotChecked]:
    for rule in ("ungranted-access", "missing-access"):
        if not _describes_services(model, grants.hub):
            yield NotChecked(rule, f"no ServiceConfigurations document for the hub's account {grants.hub}")
        for place in sorted({place for place, _ in hub}):
            if model.lacks(place, "vpc_endpoint_connections"):
                yield NotChecked(
                    rule, f"no VpcEndpointConnections document for {place}, which offers services"
                )
        for _, service in hub:
            if service.service_id not in model.allowed_principals:
                why = f"the permissions of {service.service_id} ({service.name()}) are in no document"
                yield NotChecked(rule, why)
    names: dict[str, str] = {}
    for _, service in hub:
        if names.setdefault(service.name(), service.service_id) != service.service_id:
            twins = f"{names[service.name()]} and {service.service_id}"
            why = f"two services of the hub are named {service.name()}: {twins}"
            yield NotChecked("ungranted-access", why)


def _hub_side(
    model: Model, hub: list[tuple[Place, ServiceConfiguration]]
) -> dict[Place, dict[str, Endpoints]]:
    """Return the connections of each service id, for the places that have a document of them."""
    found: dict[Place, dict[str, Endpoints]] = {}
    for place in {place for place, _ in hub}:
        if not model.lacks(place, "vpc_endpoint_connections"):
            mine = found[place] = defaultdict(dict)
            for item in model.places[place].vpc_endpoint_connections or ():
                state = item.vpc_endpoint_state.lower()
                known = mine[item.service_id].get(item.vpc_endpoint_id)
                if known is None or not connected(known[1]):
                    mine[item.service_id][item.vpc_endpoint_id] = (item.vpc_endpoint_owner, state)
    return found


def _strays(
    model: Model, grants: Grants, hub: list[tuple[Place, ServiceConfiguration]]
) -> Iterator[NotChecked]:
    """Name the hub's connections that contradict each other, or lead to a service that no document shows."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    offered = {service.service_id for _, service in hub}
    for place, document in sorted(model.places.items()):
        for item in (document.vpc_endpoint_connections or ()) if place.account == grants.hub else ():
            key, claim = (
                (item.service_id, item.vpc_endpoint_id),
                (item.vpc_endpoint_owner, item.vpc_endpoint_state),
            )
            if seen.setdefault(key, claim) != claim:
                why = f"the connection of {item.vpc_endpoint_id} is described twice, differently"
                yield NotChecked("ungranted-access", why)
            if item.service_id not in offered and connected(item.vpc_endpoint_state):
                what = f"{item.vpc_endpoint_id} is connected to {item.service_id}"
                yield NotChecked("ungranted-access", f"{what}, which no ServiceConfigurations document shows")


def _spoke_side(model: Model, hub: list[tuple[Place, ServiceConfiguration]]) -> dict[str | None, Endpoints]:
    """Return what the endpoints to each of the hub's service names say of themselves."""
    found: dict[str | None, Endpoints] = {service.service_name: {} for _, service in hub}
    for place, document in model.places.items():
        for item in document.vpc_endpoints or ():
            mine = found.get(item.service_name)
            if mine is not None:
                mine[item.vpc_endpoint_id] = (item.owner_id or place.account, item.state.lower())
    return found


def _merged(service: str, shown: Endpoints | None, claimed: Endpoints) -> tuple[Endpoints, tuple[str, ...]]:
    """Return all connections of a service, and where its two sides disagree; `shown` is None if unknown."""
    seen = dict(shown or {})
    differing: list[str] = []
    for name, claim in claimed.items():
        hub_side = seen.get(name)
        if hub_side == claim:
            continue
        owner, state = claim
        if hub_side is None:
            seen[name] = claim
            if shown is not None and connected(state):
                differing.append(
                    f"{name} says it is {state} at {service}; the hub's connections do not show it"
                )
        elif connected(hub_side[1]) != connected(state):
            differing.append(f"{name} says it is {state} at {service}; the hub says {hub_side[1]}")
            seen[name] = (owner, state if connected(state) else hub_side[1])
    return seen, tuple(differing)


def _sorted(entries: Entries) -> Iterator[AccessEntry]:
    for (account, service), endpoints in sorted(entries.items(), key=itemgetter(0)):
        yield from (AccessEntry(account, service, endpoint or None) for endpoint in sorted(endpoints))


def _findings(
    access: Access, places: dict[str, Place], home: Place, ids: dict[str, str]
) -> Iterator[Finding]:
    for rule, entries in (("ungranted-access", access.extra), ("missing-access", access.missing)):
        for entry in entries:
            place = places.get(entry.service, home)
            resource = entry.endpoint or ids.get(entry.service, entry.service)
            if rule == "missing-access":
                why = (
                    f"its endpoint {entry.endpoint} is not connected"
                    if entry.endpoint
                    else "no endpoint is connected"
                )
                if entry.service not in ids:
                    why = "the hub offers no service of that name"
                message = f"account {entry.spoke} was granted {entry.service}, but {why}"
            elif entry.endpoint:
                message = f"account {entry.spoke} is connected to {entry.service}, which nobody granted it"
            else:
                message = f"{entry.spoke} may connect to {entry.service} at any time, which nobody granted it"
            yield Finding(
                rule=rule,
                severity="violation",
                account=place.account,
                region=place.region,
                vpc=None,
                resource=resource,
                two_way=None,
                path=tuple(dict.fromkeys((entry.spoke, resource, ids.get(entry.service, entry.service)))),
                message=message,
                fix=RULES[rule].fix,
            )
