"""`landline expire`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from landline.cli.editing import Day
from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.cli.table import table
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="List access that has run out or will soon.",
    epilog=examples("landline expire", "landline expire --within 7 --json", "landline expire --write"),
)
@click.option("--within", default=30, show_default=True, type=click.IntRange(min=0), metavar="DAYS")
@click.option("--write", is_flag=True, help="Take what has run out from the grants' stack files.")
@click.option("--today", type=Day(), hidden=True, help="The day to judge last days by.")
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@json_option
@common_options
@click.pass_obj
def expire(
    terminal: Terminal,
    within: int,
    today: date | None,
    stacks_directory: Path | None,
    *,
    write: bool,
    as_json: bool,
) -> int:
    """List the grants that have run out, or will within some days.

    Exits 1 when something has run out and `--write` was not given. `--write` prepares the revocations in the
    stack files; no connection is cut until somebody deploys them.
    """
    from landline.onboarding import change as changes
    from landline.onboarding import expiry
    from landline.settings.stack_file import sole_writer

    directory = found(stacks_directory)
    with sole_writer(directory):
        estate = estate_of(directory)
        listed = expiry.expiring(estate, today or datetime.now(UTC).date(), within)
        prepared = expiry.revocations(directory, estate, listed) if write else ()
        for change in prepared:
            changes.judge(directory, change)
        for change in prepared:
            changes.write(change)
    over = any(item.days <= 0 for item in listed)
    if as_json:
        document = {
            "schema": 1,
            "within_days": within,
            "expiring": [
                {
                    "spoke": item.spoke,
                    "service": item.service,
                    "grant": item.grant,
                    "until": item.until.isoformat(),
                    "days_left": max(0, item.days),
                    "expired": item.days <= 0,
                    "contact": item.contact,
                }
                for item in listed
            ],
            "written": [str(change.file) for change in prepared],
        }
        terminal.result(json.dumps(document, indent=2))
    else:
        rows = [
            [
                item.spoke,
                item.service,
                item.until.isoformat(),
                "has run out" if item.days <= 0 else f"{item.days} days left",
                item.contact,
            ]
            for item in listed
        ]
        for line in table(["spoke", "service", "until", "", "ask"], rows) if rows else ():
            terminal.result(line)
        if not rows:
            terminal.result(f"nothing runs out within {within} days")
        for change in prepared:
            terminal.result(f"wrote {change.file}: revokes when deployed: landline up {change.stack}")
    return ExitCode.FINDING if over and not write else ExitCode.DONE
