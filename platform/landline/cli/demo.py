"""`landline demo`."""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.cli.demonstration import Demonstration
    from landline.cli.terminal import Terminal


@click.command(
    short_help="Deploy, prove, leak, find, revoke, in the sandbox.",
    epilog=examples("landline demo", "landline demo --keep demo && landline verify --dump demo/leak"),
)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the snapshots before, leak and after, and the grants, to DIR.",
)
@json_option
@common_options
@click.pass_obj
def demo(terminal: Terminal, stacks_directory: Path | None, keep: Path | None, *, as_json: bool) -> None:
    """Deploy the stack files in the sandbox and prove them; open a leak and find it; revoke a grant.

    Everything runs on this machine, on a stand-in for AWS: no account, no credentials, no network. The demo
    checks each of its steps, and exits 4 if one does not come to what it must.
    """
    from landline.cli.demonstration import demonstrate
    from landline.testing.sandboxed import sandbox_beside

    # The sandbox's process begins before all else is read.
    with _without_garbage_collection(), sandbox_beside() as sandbox:
        from landline.cli.demo_text import Narrator, document, next_steps
        from landline.onboarding.grants import grants_document

        stacks = found(stacks_directory)
        described = estate_of(stacks)
        for name, waits in described.waiting.items():
            terminal.warning(f"{name} is left out: {waits}")
        estate = described.without_waiting()
        if keep is not None:
            _check_keepable(keep)
        with Narrator(terminal, estate, as_json=as_json) as narrator:
            shown = demonstrate(sandbox(estate), grants_document(estate), narrator.tell)
    if keep is not None:
        _keep(shown, keep)
    if as_json:
        terminal.result(json.dumps(document(shown, keep), indent=2))
    else:
        terminal.result(next_steps(stacks, keep))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """The demo is over before its garbage matters, and looking for it takes a quarter of the demo's time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What is there now stays out of every later search, the one at the end of the process too.
        gc.freeze()
        if was_enabled:
            gc.enable()


def _check_keepable(directory: Path) -> None:
    from landline.estate import check_replaceable

    for name in ("before", "leak", "after"):
        check_replaceable(directory.resolve() / name)


def _keep(shown: Demonstration, directory: Path) -> None:
    from landline.errors import UsageError
    from landline.estate import write

    for name, proof in (("before", shown.before), ("leak", shown.leaking), ("after", shown.after)):
        write(proof.snapshot, directory / name)
    try:
        for name, proof in (("grants", shown.before), ("grants-after", shown.after)):
            (directory / f"{name}.json").write_text(json.dumps(proof.grants, indent=2) + "\n")
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be written: {error.strerror}; choose another directory"
        ) from error
