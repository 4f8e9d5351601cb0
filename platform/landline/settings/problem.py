"""What is wrong in a stack file, where, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "finding", "warning"]
"""`error`: nothing can be deployed from it (exit 2). `finding`: it needs a person (exit 1). `warning`: worth
knowing."""

SHOWN_LENGTH = 80
"""A longer value is cut, in characters."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_:-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of one file.

    Its text is *file: key path: what is wrong (value); what to write*, on one line and in printable ASCII,
    whatever the file holds.
    """

    severity: Severity
    file: str
    line: int | None
    """Counted from 1; None when the problem is the file itself or something that it lacks altogether."""
    key_path: str
    """Such as ``landline:spoke.network.cidr``; empty when the problem is the file itself."""
    message: str
    value: str | None
    """As the file spells it; None when there is none to show."""
    remedy: str

    def __str__(self) -> str:
        where = ": ".join(printable(part) for part in (self.file, self.key_path) if part)
        value = "" if self.value is None else f" ({shorten(self.value)})"
        return f"{where}: {printable(self.message)}{value}; {printable(self.remedy)}"

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """By file, then line, then key path."""
        return (self.file, self.line or 0, self.key_path, self.severity, self.message)


def key_path(keys: tuple[str | int, ...]) -> str:
    """The path of a key as people write it: ``landline:hub.services.logging.ports[0]``."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            plain = key if _PLAIN_KEY.fullmatch(key) else f'"{shorten(key)}"'
            text += f".{plain}" if text else plain
    return text


def printable(text: str) -> str:
    """`text` with everything outside printable ASCII escaped.

    So a look-alike letter shows, and no value drives a terminal.
    """
    return "".join(
        letter if " " <= letter <= "~" else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in text
    )


def shorten(text: str) -> str:
    """`text` made printable and cut to `SHOWN_LENGTH` characters."""
    shown = printable(text[: SHOWN_LENGTH + 1])
    return shown if len(shown) <= SHOWN_LENGTH else shown[: SHOWN_LENGTH - 3] + "..."
