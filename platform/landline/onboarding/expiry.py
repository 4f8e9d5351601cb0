"""What has run out, and what will soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.onboarding.change import Change, change_of
from landline.onboarding.granting import SERVICES
from landline.settings.edit import Edit, edited
from landline.settings.stack_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from landline.settings import Estate

SOON = 30
"""Days before a last day from which on it is worth a reminder."""


@dataclass(frozen=True, slots=True, order=True)
class Expiry:
    """One grant of one service, and its last day."""

    until: date
    spoke: str
    service: str
    grant: str
    """The grant's stack."""
    contact: str
    """Whom to ask whether it is still needed."""
    days: int
    """Days left, the last day counted; 0 and below: it has run out."""


def expiring(estate: Estate, today: date, within: int = SOON) -> tuple[Expiry, ...]:
    """What has run out on `today` or will within `within` days, the earliest first."""
    return tuple(sorted(_terms(estate, today, within)))


def revocations(directory: Path, estate: Estate, found: Iterable[Expiry]) -> tuple[Change, ...]:
    """The changes that take away what has run out, one for each grant. They cut nothing until deployed."""
    over: dict[str, list[str]] = {}
    for expiry in found:
        if expiry.days <= 0:
            over.setdefault(expiry.grant, []).append(expiry.service)
    changes: list[Change] = []
    for grant, services in sorted(over.items()):
        file = estate[grant].file
        edits = (Edit((*SERVICES, service), None) for service in services)
        changes.append(change_of(directory, grant, edited(str(file), read_text(file), *edits)))
    return tuple(changes)


def _terms(estate: Estate, today: date, within: int) -> Iterator[Expiry]:
    spokes = estate.spokes
    for name, grant in estate.grants.items():
        for service, term in grant.services.items():
            if term.until is None:
                continue
            days = (term.until - today).days + 1
            if days <= within:
                contact = spokes[grant.spoke].contact
                yield Expiry(term.until, grant.spoke, service, name, contact, days)
