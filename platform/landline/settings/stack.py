"""One stack: its name, its file, its Region and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from landline.settings.baseline import BaselineSettings
from landline.settings.grant import GrantSettings
from landline.settings.hub import HubSettings
from landline.settings.problem import Problem, Severity, key_path
from landline.settings.spoke import SpokeSettings

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

    def problem(self, severity: Severity, keys: tuple[str | int, ...], message: str, remedy: str) -> Problem:
        """A problem with the value at `keys`, counted from the stack's own settings."""
        path = key_path((f"landline:{self.kind}", *keys))
        return Problem(
            severity=severity,
            file=str(self.file),
            line=self.positions.lines.get(path),
            key_path=path,
            message=message,
            value=self.positions.texts.get(path),
            remedy=remedy,
        )
