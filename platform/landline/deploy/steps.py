"""What the engine does to resources, and what an operation comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pulumi import automation as auto

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK = "pulumi:pulumi:Stack"
"""The type of the resource whose outputs are the stack's."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Resources by what an operation did, or would do, to them. Components and the stack itself count too."""

    created: int = 0
    updated: int = 0
    replaced: int = 0
    deleted: int = 0
    same: int = 0

    @classmethod
    def from_summary(cls, summary: Mapping[auto.OpType, int] | None) -> Changes:
        """Read the engine's own count by operation."""
        # The SDK annotates members of OpType and hands over their plain values.
        counts = {auto.OpType(operation).value: count for operation, count in (summary or {}).items()}
        return cls(
            created=counts.get("create", 0),
            updated=counts.get("update", 0),
            replaced=counts.get("replace", 0),
            deleted=counts.get("delete", 0),
            same=counts.get("same", 0),
        )

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.replaced or self.deleted)


@dataclass(frozen=True, slots=True)
class Step:
    """What the engine does, did or would do to one resource."""

    operation: str
    """As Pulumi names it: ``create``, ``update``, ``replace``, ``delete-replaced``, ``delete``, ``same``…"""
    urn: str
    token: str
    """The type token, such as ``aws:ec2/vpc:Vpc``."""
    failed: bool = False
    id: str = ""
    """The id of the resource as it stands in the state; empty for one that is new."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """As the program asks for them; of one that goes, as they were."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    """The outputs in the state before."""
    changed: tuple[str, ...] = ()
    """The properties that differ."""

    @property
    def name(self) -> str:
        """The logical name in the program."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation came to."""

    changes: Changes
    steps: tuple[Step, ...] = ()
    """One for each resource, those that stay the same too."""
    document: bytes = b""
    """Of a preview: what ``pulumi preview --json --show-sames`` prints."""
    outputs_differ: bool = False
    """Whether the stack's outputs change, or would; a change of these alone is no change of a resource."""


class Listener(Protocol):
    """Hears of an operation while it runs, in a thread of the SDK's."""

    def step(self, step: Step, *, begins: bool) -> None:
        """The engine begins or ends something about one resource."""

    def warning(self, text: str) -> None:
        """The program, a provider or the engine warns. The same may be said several times."""
