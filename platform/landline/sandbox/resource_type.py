"""What the sandbox knows of a Pulumi resource type: how to make, read, change and remove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

Properties = dict[str, Any]
"""A resource's properties under the names of the Pulumi wire protocol (camelCase)."""


class Place(Protocol):
    """Where a call lands: one account and Region of the sandbox's world."""

    @property
    def account(self) -> str:
        """The twelve-digit account id."""
        ...

    @property
    def region(self) -> str:
        """The Region's code, such as ``eu-west-1``."""
        ...

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client for `service` in this account and Region."""
        ...


@dataclass(frozen=True, slots=True)
class Made:
    """A created resource: the id that the provider gives it, and all its outputs."""

    id: str
    outputs: Properties


@dataclass(frozen=True, slots=True)
class AutoName:
    """How the provider names what is declared without a name: the logical name and seven hex digits."""

    property: str = "name"
    """The input that holds the name."""
    prefix: str = ""
    max_length: int = 64
    """The longest name that AWS takes; the logical name is cut to fit."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One row of the resource table.

    Both doors of the sandbox use the same rows. A function raises `botocore.exceptions.ClientError` with
    AWS's own code where AWS refuses.
    """

    token: str
    """The Pulumi type token, such as ``aws:ec2/vpc:Vpc``."""
    create: Callable[[Place, Properties], Made]
    read: Callable[[Place, str, Properties], Properties | None]
    """(place, id, last known outputs) → the outputs as they are now, or None when the resource is gone."""
    update: Callable[[Place, str, Properties, Properties], Properties]
    """(place, id, old inputs, new inputs) → the new outputs. Never called for a change in `replace_on`."""
    delete: Callable[[Place, str, Properties], None]
    """(place, id, last known outputs). Deleting what is gone already is not an error."""
    replace_on: frozenset[str] = field(default_factory=frozenset)
    """Inputs whose change makes AWS (and so the provider) replace the resource."""
    replaces: Callable[[Properties, Properties], frozenset[str]] | None = None
    """(old inputs, new inputs) → inputs that replace it by how they change, beside those in `replace_on`."""
    inputs: frozenset[str] = field(default_factory=frozenset)
    """The input properties that this row understands; another one is an error, never dropped."""
    autoname: AutoName | None = None
    """How to name the resource when the program does not."""

    @property
    def tagged(self) -> bool:
        """Whether the provider's default tags reach it: a row reads them, merged, from ``tagsAll``."""
        return "tags" in self.inputs
