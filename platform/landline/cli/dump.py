"""`landline dump`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples
from landline.cli.stacks_directory import estate_of, stacks_option
from landline.errors import ToolError, UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal
    from landline.estate import Collected, Progress


@click.command(
    short_help="Read an estate from AWS into a snapshot.",
    epilog=examples(
        "landline dump --out dump --profile hub --profile payments --region eu-west-1",
        "landline dump --out dump --stacks stacks --role landline-audit",
    ),
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the snapshot goes: a new or empty directory, or an older snapshot to replace.",
)
@click.option(
    "--profile",
    "profiles",
    metavar="NAME",
    multiple=True,
    help="A profile of the AWS configuration to read with; repeat for more accounts.",
)
@click.option(
    "--role",
    "roles",
    metavar="ROLE",
    multiple=True,
    help="A role's ARN to assume and read with; repeat for more accounts. "
    "With --stacks also a bare name, the same in each account.",
)
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    help="A Region to read; repeat for more (default: those of the stacks, else the profile's).",
)
@stacks_option("Read the accounts and Regions of these stack files, and fail if one cannot be read.")
@click.option(
    "--iam-policy", is_flag=True, help="Print the least IAM policy that the dump needs, and read nothing."
)
@common_options
@click.pass_obj
def dump(
    terminal: Terminal,
    out: Path | None,
    profiles: tuple[str, ...],
    roles: tuple[str, ...],
    regions: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    iam_policy: bool,
) -> int:
    """Read an estate from AWS into a snapshot, all accounts and Regions side by side. Changes nothing in AWS.

    A call that AWS refuses leaves its document out and is named; the exit code is then 4, and what hangs on
    that document will be unproven. What a sandbox answers (AWS_ENDPOINT_URL) is marked as such.
    """
    from landline import estate

    if iam_policy:
        terminal.result(json.dumps(estate.iam_policy(), indent=2))
        return ExitCode.DONE
    if out is None:
        raise UsageError("where to? Give --out DIR (or --iam-policy to see what the dump must be allowed)")
    estate.check_replaceable(out.resolve())
    wanted = _places(stacks_directory) if stacks_directory is not None else None
    targets = estate.targets(profiles, roles, regions, wanted)
    collected = estate.collect(targets, lambda progress: _show(terminal, progress))
    if not collected.snapshot:
        raise ToolError(
            f"nothing could be read, and {out} is left as it was; the first refusal: {collected.failures[0]}"
        )
    estate.write(collected.snapshot, out)
    return _summary(terminal, out, collected, len(targets))


def _places(stacks: Path) -> tuple[tuple[str, str], ...]:
    described = estate_of(stacks)
    return tuple(sorted({(described.account_of(stack), stack.region) for stack in described}))


def _show(terminal: Terminal, progress: Progress) -> None:
    line = f"[{progress.done}/{progress.total}] {progress.account}/{progress.region} {progress.command}"
    if terminal.redraws:
        click.echo(f"\r\x1b[2K{line}", err=True, nl=progress.done == progress.total)
    else:
        terminal.detail(line)


def _summary(terminal: Terminal, out: Path, collected: Collected, places: int) -> int:
    documents = len(collected.snapshot)
    terminal.progress(
        f"{out}: {documents} document{'' if documents == 1 else 's'} from {places} "
        + ("account and Region" if places == 1 else "accounts and Regions")
    )
    if collected.of_the_sandbox:
        terminal.progress(
            "The sandbox answered, and no AWS: the snapshot says so, and its evidence is wiring"
        )
    for failure in collected.failures:
        terminal.warning(str(failure))
    if not collected.failures:
        return ExitCode.DONE
    terminal.error(f"{len(collected.failures)} documents are missing; what hangs on them will be unproven")
    return ExitCode.FAILED
