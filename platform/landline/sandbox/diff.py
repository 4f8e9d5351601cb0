"""What changed between two sets of inputs, and whether AWS changes the resource in place or replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.sandbox.unknown import has_unknown

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Properties, ResourceType


@dataclass(frozen=True, slots=True)
class Diff:
    """Inputs by what became of them; all empty when nothing changed."""

    added: frozenset[str]
    removed: frozenset[str]
    changed: frozenset[str]
    replaces: frozenset[str]
    """Those of the three above that make AWS replace the resource."""
    delete_before_replace: bool
    """Whether the old resource must go first."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def diff(row: ResourceType, old: Properties, new: Properties, *, own_name: bool) -> Diff:
    """Compare the old and the new inputs of a resource. A value that is not known yet counts as changed.

    With `own_name` (the program names the resource itself) a replacement that keeps the name has the old
    resource go first, as in the AWS provider (pulumi-terraform-bridge, `nameRequiresDeleteBeforeReplace`):
    AWS has no room for two.
    """
    added = frozenset(new.keys() - old.keys())
    removed = frozenset(old.keys() - new.keys())
    changed = frozenset(
        key for key in new.keys() & old.keys() if new[key] != old[key] or has_unknown(new[key])
    )
    by_change = frozenset() if row.replaces is None else row.replaces(old, new)
    # A resource cannot move to another Region, whatever its type.
    replaces = (added | removed | changed) & (row.replace_on | by_change | {"region"})
    same_name = row.autoname is not None and row.autoname.property not in added | removed | changed
    return Diff(
        added, removed, changed, replaces, delete_before_replace=bool(replaces) and own_name and same_name
    )
