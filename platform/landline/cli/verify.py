"""`landline verify`."""

from __future__ import annotations

import gc
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.described_in import described_in
from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, stacks_option
from landline.errors import UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from landline.cli.terminal import Terminal
    from landline.proof import Grants


@click.command(
    short_help="Prove a snapshot or a plan, or show the path that leaks.",
    epilog=examples(
        "landline verify --dump dump --grants grants.json",
        "pulumi preview --json --show-sames | landline verify --plan - --dump dump --stacks stacks",
        "landline verify --state hub.json --state payments.json --stacks stacks",
        "landline verify --dump dump --stacks stacks --json --strict",
        "landline verify --dump dump --stacks stacks --require logging",
    ),
)
@click.option(
    "--dump",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A snapshot: <account>/<region>/*.json as the AWS CLI prints it, such as `landline dump` writes.",
)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="FILE",
    help="A preview to prove before it is made, from `pulumi preview --json --show-sames`; - reads stdin. "
    "Laid over the dump and the states; several in order.",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="FILE",
    help="A stack's recorded state, from `pulumi stack export`, for accounts that the dump does not show.",
)
@click.option(
    "--grants",
    "grants_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who may reach what, as JSON.",
)
@stacks_option("Take who may reach what from the grants in these stack files.")
@click.option(
    "--hub", metavar="STACK", help="The hub whose grants to take, where the stack files hold several."
)
@click.option(
    "--require",
    multiple=True,
    type=click.Choice(["logging"]),
    help="Check an optional rule too; logging: flow logs of all traffic and Resolver query logs in every VPC "
    "(unlogged-network).",
)
@click.option("--strict", is_flag=True, help="Latent findings fail too.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print a SARIF 2.1.0 log on stdout.")
@json_option
@common_options
@click.pass_obj
def verify(
    terminal: Terminal,
    dump: Path | None,
    plans: tuple[str, ...],
    states: tuple[str, ...],
    grants_file: Path | None,
    stacks_directory: Path | None,
    hub: str | None,
    require: tuple[str, ...],
    *,
    strict: bool,
    as_sarif: bool,
    as_json: bool,
) -> int:
    """Prove that networks reach nothing but what was granted, or show the path that does.

    They are those of a dump, of stacks as Pulumi recorded them, or as a preview would make them. What a
    preview does not tell yet, and the verdict hangs on, makes it unproven. Without grants the rules about
    who may connect are not checked, and the report says so.
    """
    from landline import network, proof, report

    if as_json and as_sarif:
        raise UsageError("--json and --sarif are two forms of one report; give one of them")
    grants = read_grants(grants_file, stacks_directory, hub)
    snapshot, sources = _snapshot(dump, plans, states, stacks_directory)
    with _without_cycle_collection():
        model = network.read(snapshot)
        if dump is not None and not plans and not model.places:
            terminal.error(
                f"{dump} is no dump: no {dump}/<account>/<region>/*.json holds what the AWS CLI prints; "
                "write one with `landline dump --out DIR`"
            )
        verdict = proof.verify(model, grants, evidence="plan" if plans else None, require=require)
    if as_sarif:
        if dump is not None:
            sources = described_in(dump, verdict) | sources
        text = report.as_sarif(verdict, sources)
    elif as_json:
        text = report.as_json(verdict)
    else:
        text = report.as_text(verdict, lambda path: proof.described(model, path))
    terminal.result(text.removesuffix("\n"))
    latent = sum(finding.severity == "latent" for finding in verdict.findings)
    if strict and latent and verdict.exit_code != ExitCode.FINDING:
        terminal.warning(
            f"--strict: {latent} latent finding{'s' if latent > 1 else ''} fail{'s' if latent == 1 else ''}"
        )
        return ExitCode.FINDING
    return verdict.exit_code


@contextmanager
def _without_cycle_collection() -> Iterator[None]:
    """Reading and proving make many values and no cycles: looking for some is time lost."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _snapshot(
    dump: Path | None, plans: tuple[str, ...], states: tuple[str, ...], stacks: Path | None
) -> tuple[Path | Mapping[str, bytes], dict[str, str]]:
    """Return what to prove, and the file of each resource as far as a plan tells it."""
    if not plans and not states:
        if dump is None:
            raise UsageError("nothing to prove; give --dump DIR, --plan FILE or --state FILE")
        return dump, {}
    from landline.estate import directory
    from landline.estate.plan import planned, read_plan

    if (plans + states).count("-") > 1:
        raise UsageError("- is standard input, which can be read once; give files for the others")
    places: dict[str, tuple[str, str]] = {}
    if stacks is not None:
        estate = estate_of(stacks)
        places = {stack.name: (estate.account_of(stack), stack.region) for stack in estate}
    snapshot: Mapping[str, bytes] | None = None if dump is None else directory.read(dump)
    sources: dict[str, str] = {}
    for kind, files in (("--state", states), ("--plan", plans)):
        for file in files:
            plan = read_plan(_content(file), f"{kind} {file}")
            if plan.recorded != (kind == "--state"):
                other = "--state" if plan.recorded else "--plan"
                raise UsageError(f"{kind} {file}: is for {other}; write {other} {file}")
            laid = planned(plan, snapshot, places)
            snapshot = laid.snapshot
            for name, source in laid.sources.items():
                where = f"{stacks}/Pulumi.{source.stack}.yaml" if stacks else source.position
                if where:
                    sources[name] = where
    return snapshot or {}, sources


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be read: {error.strerror}; give a file that you may read"
        ) from error


def read_grants(file: Path | None, stacks: Path | None, hub: str | None) -> Grants | None:
    """Return who may reach what, as the options of several commands say it; None where they do not."""
    from landline import proof

    if file is not None and stacks is not None:
        raise UsageError("--grants and --stacks both say who may reach what; give one of them")
    if hub is not None and stacks is None:
        raise UsageError(f"--hub {hub} chooses among the hubs of stack files; give --stacks too")
    if file is not None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{file}: cannot be read: {error.strerror}; give a file that you may read"
            ) from error
        return proof.read_grants(content)
    if stacks is not None:
        from landline.onboarding.grants import grants_document

        return proof.read_grants(json.dumps(grants_document(estate_of(stacks), hub)).encode())
    return None
