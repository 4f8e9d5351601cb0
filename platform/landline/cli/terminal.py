"""Where a command writes: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import click


@dataclass(slots=True)
class Terminal:
    """What the user asked of the output. Parsing fills it in, before and after the command's name."""

    verbosity: int = 0
    """-1 and below: no progress; 0: progress; 1 and above: details too."""
    color: bool | None = False if os.environ.get("NO_COLOR") else None
    """None: where the stream is a terminal (https://no-color.org)."""
    debug: bool = False

    def result(self, text: str) -> None:
        """Print what was asked for, on stdout."""
        click.echo(text, color=self.color)

    def progress(self, text: str) -> None:
        """Say what is going on, on stderr, unless told to be quiet."""
        if self.verbosity >= 0:
            click.echo(text, err=True, color=self.color)

    def detail(self, text: str) -> None:
        """Say more, on stderr, when told to be verbose."""
        if self.verbosity >= 1:
            click.echo(text, err=True, color=self.color)

    def warning(self, text: str) -> None:
        """Say what the user should know, on stderr, quiet or not."""
        click.echo(f"{self.style('warning', fg='yellow')}: {text}", err=True, color=self.color)

    def error(self, text: str) -> None:
        """Say why the command fails, on stderr, quiet or not."""
        click.echo(f"{self.style('error', fg='red')}: {text}", err=True, color=self.color)

    def style(self, text: str, *, fg: str) -> str:
        """`text` in a colour; streams that take none get it plain."""
        return click.style(text, fg=fg, bold=True)

    @property
    def redraws(self) -> bool:
        """Whether progress may redraw its lines: on a terminal, unless told to be quiet or plain."""
        return (
            self.verbosity >= 0
            and self.color is not False
            and sys.stderr.isatty()
            and not os.environ.get("CI")
        )
