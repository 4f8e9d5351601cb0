"""Estates that do not exist yet: a Pulumi preview, or a recorded state, as the describe calls would show it.

`planned` lays a plan over a snapshot and gives a snapshot. It is pure, asks nobody, and guesses nothing in
anybody's favour: what the plan does not tell yet is listed in the snapshot's `landline-plan.json`, and a
verdict on it is `unproven` at best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.estate.plan import (
    control,
    dns_firewall,
    endpoint,
    gateway,
    interface,
    lattice,
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
from landline.estate.plan.source import Plan, plan_of_events, read_plan

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
    endpoint,
    remote_access,
    lattice,
    dns_firewall,
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
    """
    draft = Draft(plan.resources, base, places or {})
    sources: dict[str, Source] = {}
    if plan.recorded:
        draft.assume(AS_RECORDED)
    for what in plan.interrupted:
        draft.note(f"{what}: the operation was interrupted; whether AWS did it is not recorded")
    for resource in reversed(plan.resources):
        if resource.change == "delete":
            _lift(draft, resource)
    laid = [resource for resource in plan.resources if resource.change != "delete"]
    for resource in sorted(laid, key=lambda one: _RANK.get(one.type, -1)):
        if not resource.custom or silent(resource.type, resource.inputs):
            continue
        place = draft.place(resource)
        if resource.change == "same":
            if draft.has_the_say(place):
                sources[draft.identity(resource)] = _source(resource)
                continue
            if plan.recorded:
                draft.fill(place)
        row = TRANSLATIONS.get(resource.type)
        if row is None:
            draft.note(f"{resource}: whether its type carries packets is not modelled")
            continue
        sources[draft.identity(resource)] = _source(resource)
        draft.maker = resource
        row.lay(draft, resource, place)
    made = {name: _source(resource) for name, resource in draft.made.items()}
    return Planned(draft.snapshot(), made | sources, draft.unknowns)


def _source(resource: Resource) -> Source:
    return Source(resource.stack, resource.urn, resource.position)


def _lift(draft: Draft, resource: Resource) -> None:
    row = TRANSLATIONS.get(resource.type)
    if resource.custom and row is not None:
        row.lift(draft, resource, draft.place(resource))
