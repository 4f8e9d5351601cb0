"""`landline review`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import found, stacks_option
from landline.errors import UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="Say what a change of stack files does.",
    epilog=examples("landline review", "landline review --base origin/main --markdown > comment.md"),
)
@click.option(
    "--base",
    default="HEAD",
    show_default=True,
    metavar="REVISION",
    help="The git revision to compare the stack files with.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown for a pull request's comment.")
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@json_option
@common_options
@click.pass_obj
def review(
    terminal: Terminal, base: str, stacks_directory: Path | None, *, as_markdown: bool, as_json: bool
) -> int:
    """Say what a change of stack files does: who gains and loses what, what it touches, costs and loosens.

    Compares the files as they lie here with those of a git revision. Exits 2 when the change cannot stand:
    broken files, another team's account, access that nobody requested.
    """
    from landline.onboarding import review_text
    from landline.onboarding.review import review as compare
    from landline.onboarding.revision import stacks_at

    if as_markdown and as_json:
        raise UsageError("--markdown and --json exclude each other; give one")
    directory = found(stacks_directory)
    with stacks_at(directory, base) as before:
        shown = compare(before, directory)
    if as_json:
        terminal.result(json.dumps(review_text.document(shown), indent=2))
    else:
        terminal.result(review_text.markdown(shown) if as_markdown else review_text.text(shown))
    return ExitCode.USAGE if shown.refused else ExitCode.DONE
