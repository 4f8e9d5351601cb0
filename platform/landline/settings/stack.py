"""One stack: its name, its file, its Region and its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from landline.settings.baseline import BaselineSettings
from landline.settings.grant import GrantSettings
from landline.settings.hub import HubSettings
from landline.settings.problem import Problem, Severity, key_path
from landline.settings.spoke import SpokeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Kind = Literal["baseline", "hub", "grant", "spoke"]
AnySettings = BaselineSettings | HubSettings | GrantSettings | SpokeSettings

SETTINGS: Mapping[Kind, type[AnySettings]] = MappingProxyType(
    {"baseline": BaselineSettings, "hub": HubSettings, "grant": GrantSettings, "spoke": SpokeSettings}
)
"""The settings of each kind of stack; the key in the file is ``landline:<kind>``."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Where a stack's settings stand in its file, by key path."""

    lines: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def problem(
        self, severity: Severity, file: str, keys: tuple[str | int, ...], message: str, remedy: str
    ) -> Problem:
        """A problem with the value at `keys`, or with what is missing there."""
        path = key_path(keys)
        line = next((self.lines[above] for above in _above(keys) if above in self.lines), None)
        return Problem(severity, file, line, path, message, self.texts.get(path), remedy)


def _above(keys: tuple[str | int, ...]) -> Iterator[str]:
    return (key_path(keys[:size]) for size in range(len(keys), 0, -1))


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack as its file says it should be."""

    name: str
    file: Path
    region: str
    """The Region's code, such as ``eu-west-1``."""
    settings: AnySettings
    positions: Positions = field(default_factory=Positions, compare=False, repr=False)

    @property
    def kind(self) -> Kind:
        """Which of the four kinds it is."""
        return next(kind for kind, model in SETTINGS.items() if isinstance(self.settings, model))
