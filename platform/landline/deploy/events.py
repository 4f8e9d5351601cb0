"""What a deployment tells while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from landline.deploy.plan import Task
    from landline.deploy.steps import Step


Phase = Literal["preview", "up", "refresh", "destroy"]


@dataclass(frozen=True, slots=True)
class Began:
    """A task begins."""

    task: Task


@dataclass(frozen=True, slots=True)
class Stepped:
    """The engine begins or ends something about one resource."""

    task: Task
    phase: Phase
    step: Step
    begins: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that the user should know of."""

    task: Task
    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """The program, a provider or the engine warns of something; each stack's warnings come once."""

    task: Task
    text: str


Event = Began | Stepped | Noted | Warned
