"""`landline check`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import found, stacks_option

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="Check the stack files.", epilog=examples("landline check", "landline check payments --json")
)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), hidden=True, help="The day to judge last days by."
)
@json_option
@common_options
@click.pass_obj
def check(
    terminal: Terminal,
    stacks: tuple[str, ...],
    stacks_directory: Path | None,
    today: datetime | None,
    *,
    as_json: bool,
) -> int:
    """Check the stack files: each by itself, all against each other, and what has run out.

    Given names, it checks those stacks and what they hang on. Exits 2 on an error, 1 on a finding such as
    access whose last day is past; warnings do not fail.
    """
    from landline.onboarding import check as checking

    day = (today or datetime.now(UTC)).date()
    result = checking.check(found(stacks_directory), stacks, day)
    if as_json:
        terminal.result(json.dumps(checking.document(result), indent=2))
    else:
        for line in checking.lines(result):
            terminal.result(line)
    return result.exit_code
