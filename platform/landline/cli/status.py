"""`landline status`."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.editing import Day
from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import found, stacks_option
from landline.cli.table import table
from landline.errors import UnprovenError, UsageError
from landline.exit_codes import ExitCode

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
) -> int:
    """Say how far each request has come, from the stack file to the proof, and who must act next.

    A request is requested, checked, granted, permitted, pending acceptance, available, named, proven; or its
    access has expired, or was revoked. What could not be read is said, and never guessed. Exits 2 when
    stack files hold mistakes: what they describe is left out, named, and the rest is shown.
    """
    from landline.onboarding.status import status as lines_of

    if sandbox and not with_state:
        raise UsageError("--sandbox says whose state --state reads; give --state too")
    directory = found(stacks_directory)
    readable = _readable(directory)
    estate = readable.estate
    sources = _sources(estate, readable.errors, directory, dump)
    if with_state:
        from landline.cli.recorded import recorded_names

        sources = replace(sources, recorded=recorded_names(estate, directory, sandbox=sandbox))
    else:
        why = "Pulumi's state: the local names that were made are not known (--state)"
        sources = replace(sources, unread=(*sources.unread, why))
    day = today or datetime.now(UTC).date()
    lines = () if spoke in readable.left_out else lines_of(estate, sources, day, spoke)
    left_out = sorted(readable.left_out)
    if as_json:
        shown = {
            "schema": 1,
            "lines": [asdict(line) for line in lines],
            "left_out": left_out,
            "errors": list(readable.told),
            "unread": list(sources.unread),
        }
        terminal.result(json.dumps(shown, indent=2))
    else:
        if lines or not left_out:
            for text in _told(lines, detailed=spoke is not None):
                terminal.result(text)
        for name in left_out:
            terminal.result(f"left out: {name}, whose stack file holds mistakes")
        for why in sources.unread:
            terminal.result(f"not read: {why}")
    if not readable.told:
        return ExitCode.DONE
    terminal.error(
        "\n".join([f"{directory} holds mistakes; `landline check` shows them all", *readable.told])
    )
    return ExitCode.USAGE


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


@dataclass(frozen=True, slots=True)
class _Readable:
    """What can be read of a directory's stack files, and what cannot."""

    estate: Estate
    errors: frozenset[str]
    """The stacks with an error in or between them, and the spokes whose hub or grant has one."""
    left_out: frozenset[str]
    """Those that the estate is without."""
    told: tuple[str, ...]
    """Every error."""


def _readable(directory: Path) -> _Readable:
    from landline.settings import Estate, cross_check
    from landline.settings.load import in_order, read_stacks

    files = read_stacks(directory)
    estate = Estate.of(files.stacks)
    problems = in_order((*files.problems, *cross_check(files.outlines, files.unreadable)))
    errors = [problem for problem in problems if problem.severity == "error"]
    wrong = {problem.file for problem in errors}
    if str(directory) in wrong:
        raise UsageError("\n".join(str(problem) for problem in problems))
    mistaken = {outline.name for outline in files.outlines if str(outline.file) in wrong} | files.unreadable
    answered = {outline.spoke for outline in files.outlines if outline.name in mistaken and outline.spoke}
    hanging = {name for name, spoke in estate.spokes.items() if spoke.hub not in estate.hubs}
    # One of the files of which nothing can be read may well be the missing grant.
    ungranted = {name for name in estate.spokes if files.unreadable and estate.ungranted(estate[name])}
    return _Readable(
        estate,
        frozenset(mistaken | answered | hanging | ungranted),
        frozenset(mistaken - estate.stacks.keys()),
        tuple(map(str, errors)),
    )


def _sources(estate: Estate, errors: frozenset[str], directory: Path, dump: Path | None) -> Sources:
    from landline.onboarding.history import history
    from landline.onboarding.status import Sources

    unread: list[str] = []
    written = history(directory, estate)
    if written.unread:
        unread.append(f"git: {written.unread}")
    observed = None
    if dump is None:
        make = f"landline dump --out dump --stacks {shlex.quote(str(directory))} --role ROLE"
        unread.append(f"AWS: no snapshot was given ({make}, then --dump dump)")
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
