"""`landline schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples
from landline.cli.stacks_directory import found, stacks_option
from landline.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="Print the JSON Schema of a stack file.",
    epilog=examples("landline schema", "landline schema --write"),
)
@click.option(
    "--write", is_flag=True, help="Write it to schema.json beside the stack files, where editors find it."
)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@common_options
@click.pass_obj
def schema(terminal: Terminal, stacks_directory: Path | None, *, write: bool) -> None:
    """Print the JSON Schema of a stack file."""
    from landline.settings.schema import schema_text

    text = schema_text()
    if not write:
        terminal.result(text.removesuffix("\n"))
        return
    file = found(stacks_directory) / "schema.json"
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be written: {error.strerror}; make it a file that you may write"
        ) from error
    terminal.progress(f"wrote {file}")
