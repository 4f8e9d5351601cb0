"""`landline grant`, `landline revoke` and `landline renew`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from landline.cli.editing import Day, ahead, apply, dry_run_option
from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from landline.cli.terminal import Terminal

P = ParamSpec("P")
R = TypeVar("R")


def _spoke_and_services(function: Callable[P, R]) -> Callable[P, R]:
    """Add the arguments SPOKE and SERVICE and the options that all three take."""
    for decorate in (
        common_options,
        json_option,
        dry_run_option,
        stacks_option("The stack files (default: the nearest stacks/, upwards from here)."),
        click.argument("services", nargs=-1, metavar="[SERVICE]..."),
        click.argument("spoke"),
    ):
        function = decorate(function)
    return function


_until = click.option(
    "--until", type=Day(), help="The last day (default: as the spoke requests).", metavar="DATE"
)
_approved = click.option(
    "--approved", required=True, metavar="REFERENCE", help="The ticket or decision that approves it."
)


@click.command(
    short_help="Grant a spoke what it requests.",
    epilog=examples(
        "landline grant payments --approved SEC-42",
        "landline grant payments logging --until 2027-06-30 --approved SEC-42",
    ),
)
@_until
@_approved
@_spoke_and_services
@click.pass_obj
def grant(
    terminal: Terminal,
    spoke: str,
    services: tuple[str, ...],
    until: date | None,
    approved: str,
    stacks_directory: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Grant a spoke services that it requests; all of them if none is named.

    Writes the grant's stack file, or adds to it. Refuses what is not requested. Nothing is deployed.
    """
    from landline.onboarding import granting

    directory = found(stacks_directory)
    apply(
        terminal,
        directory,
        lambda: granting.grant(
            directory,
            estate_of(directory),
            spoke,
            services,
            granting.Approval(ahead("--until", until), approved),
        ),
        then=lambda change: f"commit it, then landline up {change.stack} {spoke}",
        dry_run=dry_run,
        as_json=as_json,
    )


@click.command(
    short_help="Take a spoke's access away.",
    epilog=examples("landline revoke payments security", "landline revoke payments --dry-run"),
)
@_spoke_and_services
@click.pass_obj
def revoke(
    terminal: Terminal,
    spoke: str,
    services: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take services that are granted away from a spoke; all of them if none is named.

    Edits the grant's stack file. Connections live until it is deployed, which rejects them.
    """
    from landline.onboarding import granting

    directory = found(stacks_directory)
    apply(
        terminal,
        directory,
        lambda: granting.revoke(directory, estate_of(directory), spoke, services),
        then=lambda change: f"commit it, then landline up {change.stack}, which rejects the connections",
        dry_run=dry_run,
        as_json=as_json,
    )


@click.command(
    short_help="Give a grant a new last day.",
    epilog=examples(
        "landline renew payments logging --until 2028-06-30 --approved SEC-77",
        "landline renew payments --approved SEC-78",
    ),
)
@_until
@_approved
@_spoke_and_services
@click.pass_obj
def renew(
    terminal: Terminal,
    spoke: str,
    services: tuple[str, ...],
    until: date | None,
    approved: str,
    stacks_directory: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Give granted services a new last day and approval; all of them if none is named.

    Without --until the last day is as the spoke requests; a warning says where that changes or removes it.
    Edits the grant's stack file. Nothing has to be deployed: AWS knows of no last day.
    """
    from landline.onboarding import granting

    directory = found(stacks_directory)
    apply(
        terminal,
        directory,
        lambda: granting.renew(
            directory,
            estate_of(directory),
            spoke,
            services,
            granting.Approval(ahead("--until", until), approved),
        ),
        then=lambda _: "commit it",
        dry_run=dry_run,
        as_json=as_json,
    )
