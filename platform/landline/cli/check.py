"""`landline check`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="Check the stack files.",
    epilog=examples("landline check", "landline check payments --prove", "landline check payments --json"),
)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), hidden=True, help="The day to judge last days by."
)
@click.option(
    "--prove",
    is_flag=True,
    help="Deploy the stacks in the sandbox too: prove them, connect every line, and have a stranger refused.",
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
    prove: bool,
    as_json: bool,
) -> int:
    """Check the stack files: each by itself, all against each other, and what has run out.

    Given names, it checks those stacks and what they hang on. Exits 2 on an error, 1 on a finding such as
    access whose last day is past; warnings do not fail. With `--prove` it exits 1 when a line is open that
    must not be, or closed that was asked for, and 3 when that cannot be told.
    """
    from landline.cli import proving
    from landline.onboarding import check as checking

    day = (today or datetime.now(UTC)).date()
    directory = found(stacks_directory)
    result = checking.check(directory, stacks, day)
    proofs: tuple[proving.HubProof, ...] = ()
    if prove and result.exit_code != ExitCode.USAGE:
        proofs = proving.prove(estate_of(directory), stacks, terminal.progress)
    if as_json:
        shown = checking.document(result)
        if prove:
            shown["proofs"] = [proving.document(proof) for proof in proofs]
        terminal.result(json.dumps(shown, indent=2))
    else:
        for line in (*checking.lines(result), *(line for proof in proofs for line in proving.told(proof))):
            terminal.result(line)
    ends = {result.exit_code, *(proof.exit_code for proof in proofs)}
    if prove and not proofs and result.exit_code != ExitCode.USAGE:
        terminal.error("nothing is proven: no hub is among these stacks, and a proof is of a hub's lines")
        ends.add(ExitCode.UNPROVEN)
    return next((code for code in _WORST if code in ends), ExitCode.DONE)


_WORST = (ExitCode.USAGE, ExitCode.FINDING, ExitCode.UNPROVEN)
