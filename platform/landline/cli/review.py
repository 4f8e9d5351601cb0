"""`landline review`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import found, stacks_option
from landline.errors import UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.cli import proving
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
@click.option(
    "--prove",
    is_flag=True,
    help="Prove the touched stacks in the sandbox too, as they were and as they are now.",
)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@json_option
@common_options
@click.pass_obj
def review(
    terminal: Terminal,
    base: str,
    stacks_directory: Path | None,
    *,
    prove: bool,
    as_markdown: bool,
    as_json: bool,
) -> int:
    """Say what a change of stack files does: who gains and loses what, what it touches, costs and loosens.

    Compares the files as they lie here with those of a git revision. Exits 2 when the change cannot stand:
    broken files, another team's account, access that nobody requested. With `--prove` it exits 1 when what
    comes out is violated, and 3 when it is unproven or there is nothing to prove in what is left.
    """
    from landline.cli import proving
    from landline.onboarding import review_text
    from landline.onboarding.review import review as compare
    from landline.onboarding.revision import stacks_at

    if as_markdown and as_json:
        raise UsageError("--markdown and --json exclude each other; give one")
    directory = found(stacks_directory)
    proofs: dict[str, tuple[proving.HubProof, ...]] = {}
    with stacks_at(directory, base) as before:
        shown = compare(before, directory)
        if prove and shown.touched and not shown.refused:
            names = {stack.name for stack in shown.touched}
            for when, where in (("before", before), ("after", directory)):
                terminal.progress(f"Proving the stacks as they are {when} the change")
                proofs[when] = _proved(where, names, terminal)
    shown = replace(
        shown, proof=tuple(f"{when}: {line}" for when in proofs for line in _verdicts(proofs[when]))
    )
    if as_json:
        document = review_text.document(shown)
        document["proofs"] = {
            when: [proving.document(one) for one in found] for when, found in proofs.items()
        }
        terminal.result(json.dumps(document, indent=2))
    else:
        terminal.result(review_text.markdown(shown) if as_markdown else review_text.text(shown))
    if shown.refused:
        return ExitCode.USAGE
    ends = {proof.exit_code for proof in proofs.get("after", ())}
    if "after" in proofs and not ends and any(stack.how != "gone" for stack in shown.touched):
        terminal.error("nothing is proven: no touched stack hangs on a hub, and a proof is of a hub's lines")
        return ExitCode.UNPROVEN
    return next((code for code in (ExitCode.FINDING, ExitCode.UNPROVEN) if code in ends), ExitCode.DONE)


def _proved(directory: Path, names: set[str], terminal: Terminal) -> tuple[proving.HubProof, ...]:
    """The proofs of those of the named stacks that `directory` has; none where it has no hub or errors."""
    from landline.cli import proving
    from landline.settings import load_estate

    estate = load_estate(directory).estate if any(directory.iterdir()) else None
    known = names & estate.stacks.keys() if estate is not None else set()
    return proving.prove(estate, known, terminal.progress) if estate is not None and known else ()


def _verdicts(proofs: tuple[proving.HubProof, ...]) -> Iterator[str]:
    """One line for each hub; the whole proof of one that is not as it must be."""
    from landline.cli import proving

    if not proofs:
        yield "nothing to prove"
    for proof in proofs:
        first, *rest = proving.told(proof)
        yield first
        if proof.exit_code != ExitCode.DONE:
            yield from rest
