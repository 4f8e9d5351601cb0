"""What the in-process door remembers of one stack between its runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from landline.sandbox.resource_type import Properties


@dataclass(frozen=True, slots=True)
class Deployed:
    """A resource that a stack has made."""

    urn: str
    token: str
    id: str
    inputs: Properties
    """As checked: with names and tags that the provider adds."""
    outputs: Properties
    account: str
    region: str
    depends_on: frozenset[str]
    """URNs of the resources that have to outlive it."""
    retained: bool = False
    """Declared with retain_on_delete: Pulumi forgets it, AWS keeps it."""

    @property
    def name(self) -> str:
        """The logical name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack after its last run. The empty one is a stack that was initialised and never deployed."""

    resources: Mapping[str, Deployed] = field(default_factory=lambda: MappingProxyType({}))
    """By URN, in the order of creation."""
    outputs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def deletion_order(resources: Iterable[Deployed]) -> list[Deployed]:
    """The resources so that each comes before those that it depends on, the youngest first."""
    by_urn = {resource.urn: resource for resource in resources}
    graph = {
        urn: sorted(resource.depends_on & by_urn.keys(), key=list(by_urn).index)
        for urn, resource in by_urn.items()
    }
    return [by_urn[urn] for urn in TopologicalSorter(graph).static_order()][::-1]
