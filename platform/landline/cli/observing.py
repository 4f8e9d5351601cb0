"""What a snapshot says of each line, for `landline status` and `landline evidence`."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landline.network.snapshot import Snapshot
    from landline.onboarding.status import Connection, Observed
    from landline.settings import Estate


def observe(
    estate: Estate, hub: str, snapshot: Snapshot, source: str, evidence: str
) -> tuple[Observed, dict[str, Any]]:
    """What `snapshot` shows of the hub's services, and the verdict on it.

    The verdict is the document that `landline verify --json` prints.

    Raises:
        UnprovenError: the snapshot does not hold the hub's services and connections: what is not read is not
            gone.

    """
    from msgspec import UNSET

    from landline import network, proof, report
    from landline.errors import UnprovenError
    from landline.onboarding.grants import grants_document
    from landline.onboarding.status import Observed
    from landline.proof.services import account_of, services

    model = network.read(snapshot)
    account = estate.account_of(estate[hub])
    if not any(
        place.account == account
        and read.service_configurations is not UNSET
        and read.vpc_endpoint_connections is not UNSET
        for place, read in model.places.items()
    ):
        raise UnprovenError(
            f"{source}: does not say which endpoint services and connections account {account} has, the "
            "hub's; dump that account too: landline dump"
        )
    verdict = proof.verify(
        model, proof.read_grants(json.dumps(grants_document(estate, hub)).encode()), evidence=evidence
    )
    offered = {item.service_id: item for place, item in services(model) if place.account == account}
    permitted = frozenset(
        (owner, service.name())
        for service in offered.values()
        for item in model.allowed_principals.get(service.service_id, ())
        if (owner := account_of(item.principal)) is not None
    )
    connections: dict[tuple[str, str], list[Connection]] = defaultdict(list)
    for described in model.places.values():
        for item in described.vpc_endpoint_connections or ():
            service = offered.get(item.service_id)
            if service is not None:
                connections[item.vpc_endpoint_owner, service.name()].append(
                    (item.vpc_endpoint_id, item.vpc_endpoint_state.lower(), item.creation_timestamp)
                )
    differing = {(entry.spoke, entry.service) for entry in (*verdict.access.extra, *verdict.access.missing)}
    shown = Observed(
        source=source,
        evidence=evidence,
        permitted=permitted,
        connections={key: tuple(sorted(found)) for key, found in connections.items()},
        proven={"proven": True, "violated": False, "unproven": None}[verdict.verdict],
        differing=frozenset(differing),
    )
    return shown, json.loads(report.as_json(verdict))
