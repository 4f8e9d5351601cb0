"""The rules `ungranted-access` and `missing-access`: who can connect against who was granted."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from landline.network import Model, Place
from landline.network.endpoint_service import ServiceConfiguration
from landline.network.vpc_endpoint import CARRYING, REFUSED, connected
from landline.proof.catalogue import RULES
from landline.proof.grants import Grants
from landline.proof.services import account_of, services
from landline.proof.verdict import Access, AccessEntry, Finding, NotChecked

Endpoints = dict[str, tuple[str, str]]
"""Endpoint id to its account and its connection's state."""

Key = tuple[str, str, Place | None]
"""An account, a service's name, and where it is offered: None for a service that nobody offers."""

Entries = dict[Key, set[str]]
"""Endpoints; the empty string stands for no endpoint."""


def compare(model: Model, grants: Grants) -> tuple[Access, tuple[Finding, ...], tuple[NotChecked, ...]]:
    """Compare the hubs' services with the grants.

    Connections count from both sides: what the hub's VpcEndpointConnections show, and what the spokes'
    VpcEndpoints say of their own state. Where the two differ about a connection, what hangs on it is
    unproven. A principal of a service without acceptance can connect whether or not it has; one of a service
    with acceptance cannot, until the hub accepts. Services of one name are told apart by where they are. What
    other accounts of the estate offer nobody was granted; principals there, and the estate's own endpoints
    to it, are for `open-service` and `foreign-service`.
    """
    offered = services(model)
    hub = [(place, item) for place, item in offered if place.account in grants.hubs]
    notes = list(_gaps(model, grants, hub, offered))
    granted: Entries = defaultdict(set)
    extra: Entries = defaultdict(set)
    missing: Entries = defaultdict(set)
    told, claimed = _hub_side(model, offered), _spoke_side(model, offered)
    notes += _strays(model, offered)
    for place, service in offered:
        name = service.name()
        allowed = grants.spokes(name, place)
        shown, at_hub = told.get(place), place.account in grants.hubs
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
        own = () if at_hub else claimed.get(service.service_name, ())
        for account, names in live.items():
            strange = {endpoint for endpoint in names if endpoint not in own}
            if strange:
                (granted if account in allowed else extra)[account, name, place].update(strange)
        if at_hub and not service.acceptance_required:
            for item in model.allowed_principals.get(service.service_id, ()):
                owner = account_of(item.principal) or item.principal
                if owner not in allowed and owner not in live:
                    extra[owner, name, place].add("")
        for account in allowed - live.keys():
            # Without the hub's own list, what no endpoint says of itself is not known; `_gaps` says so.
            if shown is not None or account in other:
                missing[account, name, place].update(other.get(account, ("",)))
    for grant in grants.grants:
        if _describes_services(model, grant.hub or grants.hub, grant.region) and not any(
            grants.names(grant, item.name(), place) for place, item in hub
        ):
            missing[grant.spoke, grant.service, None].add("")
    names_of = Counter(name for name, _ in {(item.name(), place) for place, item in offered})
    twins = frozenset(name for name, number in names_of.items() if number > 1)
    access = Access(*(tuple(_sorted(part, twins)) for part in (granted, extra, missing)))
    home = next(
        (place for place in sorted(model.places) if place.account == grants.hub), Place(grants.hub, "")
    )
    ids = {(item.name(), place): item.service_id for place, item in offered}
    findings = (
        *_findings("ungranted-access", extra, home, ids),
        *_findings("missing-access", missing, home, ids),
    )
    return access, findings, tuple(notes)


def _describes_services(model: Model, account: str, region: str | None = None) -> bool:
    return any(
        place.account == account
        and region in (None, place.region)
        and not model.lacks(place, "service_configurations")
        for place in model.places
    )


Offered = Sequence[tuple[Place, ServiceConfiguration]]
"""Services, with where they are offered."""


def _gaps(model: Model, grants: Grants, hub: Offered, offered: Offered) -> Iterator[NotChecked]:
    asked: set[tuple[str, str | None]] = {(account, None) for account in grants.hubs}
    asked |= {(grant.hub or grants.hub, grant.region) for grant in grants.grants if grant.region is not None}
    for rule in ("ungranted-access", "missing-access"):
        for account, region in sorted(asked, key=str):
            if not _describes_services(model, account, region):
                where = account if region is None else f"{account} in {region}"
                yield NotChecked(rule, f"no ServiceConfigurations document for the hub's account {where}")
        for place in sorted({place for place, _ in hub}):
            if model.lacks(place, "vpc_endpoint_connections"):
                yield NotChecked(
                    rule, f"no VpcEndpointConnections document for {place}, which offers services"
                )
        for _, service in hub:
            if service.service_id not in model.allowed_principals:
                why = f"the permissions of {service.service_id} ({service.name()}) are in no document"
                yield NotChecked(rule, why)
    for place in sorted({place for place, _ in offered} - {place for place, _ in hub}):
        if model.lacks(place, "vpc_endpoint_connections"):
            why = f"no VpcEndpointConnections document for {place}, which offers services"
            yield NotChecked("ungranted-access", why)
    first: dict[tuple[Place, str], str] = {}
    for place, service in hub:
        if first.setdefault((place, service.name()), service.service_id) != service.service_id:
            twins = f"{first[place, service.name()]} and {service.service_id}"
            why = f"two services of the hub are named {service.name()}: {twins}"
            yield NotChecked("ungranted-access", why)
    for name in sorted({grant.service for grant in grants.grants}):
        for grant in (item for item in grants.grants if item.service == name):
            places = {place for place, item in hub if grants.names(grant, item.name(), place)}
            if len(places) > 1:
                where = " and ".join(place.region for place in sorted(places))
                why = (
                    f"the hub offers {name} in {where}, and a grant does not say in which; name its `region`"
                )
                yield NotChecked("ungranted-access", why)
                break


def _hub_side(model: Model, offered: Offered) -> dict[Place, dict[str, Endpoints]]:
    """Return the connections of each service id, for the places that have a document of them."""
    found: dict[Place, dict[str, Endpoints]] = {}
    for place in {place for place, _ in offered}:
        if not model.lacks(place, "vpc_endpoint_connections"):
            mine = found[place] = defaultdict(dict)
            for item in model.places[place].vpc_endpoint_connections or ():
                state = item.vpc_endpoint_state.lower()
                known = mine[item.service_id].get(item.vpc_endpoint_id)
                if known is None or not connected(known[1]):
                    mine[item.service_id][item.vpc_endpoint_id] = (item.vpc_endpoint_owner, state)
    return found


def _strays(model: Model, offered: Offered) -> Iterator[NotChecked]:
    """Name the connections that contradict each other, or lead to a service that no document shows."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    shown = {(place, service.service_id) for place, service in offered}
    for place, document in sorted(model.places.items()):
        for item in document.vpc_endpoint_connections or ():
            key, claim = (
                (item.service_id, item.vpc_endpoint_id),
                (item.vpc_endpoint_owner, item.vpc_endpoint_state),
            )
            if seen.setdefault(key, claim) != claim:
                why = f"the connection of {item.vpc_endpoint_id} is described twice, differently"
                yield NotChecked("ungranted-access", why)
            if (place, item.service_id) not in shown and connected(item.vpc_endpoint_state):
                what = f"{item.vpc_endpoint_id} is connected to {item.service_id}"
                yield NotChecked(
                    "ungranted-access", f"{what}, which no ServiceConfigurations document of its Region shows"
                )


def _spoke_side(model: Model, offered: Offered) -> dict[str | None, Endpoints]:
    """Return what the endpoints to each of the services' names say of themselves."""
    found: dict[str | None, Endpoints] = {service.service_name: {} for _, service in offered}
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


def _sorted(entries: Entries, twins: frozenset[str]) -> Iterator[AccessEntry]:
    """List the entries; those for one of several services of a name say which."""
    for (account, service, place), endpoints in sorted(entries.items(), key=_order):
        told = (place.account, place.region) if place and service in twins else (UNSET, UNSET)
        yield from (AccessEntry(account, service, endpoint or None, *told) for endpoint in sorted(endpoints))


def _order(entry: tuple[Key, set[str]]) -> tuple[str, str, Place]:
    (account, service, place), _ = entry
    return account, service, place or Place("", "")


def _findings(
    rule: str, entries: Entries, home: Place, ids: dict[tuple[str, Place], str]
) -> Iterator[Finding]:
    for (spoke, name, offered), endpoints in sorted(entries.items(), key=_order):
        service = name if offered is None else ids[name, offered]
        place = offered or home
        for endpoint in sorted(endpoints):
            resource = endpoint or service
            if rule == "missing-access":
                why = f"its endpoint {endpoint} is not connected" if endpoint else "no endpoint is connected"
                if offered is None:
                    why = "the hub offers no service of that name"
                message = f"account {spoke} was granted {name}, but {why}"
            elif endpoint:
                message = f"account {spoke} is connected to {name}, which nobody granted it"
            else:
                message = f"{spoke} may connect to {name} at any time, which nobody granted it"
            yield Finding(
                rule=rule,
                severity="violation",
                account=place.account,
                region=place.region,
                vpc=None,
                resource=resource,
                two_way=None,
                path=tuple(dict.fromkeys((spoke, resource, service))),
                message=message,
                fix=RULES[rule].fix,
            )
