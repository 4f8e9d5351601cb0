"""Writes and edits requests: what a spoke team asks for, as its stack file says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.onboarding.change import Change, change_of
from landline.onboarding.granting import EDITOR_LINE
from landline.settings.edit import Edit, edited, written
from landline.settings.stack_file import path_of, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from landline.settings import Estate
    from landline.settings.edit import Written

SERVICES = ("config", "landline:spoke", "services")
AWS = ("config", "landline:spoke", "aws")


@dataclass(frozen=True, slots=True)
class Request:
    """One service, and why and how long it is needed."""

    service: str
    reason: str
    until: date | None
    """The last day; None for no end."""

    def entry(self) -> dict[str, Written]:
        """The request as the file has it."""
        return {"reason": self.reason, **({} if self.until is None else {"until": self.until})}


@dataclass(frozen=True, slots=True)
class NewSpoke:
    """What a spoke's file says besides its requests."""

    name: str
    region: str
    hub: str
    team: str
    contact: str
    account: str
    cidr: str
    zones: tuple[str, ...]
    aws: tuple[str, ...]


def new_spoke(directory: Path, spoke: NewSpoke, requests: Mapping[str, Request]) -> Change:
    """The change that writes a spoke's file. Raises `UsageError` when the file is there already."""
    file = path_of(directory, spoke.name)
    if file.exists():
        raise UsageError(f"{file}: is there already; to add a service to it leave its other answers out")
    lines = [
        "config:",
        f"  aws:region: {spoke.region}",
        "  landline:spoke:",
        f"    hub: {written(spoke.hub)}",
        f"    team: {written(spoke.team)}",
        f"    contact: {written(spoke.contact)}",
        f"    account: {written(spoke.account)}",
        f"    network: {{cidr: {spoke.cidr}, zones: {written(spoke.zones)}}}",
        "    services:" if requests else "    services: {}",
        *(f"      {name}: {written(request.entry())}" for name, request in requests.items()),
        f"    aws: {written(spoke.aws)}",
    ]
    return change_of(directory, spoke.name, EDITOR_LINE + "\n".join(lines) + "\n")


def add_requests(
    directory: Path, estate: Estate, spoke: str, requests: Mapping[str, Request], aws: tuple[str, ...] = ()
) -> Change:
    """The change that adds requests, and AWS services in the form that the file has them, to a spoke's file.

    Raises `UsageError` for what it requests already.
    """
    settings = estate.spokes[spoke]
    file = estate[spoke].file
    for name in requests:
        if name in settings.services:
            raise UsageError(f"{file}: {name} is requested already; edit its reason or last day there")
    edits = [Edit((*SERVICES, name), request.entry()) for name, request in requests.items()]
    more = tuple(name for name in aws if name not in settings.aws)
    if settings.aws_access:
        edits.extend(Edit((*AWS, name), {}) for name in more)
    elif more:
        edits.append(Edit(AWS, (*settings.aws, *more)))
    return change_of(directory, spoke, edited(str(file), read_text(file), *edits))
