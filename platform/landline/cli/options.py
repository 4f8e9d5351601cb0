"""Options that every command takes, before or after its name, and the end of every help text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from landline.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

EXIT_CODES = """\b
Exit codes:
  0    done, or proven
  1    a finding
  2    wrong usage or configuration
  3    unproven
  4    a tool or AWS failed
  130  interrupted"""


def examples(*commands: str, exit_codes: bool = False) -> str:
    """The epilog of a help text: examples, and for the group what the exit codes mean."""
    shown = "\n".join(["\b", "Examples:", *(f"  {command}" for command in commands)])
    return f"{shown}\n\n{EXIT_CODES}" if exit_codes else shown


def common_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``-v``, ``-q``, ``--no-color`` and ``--debug``; they change the `Terminal` and go no further."""
    noted: dict[str, Any] = {"expose_value": False, "is_eager": True, "callback": _note}
    for decorate in (
        click.option("--debug", is_flag=True, help="Show the trace of an error.", **noted),
        click.option(
            "--no-color", is_flag=True, help="Plain output; the variable NO_COLOR does the same.", **noted
        ),
        click.option("-q", "--quiet", count=True, help="No progress on stderr.", **noted),
        click.option("-v", "--verbose", count=True, help="More on stderr.", **noted),
    ):
        function = decorate(function)
    return function


def json_option(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--json``, passed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(
        function
    )


def _note(context: click.Context, parameter: click.Parameter, value: int) -> None:
    terminal = context.find_object(Terminal)
    if terminal is None or not value:
        return
    match parameter.name:
        case "verbose":
            terminal.verbosity += value
        case "quiet":
            terminal.verbosity -= value
        case "no_color":
            terminal.color = False
        case _:
            terminal.debug = True
