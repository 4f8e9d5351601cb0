"""Estates that do not exist yet: a Pulumi preview, or a recorded state, as the describe calls would show it.

`planned` lays a plan over a snapshot and gives a snapshot. It is pure, asks nobody, and guesses nothing in
anybody's favour: what the plan does not tell yet is listed in the snapshot's `landline-plan.json`, and a
verdict on it is `unproven` at best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.estate.plan import (
    control,
    dns_firewall,
    endpoint,
    endpoint_connection,
    endpoint_service,
    gateway,
    interface,
    lattice,
    logs,
    network_acl,
    remote_access,
    route_table,
    security_group,
    service_interface,
    transit_gateway,
    vpc,
)
from landline.estate.plan.draft import Draft
from landline.estate.plan.silent import silent
from landline.estate.plan.source import MISSHAPEN, Plan, plan_of_events, read_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.estate.plan.resource import Resource

__all__ = ["Plan", "Planned", "Source", "plan_of_events", "planned", "read_plan"]

_ORDER = (
    vpc,
    control,
    network_acl,
    security_group,
    gateway,
    transit_gateway,
    route_table,
    interface,
    service_interface,
    endpoint_service,
    endpoint,
    endpoint_connection,
    remote_access,
    lattice,
    dns_firewall,
    logs,
)
TRANSLATIONS = {row.token: row for family in _ORDER for row in family.TYPES}
"""Type token → what it means, in the order in which the documents can take it: what others name, first."""
AS_RECORDED = "Recorded states are as AWS is now: nothing was changed since by other hands than Pulumi's."
_RANK = {token: rank for rank, token in enumerate(TRANSLATIONS)}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a resource comes from."""

    stack: str
    urn: str
    position: str | None
    """Where the program declares it, ``path#line``, as far as the preview tells."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An estate as it will be."""

    snapshot: Mapping[str, bytes]
    sources: Mapping[str, Source]
    """Id in the snapshot → the resource of the plan that it stands for, or that AWS makes it along with."""
    unknown: tuple[str, ...]
    """What the plan leaves open; the snapshot says it too."""


def planned(
    plan: Plan,
    base: Mapping[str, bytes] | None = None,
    places: Mapping[str, tuple[str, str]] | None = None,
) -> Planned:
    """Lay a plan over a snapshot.

    Without a base the estate is what the plan makes and nothing else, and the report says that this was
    assumed. `places` gives stacks their account and Region where the plan does not tell. Resources that stay
    as they are count as the base shows them; recorded states stand for the accounts and Regions that it does
    not show.

    Raises `UsageError` for inputs or documents that are in no shape in which Pulumi and AWS write them.
    """
    try:
        draft = Draft(plan.resources, base, places or {})
    except MISSHAPEN as error:
        raise UsageError(
            f"the snapshot cannot be read: {error!r}; give it as AWS's calls print it"
        ) from error
    sources: dict[str, Source] = {}
    if plan.recorded:
        draft.assume(AS_RECORDED)
    for what in plan.interrupted:
        draft.note(f"{what}: the operation was interrupted; whether AWS did it is not recorded")
    gone = [resource for resource in reversed(plan.resources) if resource.change == "delete"]
    laid = [resource for resource in plan.resources if resource.change != "delete"]
    for resource in (*gone, *sorted(laid, key=lambda one: _RANK.get(one.type, -1))):
        try:
            if resource.change == "delete":
                _lift(draft, resource)
            elif _lay(draft, resource, recorded=plan.recorded):
                sources[draft.identity(resource)] = _source(resource)
        except MISSHAPEN as error:
            what = "give the preview and the documents as Pulumi and AWS write them"
            raise UsageError(f"{resource}: cannot be laid over the snapshot: {error!r}; {what}") from error
    made = {name: _source(resource) for name, resource in draft.made.items()}
    return Planned(draft.snapshot(), made | sources, draft.unknowns)


def _source(resource: Resource) -> Source:
    return Source(resource.stack, resource.urn, resource.position)


def _lay(draft: Draft, resource: Resource, *, recorded: bool) -> bool:
    """Lay what is there after the plan; tell whether the documents then show it."""
    draft.rule = "all"
    if not resource.custom or silent(resource.type, resource.inputs):
        return False
    place = draft.place(resource)
    if resource.change == "same":
        if draft.has_the_say(place):
            return resource.type in TRANSLATIONS
        if recorded:
            draft.fill(place)
    row = TRANSLATIONS.get(resource.type)
    if row is None:
        draft.note(f"{resource}: whether its type carries packets is not modelled")
        return False
    draft.maker, draft.rule = resource, row.rule
    row.lay(draft, resource, place)
    return True


def _lift(draft: Draft, resource: Resource) -> None:
    """Take out what goes. What is not translated protects nobody, so that it may go unseen."""
    row = TRANSLATIONS.get(resource.type)
    if resource.custom and row is not None:
        draft.rule = row.rule
        row.lift(draft, resource, draft.place(resource))
