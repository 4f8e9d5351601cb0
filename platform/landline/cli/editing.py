"""What the commands that write stack files share: one writer, judged before anything is written."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from landline.cli.terminal import Terminal
    from landline.onboarding.change import Change

P = ParamSpec("P")
R = TypeVar("R")


class Day(click.ParamType[date]):
    """A day as stack files write it."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read year, month and day; anything else is wrong usage."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"{value!r} is no date; write year, month and day: 2027-06-30", param, ctx)


def dry_run_option(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--dry-run``, passed on as `dry_run`."""
    return click.option("--dry-run", is_flag=True, help="Show the file's new text; write nothing.")(function)


def apply(
    terminal: Terminal,
    directory: Path,
    make: Callable[[], Change],
    *,
    then: Callable[[Change], str],
    dry_run: bool,
    as_json: bool,
) -> Change:
    """Make a change, judge it together with all stack files, write it, and say so and what comes next.

    All of it happens while no other command writes here. Raises `UsageError` with every error that the change
    would bring; nothing is written then.
    """
    from landline.onboarding import change as changes
    from landline.settings.stack_file import sole_writer

    with sole_writer(directory):
        change = make()
        left = changes.judge(directory, change)
        written = not dry_run and change.after != change.before
        if written:
            changes.write(change)
    told = [*change.warnings, *map(str, left)]
    if as_json:
        terminal.result(json.dumps(_document(change, written=written, problems=told), indent=2))
        return change
    for problem in told:
        terminal.warning(problem)
    if dry_run:
        terminal.result(change.after.removesuffix("\n"))
    elif written:
        terminal.result(f"wrote {change.file}")
        terminal.result(f"next: {then(change)}")
    else:
        terminal.result(f"{change.file} says so already")
    return change


def _document(change: Change, *, written: bool, problems: list[str]) -> dict[str, Any]:
    return {
        "schema": 1,
        "stack": change.stack,
        "file": str(change.file),
        "written": written,
        "before": change.before,
        "after": change.after,
        "problems": problems,
    }


def ahead(option: str, until: date | None, today: date | None = None) -> date | None:
    """Give `until` back. Raises `UsageError` when that day is past: such access would have ended already."""
    day = today or datetime.now(UTC).date()
    if until is not None and until < day:
        raise UsageError(f"{option} {until}: is past (today is {day}); write a day that is still to come")
    return until


class Asker:
    """Asks for what was left out, where somebody is there to answer."""

    def __init__(self) -> None:
        self._answers = sys.stdin.isatty() and sys.stderr.isatty()
        self._missing: list[str] = []

    def __call__(self, option: str, given: str | None, question: str) -> str:
        """Give what `option` was given, or an answer; note it as missing where there is nobody to ask."""
        if given is not None:
            return given
        if not self._answers:
            self._missing.append(option)
            return ""
        answer: str = click.prompt(question, err=True)
        return answer

    def done(self) -> None:
        """All is asked. Raises `UsageError` with everything that is missing."""
        if self._missing:
            verb = "is" if len(self._missing) == 1 else "are"
            raise UsageError(
                f"{', '.join(self._missing)} {verb} missing; give what is missing, or run this in a terminal "
                "to be asked"
            )
