"""Writes and edits grants: a spoke's access as the platform team's stack file says it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.onboarding.change import Change, change_of
from landline.settings.edit import Edit, edited, written
from landline.settings.grant import GrantedService, GrantSettings
from landline.settings.stack_file import path_of, read_text
from landline.settings.validation import closest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from pathlib import Path

    from landline.settings import Estate
    from landline.settings.edit import Written
    from landline.settings.spoke import SpokeSettings
    from landline.settings.stack import Stack

SERVICES = ("config", "landline:grant", "services")
EDITOR_LINE = "# yaml-language-server: $schema=schema.json\n"
"""Editors with the YAML language server complete and check a file that begins with it."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What the platform team decided: until when, and by which ticket or decision."""

    until: date | None
    """The last day. None: as long as the request says."""
    approved: str


def grant(
    directory: Path, estate: Estate, spoke: str, services: Collection[str], approval: Approval
) -> Change:
    """The change that grants `services` to `spoke`; if none is named, all requests that were not granted.

    Raises `UsageError` for what is not requested, is granted already, or leaves nothing to grant.
    """
    stack, settings = _spoke(estate, spoke)
    answer = estate.grant_of(stack)
    granted = _granted(answer)
    wanted = tuple(services) or estate.ungranted(stack)
    if not wanted:
        raise UsageError(
            f"{stack.file}: everything that {spoke} requests is granted; to renew it: "
            f"landline renew {spoke} --until DATE --approved {shlex.quote(approval.approved)}"
        )
    for name in wanted:
        if name not in settings.services:
            raise UsageError(
                f"{stack.file}: spoke {spoke} does not request {name}{_guess(name, settings.services)}; "
                "its team asks first: landline request new"
            )
        if name in granted:
            raise UsageError(
                f"{name} is granted to {spoke} already; to change its last day: "
                f"landline renew {spoke} {name} --until DATE --approved {shlex.quote(approval.approved)}"
            )
    entries = {name: _entry(approval, settings.services[name].until) for name in wanted}
    if answer is None:
        name = f"grant-{spoke}"
        if path_of(directory, name).exists():
            raise UsageError(
                f"{path_of(directory, name)}: is there and grants nothing to {spoke}; move it away first"
            )
        return change_of(directory, name, _new(estate.hub_of(stack).region, settings.hub, spoke, entries))
    text = read_text(answer.file)
    edits = (Edit((*SERVICES, name), entry) for name, entry in entries.items())
    return change_of(directory, answer.name, edited(str(answer.file), text, *edits))


def revoke(directory: Path, estate: Estate, spoke: str, services: Collection[str]) -> Change:
    """The change that takes `services` away from `spoke`; all of them if none is named.

    The file stays, even when it grants nothing any more: deploying it is what cuts the connections. Raises
    `UsageError` for what is not granted.
    """
    stack, _ = _spoke(estate, spoke)
    if not _granted(estate.grant_of(stack)):
        raise UsageError(f"nothing is granted to {spoke}, so there is nothing to revoke")
    answer, wanted = _chosen(estate, stack, services)
    edits = (Edit((*SERVICES, name), None) for name in wanted)
    return change_of(directory, answer.name, edited(str(answer.file), read_text(answer.file), *edits))


def renew(
    directory: Path, estate: Estate, spoke: str, services: Collection[str], approval: Approval
) -> Change:
    """The change that gives `services` of `spoke` a new last day and approval; all of them if none is named.

    It warns of each last day that becomes another without being given in `approval`, as the request says.
    Raises `UsageError` for what is not granted.
    """
    stack, settings = _spoke(estate, spoke)
    answer, wanted = _chosen(estate, stack, services)
    edits: list[Edit] = []
    warnings: list[str] = []
    for name in wanted:
        request = settings.services.get(name)
        entry = _entry(approval, None if request is None else request.until)
        was = _granted(answer)[name].until
        if "until" not in entry and was is not None:
            edits.append(Edit((*SERVICES, name, "until"), None))
        if approval.until is None and was is not None and entry.get("until") != was:
            now = f"now ends on {entry['until']}" if "until" in entry else "is now access without end"
            warnings.append(
                f"{answer.file}: {name} ended on {was} and {now}, as {spoke} requests; to keep that day: "
                f"landline renew {spoke} {name} --until {was} --approved {shlex.quote(approval.approved)}"
            )
        edits += (Edit((*SERVICES, name, key), value) for key, value in entry.items())
    change = change_of(directory, answer.name, edited(str(answer.file), read_text(answer.file), *edits))
    return replace(change, warnings=tuple(warnings))


def _spoke(estate: Estate, name: str) -> tuple[Stack, SpokeSettings]:
    settings = estate.spoke(name)
    return estate[name], settings


def _granted(answer: Stack | None) -> Mapping[str, GrantedService]:
    return (
        answer.settings.services if answer is not None and isinstance(answer.settings, GrantSettings) else {}
    )


def _chosen(estate: Estate, spoke: Stack, services: Collection[str]) -> tuple[Stack, tuple[str, ...]]:
    answer = estate.grant_of(spoke)
    granted = _granted(answer)
    if answer is None or not granted:
        raise UsageError(
            f"nothing is granted to {spoke.name}; grant it first: "
            f"landline grant {spoke.name} --approved REFERENCE"
        )
    for name in services:
        if name not in granted:
            raise UsageError(
                f"{answer.file}: {name} is not granted to {spoke.name}{_guess(name, granted)}; "
                f"granted: {', '.join(granted)}"
            )
    return answer, tuple(services) or tuple(granted)


def _entry(approval: Approval, requested: date | None) -> dict[str, Written]:
    until = approval.until or requested
    return {**({} if until is None else {"until": until}), "approved": approval.approved}


def _new(region: str, hub: str, spoke: str, services: Mapping[str, Written]) -> str:
    lines = [
        "config:",
        f"  aws:region: {region}",
        "  landline:grant:",
        f"    hub: {written(hub)}",
        f"    spoke: {written(spoke)}",
        "    services:",
        *(f"      {name}: {written(entry)}" for name, entry in services.items()),
    ]
    return EDITOR_LINE + "\n".join(lines) + "\n"


def _guess(name: str, known: Collection[str]) -> str:
    guess = closest(name, known)
    return f", did you mean {guess}?" if guess else ""
