"""`landline diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import stacks_option
from landline.cli.verify import read_grants
from landline.errors import UsageError

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal

SNAPSHOT = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(
    short_help="Say what a change opens and closes.",
    epilog=examples(
        "landline diff dump-monday dump-tuesday --grants grants.json",
        "landline diff dump-monday dump-tuesday --stacks stacks --json",
    ),
)
@click.argument("before", metavar="BEFORE", type=SNAPSHOT)
@click.argument("after", metavar="AFTER", type=SNAPSHOT)
@click.option(
    "--grants",
    "grants_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who may reach what, as JSON; the same before and after.",
)
@stacks_option("Take who may reach what from the grants in these stack files.")
@click.option(
    "--hub", metavar="STACK", help="The hub whose grants to take, where the stack files hold several."
)
@json_option
@common_options
@click.pass_obj
def diff(
    terminal: Terminal,
    before: Path,
    after: Path,
    grants_file: Path | None,
    stacks_directory: Path | None,
    hub: str | None,
    *,
    as_json: bool,
) -> int:
    """Prove two snapshots of one estate, and say what AFTER lets through and BEFORE did not, and the reverse.

    Exits with 1 when something opens, with 3 when nothing does and a question comes up that the documents of
    AFTER leave open, and with 0 otherwise, however much was open before.
    """
    from landline import network, proof, report

    grants = read_grants(grants_file, stacks_directory, hub)
    verdicts = [proof.verify(network.read(one), grants) for one in (before, after)]
    if verdicts[0].evidence != verdicts[1].evidence:
        raise UsageError(
            f"{before} is {verdicts[0].evidence} evidence, {after} is {verdicts[1].evidence}: what the "
            "sandbox answered is not compared with what others did; give two of one kind"
        )
    difference = proof.difference(*verdicts)
    write = report.difference_as_json if as_json else report.difference_as_text
    terminal.result(write(difference).removesuffix("\n"))
    return difference.exit_code
