"""What the hubs offer, and what it takes to use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.settings.aws_services import INTERFACE_SERVICES
from landline.settings.hub_check import RULES
from landline.settings.names import local_name
from landline.settings.prices import NOTE, endpoint_month
from landline.settings.regions import line_zones
from landline.settings.spoke_check import INTERFACE_ENDPOINTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from landline.settings import Estate, SpokeSettings

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """One service of one hub, as a spoke team looks at it."""

    service: str
    hub: str
    owner: str
    region: str
    zones: tuple[str, ...]
    """AZ ids in which an endpoint can be: for a spoke, those that it shares, or its own in another Region."""
    regions: tuple[str, ...]
    """Other Regions from which spokes can connect."""
    ports: tuple[int, ...]
    lane: str
    kind: str
    """What stands behind it."""
    local_name: str
    monthly_price: Decimal
    """US dollars of list price, data apart, for an endpoint in all of `zones`."""
    grants: int
    """How many spokes it is granted to."""
    grants_left: int
    """How many more the load balancer's security group has rules for."""
    service_name: str | None
    """What an endpoint names, as deployed; None where that was not asked."""
    state: str | None
    """For a spoke: ``granted``, ``requested`` or ``available``; None without one."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A service as its hub's stack recorded it when it was deployed."""

    service_name: str
    zones: tuple[str, ...]
    ports: tuple[int, ...]
    lane: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The offers, by hub and service, and what the spoke that asks has left."""

    offers: tuple[Offer, ...]
    spoke: str | None
    endpoints_left: int | None
    """How many more interface endpoints the spoke's VPC takes; None without a spoke."""


def catalogue(
    estate: Estate,
    spoke: str | None = None,
    deployed: Mapping[tuple[str, str], Deployed] | None = None,
) -> Catalogue:
    """All services of all hubs, or those of the spoke's hub as that spoke would use them.

    With what is `deployed`, by hub and service, it is that which counts: what is only written is left out.
    Raises `UsageError` if there is no such spoke.
    """
    if spoke is None:
        return Catalogue(tuple(_offers(estate, None, None, deployed)), None, None)
    settings = estate.spoke(spoke)
    used = len(settings.services) + sum(name in INTERFACE_SERVICES for name in settings.aws)
    return Catalogue(tuple(_offers(estate, spoke, settings, deployed)), spoke, INTERFACE_ENDPOINTS - used)


def _offers(
    estate: Estate,
    spoke: str | None,
    settings: SpokeSettings | None,
    deployed: Mapping[tuple[str, str], Deployed] | None,
) -> Iterator[Offer]:
    for hub, offered in estate.hubs.items():
        if settings is not None and hub != settings.hub:
            continue
        answer = None if spoke is None else estate.grant_of(estate[spoke])
        granted = {} if answer is None else estate.grants[answer.name].services
        for name, service in offered.services.items():
            found = None if deployed is None else deployed.get((hub, name))
            if deployed is not None and found is None:
                continue
            ports = service.ports if found is None else found.ports
            offered_in = offered.network.zones if found is None else found.zones
            zones = (
                offered_in
                if spoke is None or settings is None
                else line_zones(settings.network.zones, estate[spoke].region, offered_in, estate[hub].region)
            )
            grants = sum(grant.hub == hub and name in grant.services for grant in estate.grants.values())
            state = None
            if settings is not None:
                state = (
                    "granted"
                    if name in granted
                    else "requested"
                    if name in settings.services
                    else "available"
                )
            yield Offer(
                service=name,
                hub=hub,
                owner=offered.team,
                region=estate[hub].region,
                zones=zones,
                regions=offered.regions or (),
                ports=ports,
                lane=service.lane if found is None else found.lane,
                kind=service.backend.kind,
                local_name=local_name(name, hub),
                monthly_price=endpoint_month(len(zones)),
                grants=grants,
                # Each grant is one rule for each port, with a prefix list of one range.
                grants_left=max(0, RULES // len(ports) - grants),
                service_name=None if found is None else found.service_name,
                state=state,
            )


def document(shown: Catalogue) -> dict[str, Any]:
    """The catalogue as a JSON document, version `SCHEMA`."""
    return {
        "schema": SCHEMA,
        "spoke": shown.spoke,
        "endpoints_left": shown.endpoints_left,
        "services": [
            {
                "service": offer.service,
                "hub": offer.hub,
                "owner": offer.owner,
                "region": offer.region,
                "zones": list(offer.zones),
                "regions": list(offer.regions),
                "ports": list(offer.ports),
                "lane": offer.lane,
                "kind": offer.kind,
                "local_name": offer.local_name,
                "monthly_price_usd": str(offer.monthly_price),
                "grants": offer.grants,
                "grants_left": offer.grants_left,
                "service_name": offer.service_name,
                "state": offer.state,
            }
            for offer in shown.offers
        ],
        "prices": NOTE,
    }
