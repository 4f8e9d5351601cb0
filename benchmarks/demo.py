"""How long `landline demo` and `landline --help` take, against what importing Pulumi's AWS SDK alone takes.

Run it from a checkout whose environment is set up: ``python benchmarks/demo.py [--runs N] [--json]``. The
first run of each command warms the byte-code and file caches and does not count; the rest run in turns, so
that a busy machine slows all of them alike. The median counts. Exits with 1 when a limit is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LANDLINE = "import sys; from landline.cli import run; sys.exit(run(sys.argv[1:]))"
COMMANDS = {
    'python -c "import pulumi_aws.ec2"': ["-c", "import pulumi_aws.ec2"],
    # The import alone leaves the package unread: Pulumi's SDK reads it when its first class is asked for.
    'python -c "import pulumi_aws.ec2; pulumi_aws.ec2.Vpc"': ["-c", "import pulumi_aws.ec2 as e; e.Vpc"],
    "landline demo": ["-c", LANDLINE, "demo", "--json", "--quiet"],
    "landline --help": ["-c", LANDLINE, "--help"],
    "landline check": ["-c", LANDLINE, "check"],
}
BASE = next(iter(COMMANDS))
LIMITS = {"landline demo": "at most 10 times, aim 5", "landline --help": "at most 0.2 s"}
MOST_TIMES = 10
"""How many times the import the demo may take."""
MOST_SECONDS = 0.2
"""How long the help may take."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One command's times, in seconds of wall clock."""

    command: str
    median: float
    fastest: float
    slowest: float
    times_the_import: float
    limit: str


def seconds(arguments: list[str]) -> float:
    """How long one run takes. Raises CalledProcessError if the command fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - the commands above
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def measured(runs: int) -> list[Figure]:
    """The figures of `runs` turns."""
    for arguments in COMMANDS.values():
        seconds(arguments)
    turns = [{name: seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(runs)]
    medians = {name: statistics.median(turn[name] for turn in turns) for name in COMMANDS}
    return [
        Figure(
            command=name,
            median=round(median, 3),
            fastest=round(min(turn[name] for turn in turns), 3),
            slowest=round(max(turn[name] for turn in turns), 3),
            times_the_import=round(median / medians[BASE], 2),
            limit=LIMITS.get(name, ""),
        )
        for name, median in medians.items()
    ]


def main() -> int:
    """Measure and print a table, or one JSON document."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="turns that count (default: 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    figures = measured(options.runs)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs"
    if options.json:
        document = {"machine": machine, "runs": options.runs, "figures": [asdict(one) for one in figures]}
        print(json.dumps(document, indent=2))
        return broken(figures)
    print(f"{machine}; median of {options.runs} runs\n")
    print("| command | median s | fastest | slowest | times the import | limit |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for one in figures:
        print(
            f"| `{one.command}` | {one.median:.2f} | {one.fastest:.2f} | {one.slowest:.2f} "
            f"| {one.times_the_import:.1f} | {one.limit} |"
        )
    return broken(figures)


def broken(figures: list[Figure]) -> int:
    """1 where a limit is broken, with a line on stderr for each; else 0."""
    found = [
        f"{one.command}: {one.times_the_import:.1f} times the import, at most {MOST_TIMES}"
        for one in figures
        if one.command == "landline demo" and one.times_the_import > MOST_TIMES
    ] + [
        f"{one.command}: {one.median:.2f} s, at most {MOST_SECONDS} s"
        for one in figures
        if one.command == "landline --help" and one.median > MOST_SECONDS
    ]
    for line in found:
        print(f"limit broken: {line}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
