"""`landline status`."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.editing import Day
from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import found, stacks_option
from landline.cli.table import table
from landline.errors import UnprovenError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from landline.cli.terminal import Terminal
    from landline.onboarding.status import Line, Observed, Sources
    from landline.settings import Estate


@click.command(
    short_help="Say how far each request has come.",
    epilog=examples(
        "landline status", "landline status payments --dump dump --state", "landline status --json"
    ),
)
@click.argument("spoke", required=False)
@click.option(
    "--dump",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A snapshot that `landline dump` made: what AWS says of permissions, connections and the proof.",
)
@click.option("--state", "with_state", is_flag=True, help="Read the local names from Pulumi's state too.")
@click.option("--sandbox", is_flag=True, help="With --state: that of the sandbox that is served.")
@click.option("--today", type=Day(), hidden=True, help="The day to judge last days by.")
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@json_option
@common_options
@click.pass_obj
def status(
    terminal: Terminal,
    spoke: str | None,
    dump: Path | None,
    today: date | None,
    stacks_directory: Path | None,
    *,
    with_state: bool,
    sandbox: bool,
    as_json: bool,
) -> None:
    """Say how far each request has come, from the stack file to the proof, and who must act next.

    A request is requested, checked, granted, permitted, pending acceptance, available, named, proven; or its
    access has expired, or was revoked. What could not be read is said, and never guessed.
    """
    from landline.onboarding.status import status as lines_of

    if sandbox and not with_state:
        raise UsageError("--sandbox says whose state --state reads; give --state too")
    directory = found(stacks_directory)
    estate, errors = _readable(directory)
    sources = _sources(estate, errors, directory, dump)
    if with_state:
        from landline.cli.recorded import recorded_names

        sources = replace(sources, recorded=recorded_names(estate, directory, sandbox=sandbox))
    else:
        why = "Pulumi's state: the local names that were made are not known (--state)"
        sources = replace(sources, unread=(*sources.unread, why))
    lines = lines_of(estate, sources, today or datetime.now(UTC).date(), spoke)
    if as_json:
        shown = {"schema": 1, "lines": [asdict(line) for line in lines], "unread": list(sources.unread)}
        terminal.result(json.dumps(shown, indent=2))
        return
    for text in _told(lines, detailed=spoke is not None):
        terminal.result(text)
    for why in sources.unread:
        terminal.result(f"not read: {why}")


def _told(lines: tuple[Line, ...], *, detailed: bool) -> list[str]:
    rows = [[line.spoke, line.service, line.state, line.next_actor, line.next_action] for line in lines]
    if not rows:
        return ["nothing is requested"]
    shown = table(["spoke", "service", "state", "next", "what"], rows)
    shown += [f"{line.spoke} → {line.service}: {note}" for line in lines for note in line.notes]
    if detailed:
        for line in lines:
            shown += ["", f"{line.service}:"]
            shown += table(
                ["state", "when", "evidence"],
                [[step.state, step.when or "-", step.evidence] for step in line.steps],
                indent=2,
            )
    return shown


def _readable(directory: Path) -> tuple[Estate, frozenset[str]]:
    """The stacks that can be read, and the names of those with an error in or between them."""
    from landline.settings import Estate, cross_check
    from landline.settings.load import read_stacks

    files = read_stacks(directory)
    estate = Estate.of(files.stacks)
    problems = (*files.problems, *cross_check(files.outlines, files.unreadable))
    wrong = {problem.file for problem in problems if problem.severity == "error"}
    if str(directory) in wrong:
        raise UsageError("\n".join(str(problem) for problem in problems))
    names = {stack.name for stack in estate if str(stack.file) in wrong}
    hanging = {name for name, spoke in estate.spokes.items() if spoke.hub not in estate.hubs}
    return estate, frozenset(names | hanging | files.unreadable)


def _sources(estate: Estate, errors: frozenset[str], directory: Path, dump: Path | None) -> Sources:
    from landline.onboarding.history import history
    from landline.onboarding.status import Sources

    unread: list[str] = []
    written = history(directory, estate)
    if written.unread:
        unread.append(f"git: {written.unread}")
    observed = None
    if dump is None:
        unread.append("AWS: no snapshot was given (landline dump --out dump, then --dump dump)")
    elif errors:
        unread.append(
            f"AWS: {dump} is compared with no stack files that hold errors; landline check shows them"
        )
    else:
        observed = _observed(estate, dump, unread)
    return Sources(
        written=written.entries,
        errors=errors,
        observed=observed,
        unread=tuple(unread),
    )


def _observed(estate: Estate, dump: Path, unread: list[str]) -> Observed | None:
    from landline.cli.observing import observe

    try:
        return observe(estate, dump, str(dump))[0]
    except (UnprovenError, UsageError) as error:
        unread.append(f"AWS: {error}")
        return None
