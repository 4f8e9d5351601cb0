"""What a resource type means in AWS's documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.estate.plan.draft import Draft, Place
    from landline.estate.plan.resource import Resource

    Effect = Callable[[Draft, Resource, Place], None]


@dataclass(frozen=True, slots=True)
class Translation:
    """One row: a type token, and what making, changing and deleting a resource of it does to the documents.

    What a function cannot read it leaves to the draft's notes; it never leaves it out silently.
    """

    token: str
    lay: Effect
    """Put the resource in, or bring it up to its inputs where it is there already."""
    lift: Effect
    """Take it out."""
    rule: str = "all"
    """The rule that is open where something of it is not known; `all` for every one."""


def dropped(key: str, name: str) -> Effect:
    """The effect of deleting what is one object of a document, by its id."""

    def lift(draft: Draft, resource: Resource, place: Place) -> None:
        draft.drop(key, name, resource.id)

    return lift


def kept(draft: Draft, resource: Resource, place: Place) -> None:
    """Deleting the resource leaves AWS as it is, or only closes something: the documents stay as they are."""
