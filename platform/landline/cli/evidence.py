"""`landline evidence`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landline.cli.options import common_options, examples
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.errors import UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal

TOOLS = ("landline", "pulumi", "pulumi-aws", "boto3")


@click.command(
    short_help="Write down why a spoke has access, or check what was written.",
    epilog=examples(
        "landline evidence payments --dump dump --out payments.json",
        "landline evidence --check payments.json",
    ),
)
@click.argument("spoke", required=False)
@click.option(
    "--dump",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The snapshot to prove and to take connections from, as `landline dump` writes it.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the document goes (default: evidence-SPOKE.json), with a page in .html beside it.",
)
@click.option(
    "--check",
    "checked",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check a document: that it is whole and as it was written.",
)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@common_options
@click.pass_obj
def evidence(
    terminal: Terminal,
    spoke: str | None,
    dump: Path | None,
    out: Path | None,
    checked: Path | None,
    stacks_directory: Path | None,
) -> int:
    """Write down why a spoke has access: requests, approvals, commits, connections, the proof and a refusal.

    The document carries a digest of itself and of the snapshot, and the proof of the whole snapshot: the exit
    code is that of `landline verify`. Each request and grant names the commit that wrote it as it stands;
    what no commit holds is said. With `--check` it exits 1 when the document is not as it was written; with
    `--dump` too, when it is not of that snapshot.
    """
    if checked is not None:
        if spoke is not None or out is not None:
            raise UsageError("--check reads a document and writes none; leave SPOKE and --out out")
        return _check(terminal, checked, dump)
    if spoke is None or dump is None:
        raise UsageError("whose evidence, from what? Give SPOKE and --dump DIR, or --check FILE")
    document = _document(terminal, spoke, dump, found(stacks_directory))
    file = Path(f"evidence-{spoke}.json") if out is None else out
    from landline.onboarding.evidence import page
    from landline.settings.stack_file import write_text

    write_text(file, json.dumps(document, indent=2) + "\n")
    write_text(file.with_suffix(".html"), page(document))
    terminal.result(f"wrote {file} and {file.with_suffix('.html')}")
    terminal.result(f"{document['proof']['verdict']} ({document['proof']['evidence']}), {document['digest']}")
    for finding in document["proof"]["findings"]:
        if finding["severity"] == "violation":
            terminal.result(f"  {finding['rule']}: {finding['message']}")
    return _ENDS[document["proof"]["verdict"]]


_ENDS = {"proven": ExitCode.DONE, "violated": ExitCode.FINDING, "unproven": ExitCode.UNPROVEN}


def _check(terminal: Terminal, file: Path, dump: Path | None) -> int:
    from landline.estate import directory
    from landline.onboarding.evidence import digest_of_snapshot, flaws

    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file}: is no JSON: {error}; give a file that landline evidence wrote") from error
    wrong = list(flaws(document))
    if dump is not None and not wrong:
        digest = digest_of_snapshot(directory.read(dump))
        if document["snapshot"]["digest"] != digest:
            wrong.append(f"is of the snapshot {document['snapshot']['digest']}, and {dump} is {digest}")
    for line in wrong:
        terminal.result(f"{file}: {line}")
    if wrong:
        return ExitCode.FINDING
    terminal.result(f"{file}: as it was written, {document['created']}, {document['digest']}")
    return ExitCode.DONE


def _document(terminal: Terminal, spoke: str, dump: Path, directory: Path) -> dict[str, Any]:
    from landline.cli import proving
    from landline.cli.observing import observe
    from landline.estate import directory as directory_of
    from landline.onboarding.evidence import digest_of_snapshot, sealed
    from landline.onboarding.history import history
    from landline.onboarding.status import Sources, status

    estate = estate_of(directory)
    settings = estate.spoke(spoke)
    snapshot = directory_of.read(dump)
    observed, verdict = observe(estate, snapshot, str(dump), (settings.hub,))
    written = history(directory, estate)
    now = datetime.now(UTC)
    lines = status(estate, Sources(written=written.entries, observed=observed), now.date(), spoke)
    for why in (*filter(None, (written.unread,)), *(note for line in lines for note in line.notes)):
        terminal.warning(why)
    terminal.progress("Having a stranger refused in the sandbox")
    probes = [
        probe
        for proof in proving.prove(estate, (spoke,), terminal.progress)
        for probe in proving.document(proof)["probes"]
    ]
    return sealed(
        {
            "spoke": {
                "name": spoke,
                "account": settings.account,
                "team": settings.team,
                "contact": settings.contact,
                "principal": f"{settings.account} (all of the account)",
            },
            "lines": [asdict(line) for line in lines],
            "unread": [written.unread] if written.unread else [],
            "proof": verdict,
            "negative_probe": {"evidence": "wiring", "probes": probes},
            "snapshot": {"source": str(dump), "digest": digest_of_snapshot(snapshot)},
            "versions": {name: _version(name) for name in TOOLS},
            "created": now.isoformat(timespec="seconds"),
        }
    )


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
