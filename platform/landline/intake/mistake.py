"""What is wrong with something that a spoke sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LONGEST_VALUE = 120
"""How many characters of a wrong value an answer repeats."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, where, and what to write instead."""

    index: int | None
    """Which of the body's records, counted from 0; None for the body as a whole."""
    path: str
    """Where in the record, such as ``Resources[0].Type``; empty for the record as a whole."""
    message: str
    remedy: str
    value: str | None = None
    """What stands there, shortened; None where nothing does."""

    def document(self) -> dict[str, Any]:
        """As an answer's body has it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def shown(value: object) -> str:
    """A wrong value as a mistake repeats it."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
