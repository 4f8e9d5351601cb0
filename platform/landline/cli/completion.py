"""`landline completion`."""

from __future__ import annotations

import click

from landline.cli.options import common_options, examples
from landline.cli.terminal import Terminal


@click.command(
    short_help="Print a shell's completion script.",
    epilog=examples(
        'eval "$(landline completion bash)"',
        "landline completion fish > ~/.config/fish/completions/landline.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common_options
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in SHELL."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    terminal = context.ensure_object(Terminal)
    terminal.result(kind(context.find_root().command, {}, "landline", "_LANDLINE_COMPLETE").source())
