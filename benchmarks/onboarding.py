"""How long the commands of onboarding take on many stack files.

Run it from a checkout whose environment is set up: ``python -m benchmarks.onboarding [--runs N] [--json]``.
It writes a hub and up to 1,000 spokes with their grants into a git repository of its own, and times
`landline check` on all of them and on one, and `landline review` of a change to one. The median counts. Exits
with 1 when a limit is broken.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

HUB = (Path(__file__).parent.parent / "stacks" / "Pulumi.hub.yaml").read_text(encoding="utf-8")
SPOKES = (100, 1_000)
LIMITS = {("check all", 1_000): 10.0, ("check one", 100): 2.0, ("review", 1_000): 5.0}
"""Seconds of wall clock by command and number of spokes. All files are read for one, too."""
STEEPEST = 1.1
"""The exponent of `check all` between the two sizes, start-up apart."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One command on one size, in seconds of wall clock."""

    command: str
    spokes: int
    median: float
    fastest: float
    slowest: float
    limit: float | None


def write(directory: Path, spokes: int) -> None:
    """A hub, and `spokes` spokes of accounts of their own, each granted one service."""
    (directory / "Pulumi.hub.yaml").write_text(HUB, encoding="utf-8")
    for number in range(spokes):
        name = f"spoke-{number:04}"
        (directory / f"Pulumi.{name}.yaml").write_text(
            "config:\n"
            "  aws:region: eu-west-1\n"
            "  landline:spoke:\n"
            "    hub: hub\n"
            f"    team: team-{number}\n"
            f"    contact: team-{number}@example.com\n"
            f'    account: "{200_000_000_000 + number}"\n'
            f"    network: {{cidr: 10.{number // 250}.{number % 250}.0/24, zones: [euw1-az1, euw1-az2]}}\n"
            "    services:\n"
            "      logging: {reason: ship application logs, until: 2099-06-30}\n"
            "    aws: [s3, dynamodb, kms]\n",
            encoding="utf-8",
        )
        (directory / f"Pulumi.grant-{name}.yaml").write_text(
            "config:\n"
            "  aws:region: eu-west-1\n"
            "  landline:grant:\n"
            "    hub: hub\n"
            f"    spoke: {name}\n"
            "    services: {logging: {until: 2099-06-30, approved: SEC-1}}\n",
            encoding="utf-8",
        )


def seconds(where: Path, *arguments: str) -> float:
    """How long one command takes. Raises CalledProcessError if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    program = "import sys; from landline.cli import run; sys.exit(run(sys.argv[1:]))"
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - this environment's own command
        [sys.executable, "-c", program, *arguments],
        cwd=where,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def git(where: Path, *arguments: str) -> None:
    """One git command, as a user of its own."""
    who = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com")
    subprocess.run(["git", *who, *arguments], cwd=where, check=True)  # noqa: S603, S607 - the user's git


def measured(spokes: int, runs: int) -> list[Figure]:
    """The figures of one size."""
    with TemporaryDirectory(prefix="landline-benchmark-") as folder:
        where = Path(folder)
        (where / "stacks").mkdir()
        write(where / "stacks", spokes)
        git(where, "init", "--quiet")
        git(where, "add", ".")
        git(where, "commit", "--quiet", "--message", "Begin")
        renewed = where / "stacks" / "Pulumi.grant-spoke-0007.yaml"
        renewed.write_text(
            renewed.read_text(encoding="utf-8").replace("2099-06", "2099-12"), encoding="utf-8"
        )
        commands = {"check all": ("check",), "check one": ("check", "spoke-0007"), "review": ("review",)}
        seconds(where, "check")
        turns = [{name: seconds(where, *words) for name, words in commands.items()} for _ in range(runs)]
    return [
        Figure(
            command=name,
            spokes=spokes,
            median=round(statistics.median(turn[name] for turn in turns), 2),
            fastest=round(min(turn[name] for turn in turns), 2),
            slowest=round(max(turn[name] for turn in turns), 2),
            limit=LIMITS.get((name, spokes)),
        )
        for name in commands
    ]


def main() -> int:
    """Measure, print, and tell whether all limits hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="how often each command runs (default: 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    start_up = statistics.median(seconds(Path.cwd(), "--help") for _ in range(options.runs))
    figures = [figure for spokes in SPOKES for figure in measured(spokes, options.runs)]
    few, many = (figure.fastest for figure in figures if figure.command == "check all")
    exponent = math.log((many - start_up) / (few - start_up)) / math.log(SPOKES[1] / SPOKES[0])
    broken = [figure for figure in figures if figure.limit is not None and figure.median > figure.limit]
    if options.json:
        document = {"figures": [asdict(figure) for figure in figures], "exponent": round(exponent, 2)}
        print(json.dumps(document, indent=2))
    else:
        print("| command | spokes | median s | fastest | slowest | at most |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for figure in figures:
            limit = "" if figure.limit is None else f"{figure.limit:g}"
            times = f"{figure.median} | {figure.fastest} | {figure.slowest}"
            print(f"| {figure.command} | {figure.spokes:,} | {times} | {limit} |")
        print(f"\n`check all` grows with the exponent {exponent:.2f}, start-up apart (at most {STEEPEST}).")
    return 1 if broken or exponent > STEEPEST else 0


if __name__ == "__main__":
    sys.exit(main())
