"""What a rule of the policy pack is, and how it reads a resource's inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CONFIG_SCHEMA: dict[str, Any] = {
    "services": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "The hub's endpoint services by name: com.amazonaws.vpce.<region>.vpce-svc-…",
    }
}
"""What a rule that is `configured` takes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the floor, about one resource at a time."""

    name: str
    """Unique in the pack."""
    description: str
    severity: Literal["critical", "high", "medium", "low"]
    remediation: str
    """What to write instead: a sentence."""
    tokens: str
    """The Pulumi type tokens that it judges, without their last part: a regular expression for all of it."""
    judge: Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[str]]
    """(inputs, configuration) → what is wrong, one text each. A pure function."""
    configured: bool = False
    """Whether it reads `CONFIG_SCHEMA`."""

    def violations(
        self, token: str, inputs: Mapping[str, Any], config: Mapping[str, Any] | None = None
    ) -> tuple[str, ...]:
        """What is wrong with a resource of type `token`; nothing for types that the rule does not judge.

        An input that a preview does not know yet raises pulumi_policy's `UnknownValueError`, and the pack
        then decides at the update.
        """
        if re.fullmatch(rf"(?:{self.tokens}):\w+", token) is None:
            return ()
        return tuple(f"{token}: {text}" for text in self.judge(inputs, config or {}))


def given(inputs: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Those of `names` that the inputs set to something other than false, empty or nothing."""
    return tuple(name for name in names if inputs.get(name) not in (None, False, "", "false"))


def forbidden(why: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[str]]:
    """A judge that refuses every resource."""
    return lambda _inputs, _config: (why,)
