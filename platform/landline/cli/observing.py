"""What a snapshot says of each line, for `landline status` and `landline evidence`."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from landline.network.snapshot import Snapshot
    from landline.onboarding.status import Connection, Key, Observed
    from landline.settings import Estate


def observe(
    estate: Estate, snapshot: Snapshot, source: str, hubs: Collection[str] | None = None
) -> tuple[Observed, dict[str, Any]]:
    """What `snapshot` shows of the services of `hubs`, or of all, and the verdict on it.

    The verdict is the document that `landline verify --json` prints. It takes the grants of all hubs, or
    those of `hubs` alone where the estate's belong to several organisations.

    Raises:
        UnprovenError: the snapshot does not hold a hub's services and connections: what is not read is not
            gone.
        UsageError: the hubs belong to several organisations, or the snapshot is the sandbox's in part.

    """
    from msgspec import UNSET

    from landline import network, proof, report
    from landline.errors import UnprovenError
    from landline.network import Place
    from landline.network.noun import tag
    from landline.onboarding.grants import grants_document
    from landline.onboarding.status import Observed
    from landline.proof.services import account_of, services

    model = network.read(snapshot)
    chosen = tuple(hubs or estate.hubs)
    places = {hub: Place(estate.account_of(estate[hub]), estate[hub].region) for hub in chosen}
    for place in places.values():
        read = model.places.get(place)
        if read is None or UNSET in (read.service_configurations, read.vpc_endpoint_connections):
            raise UnprovenError(
                f"{source}: does not say which endpoint services and connections account {place.account} has "
                f"in {place.region}, the hub's; dump that account too: "
                "landline dump --out DIR --stacks DIR --role ROLE"
            )
    several = len({settings.organization for settings in estate.hubs.values()}) > 1
    only = chosen[0] if several and len(chosen) == 1 else None
    verdict = proof.verify(model, proof.read_grants(json.dumps(grants_document(estate, only)).encode()))
    offered = {
        item.service_id: (hub, item.name())
        for place, item in services(model)
        if (hub := _hub_at(places, place, tag(item.tags, "landline:stack"))) is not None
    }
    permitted = frozenset(
        (hub, owner, name)
        for service, (hub, name) in offered.items()
        for item in model.allowed_principals.get(service, ())
        if (owner := account_of(item.principal)) is not None
    )
    connections: dict[Key, list[Connection]] = defaultdict(list)
    for described in model.places.values():
        for item in described.vpc_endpoint_connections or ():
            if item.service_id in offered:
                hub, name = offered[item.service_id]
                connections[hub, item.vpc_endpoint_owner, name].append(
                    (item.vpc_endpoint_id, item.vpc_endpoint_state.lower(), item.creation_timestamp)
                )
    differing = {
        (hub, entry.spoke, entry.service)
        for entry in (*verdict.access.extra, *verdict.access.missing)
        for hub, place in places.items()
        if entry.region is UNSET or (entry.hub, entry.region) == place
    }
    shown = Observed(
        source=source,
        evidence=verdict.evidence,
        permitted=permitted,
        connections={key: tuple(sorted(found)) for key, found in connections.items()},
        proven={"proven": True, "violated": False, "unproven": None}[verdict.verdict],
        differing=frozenset(differing),
    )
    return shown, json.loads(report.as_json(verdict))


def _hub_at(places: Mapping[str, tuple[str, str]], place: tuple[str, str], stack: str | None) -> str | None:
    """The hub that offers a service at `place`: the only one there, or the one whose tag it has."""
    there = [hub for hub, home in places.items() if home == place]
    return there[0] if len(there) == 1 else stack if stack in there else None
