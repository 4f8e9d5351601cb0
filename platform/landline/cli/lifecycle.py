"""`landline preview`, `landline up`, `landline refresh` and `landline destroy`."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING

import click

from landline.cli.lifecycle_run import Run, RunOptions
from landline.cli.options import common_options, examples
from landline.cli.stacks_directory import stacks_option
from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from landline.cli.terminal import Terminal


def _lifecycle_options(function: Callable[..., int]) -> Callable[..., int]:
    """What all four take, handed on as one `RunOptions` before the command's own."""

    @click.pass_obj
    @wraps(function)
    def command(
        terminal: Terminal,
        /,
        names: tuple[str, ...],
        stacks_directory: Path | None,
        *,
        sandbox: bool,
        parallel: int,
        as_json: bool,
        **own: object,
    ) -> int:
        options = RunOptions(
            terminal, names, stacks_directory, sandbox=sandbox, parallel=parallel, as_json=as_json
        )
        return function(options, **own)

    for decorate in (
        common_options,
        click.option("--json", "as_json", is_flag=True, help="Print events as JSON lines on stdout."),
        click.option(
            "--parallel",
            metavar="N",
            type=click.IntRange(1, 64),
            default=lambda: min(4, os.cpu_count() or 1),
            help="How many stacks at a time (default: 4, or one for each CPU if there are fewer).",
        ),
        click.option(
            "--sandbox",
            is_flag=True,
            help="In the sandbox that `landline sandbox serve` runs, or in one that ends with the command.",
        ),
        stacks_option("The stack files (default: the nearest stacks/, upwards from here)."),
        click.argument("names", nargs=-1, metavar="[STACK]..."),
    ):
        command = decorate(command)
    return command


_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
_mend = click.option(
    "--mend",
    is_flag=True,
    help="Take off the lock of a killed run, look in AWS for what it left half made, and go on.",
)
_no_changes = click.option("--expect-no-changes", is_flag=True, help="Exit 1 when anything changes.")


@click.command(
    short_help="Show what `up` would change.",
    epilog=examples("landline preview", "landline preview payments --json", "landline preview --sandbox"),
)
@_lifecycle_options
@_no_changes
def preview(options: RunOptions, *, expect_no_changes: bool) -> int:
    """Show what `landline up` would change, and what it would be refused for. Changes nothing.

    Without names, all stacks. Exits 1 when `up` would be refused, and when a stack that is named waits: for a
    grant, or for the outputs of one that is not deployed.
    """
    return Run(options, "preview").run(yes=True, expect_no_changes=expect_no_changes)


@click.command(
    short_help="Deploy the stack files.",
    epilog=examples(
        "landline up",
        "landline up hub grant-payments --yes",
        "landline up --sandbox --expect-no-changes",
        'landline up hub --allow live-connections --reason "CHG-7: payments agreed"',
        "landline up --mend",
    ),
)
@_lifecycle_options
@_yes
@_mend
@_no_changes
@click.option(
    "--allow",
    metavar="RULE",
    multiple=True,
    type=click.STRING,
    help="Go on against this rule; needs --reason.",
)
@click.option(
    "--reason", metavar="TEXT", multiple=True, help="Why; kept in the stack's tags. One for each --allow."
)
def up(
    options: RunOptions,
    *,
    expect_no_changes: bool,
    yes: bool,
    mend: bool,
    allow: tuple[str, ...],
    reason: tuple[str, ...],
) -> int:
    """Deploy the stack files: baselines, hubs, grants, spokes, and grants again to accept.

    Without names, all stacks. Independent stacks go side by side, and what fails stops only what hangs on it.
    A spoke with a request that is not granted waits as a whole, and nothing of it is deployed: exits 1 where
    it was named. State is in your own Pulumi backend. Each stack is previewed first; what the guards find
    there is refused before anything is made.
    """
    if len(allow) != len(reason):
        raise UsageError(f"{len(allow)} --allow and {len(reason)} --reason: give a reason for each rule")
    if not all(text.strip() for text in reason):
        raise UsageError("--reason is empty; write why, and who agreed: it is kept in the stack's tags")
    return Run(options, "up").run(
        yes=yes,
        mend=mend,
        expect_no_changes=expect_no_changes,
        allow=dict(zip(allow, reason, strict=True)),
    )


@click.command(
    short_help="Bring the state in line with AWS.",
    epilog=examples("landline refresh", "landline refresh payments --expect-no-changes"),
)
@_lifecycle_options
@_mend
@_no_changes
def refresh(options: RunOptions, *, expect_no_changes: bool, mend: bool) -> int:
    """Read every deployed resource from AWS into the state. Changes nothing in AWS.

    Without names, all stacks.
    """
    return Run(options, "refresh").run(yes=True, mend=mend, expect_no_changes=expect_no_changes)


@click.command(
    short_help="Delete what the stacks have made.",
    epilog=examples("landline destroy grant-payments", "landline destroy --yes"),
)
@_lifecycle_options
@_yes
@_mend
def destroy(options: RunOptions, *, yes: bool, mend: bool) -> int:
    """Delete what the stacks have made: grants, spokes, hubs, baselines.

    Without names, all stacks. Destroying a grant rejects its spoke's connections. Destroying a hub says who
    would be cut off, and rejects them before their service goes.
    """
    return Run(options, "destroy").run(yes=yes, mend=mend)
