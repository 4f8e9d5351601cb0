"""A resource of a plan or of a stack's state: what Pulumi says of it, before any of it is AWS's words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands in a preview for a value that only an update will know (pulumi's `plugin.UnknownStringValue`)."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that makes an object a special value, such as a secret (pulumi/pulumi, `resource.SigKey`)."""

Change = Literal["create", "update", "same", "delete"]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource and what becomes of it.

    Replacing gives two: one that is deleted and one that is created, with the same URN.
    """

    urn: str
    type: str
    """The type token, such as ``aws:ec2/vpc:Vpc``."""
    change: Change
    id: str | None
    """AWS's id, None for what is yet to be made."""
    provider: str | None
    """The URN of its provider."""
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input → the URNs that its value came from. Empty where the source does not say (engine events)."""
    old: Mapping[str, Any] = field(default_factory=dict)
    """The inputs before an update."""
    position: str | None = None
    """Where the program declares it: ``path#line``."""
    custom: bool = True
    """Whether a provider makes it; components are only names for what is in them."""

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.urn.split("::")[0].rsplit(":", 1)[-1]

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def noun(self) -> str:
        """The type without its module, such as ``Vpc``."""
        return self.type.rsplit(":", 1)[-1]

    def __str__(self) -> str:
        """Stack, type and name: what a reader looks for in the program."""
        return f"{self.type} {self.name} of stack {self.stack}"

    def known(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """An input, else an output; None where it is absent, empty text, or not wholly known."""
        for values in (self.inputs, self.outputs):
            value = values.get(name)
            if value is not None and value != "" and not has_unknown(value):
                return value
        return None

    def known_or_unknown(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """An input with what is unknown in it; where there is none, an output that is known."""
        value = self.inputs.get(name)
        return self.known(name) if value is None or value == "" else value

    def changes(self, *names: str) -> bool:
        """Whether any of these inputs has its say: an update leaves alone what it does not change."""
        return self.change != "update" or any(self.inputs.get(name) != self.old.get(name) for name in names)


def type_of(urn: str) -> str:
    """The type token in a URN."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def has_unknown(value: object) -> bool:
    """Whether a value is unknown or holds an unknown anywhere inside."""
    match value:
        case dict():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return value == UNKNOWN


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A value as the provider gets it: secrets opened, or unknown where Pulumi keeps them to itself."""
    match value:
        case {"plaintext": str(text)} if SIGNATURE in value:
            return plain(json.loads(text))
        case dict() if SIGNATURE in value:
            return UNKNOWN
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case "[secret]":
            return UNKNOWN
        case _:
            return value
