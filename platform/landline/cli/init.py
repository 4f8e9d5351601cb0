"""`landline init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.editing import Asker, apply, dry_run_option
from landline.cli.options import common_options, examples, json_option
from landline.errors import UsageError

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal


@click.command(
    short_help="Begin a repository of stack files: write the hub's.",
    epilog=examples(
        "landline init",
        "landline init --organization o-a1b2c3d4e5 --account 111111111111 --region eu-west-1 "
        "--zone euw1-az1 --zone euw1-az2 --cidr 10.0.0.0/20",
    ),
)
@click.option("--name", default="hub", show_default=True, help="The hub's stack.")
@click.option("--organization", metavar="ID", help="The organisation, as AWS Organizations shows it.")
@click.option("--account", metavar="ID", help="The hub's account, twelve digits.")
@click.option("--region", help="The hub's Region.")
@click.option("--zone", "zones", multiple=True, metavar="AZ-ID", help="An AZ id; two or more.")
@click.option("--cidr", metavar="RANGE", help="The hub's range.")
@click.option(
    "--stacks",
    "directory",
    default="stacks",
    show_default=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the stack files go; made if it is not there.",
)
@dry_run_option
@json_option
@common_options
@click.pass_obj
def init(
    terminal: Terminal,
    name: str,
    organization: str | None,
    account: str | None,
    region: str | None,
    zones: tuple[str, ...],
    cidr: str | None,
    directory: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write the hub's stack file, with a log archive and a findings intake, and the schema for editors.

    Beside the directory goes a Pulumi.yaml, unless there is one: `landline up` needs a Pulumi project.
    Asks for what is left out when run in a terminal, and names what is missing elsewhere.
    """
    from landline.onboarding.beginning import NewHub, new_hub, project_text
    from landline.settings.schema import schema_text
    from landline.settings.stack_file import write_text

    ask = Asker()
    hub = NewHub(
        name=name,
        organization=ask("--organization", organization, "Organisation, such as o-a1b2c3d4e5"),
        account=ask("--account", account, "The hub's AWS account id, twelve digits"),
        region=ask("--region", region, "Region, such as eu-west-1"),
        zones=zones or tuple(ask("--zone", None, "AZ ids, such as euw1-az1 euw1-az2").split()),
        cidr=ask("--cidr", cidr, "The hub's range, such as 10.0.0.0/20"),
    )
    ask.done()
    made = _made(directory)
    try:
        apply(
            terminal,
            directory,
            lambda: new_hub(directory, hub),
            then=lambda _: "landline request new SPOKE, for the first spoke",
            dry_run=dry_run,
            as_json=as_json,
        )
        if not dry_run:
            write_text(directory / "schema.json", schema_text())
            project = directory.resolve().parent / "Pulumi.yaml"
            if not project.exists():
                write_text(project, project_text(directory.name))
    finally:
        for folder in made:
            # A dry run and a refusal leave nothing behind.
            if not any(folder.iterdir()):
                folder.rmdir()


def _made(directory: Path) -> tuple[Path, ...]:
    """Make the directory and those above it; gives those that were not there, the innermost first."""
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be made: {error.strerror}; name another: --stacks DIR"
        ) from error
    return tuple(missing)
