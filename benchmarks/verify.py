"""How long `landline verify` takes on large estates, against what reading their JSON takes.

Run it from a checkout whose environment is set up: ``python -m benchmarks.verify [--runs N] [--json]``.
Every figure is of whole processes, start-up included: `landline verify --dump DIR --grants FILE --json`, and
a Python that calls the standard library's `json.load` on the same files and does nothing else. The two take
turns, so that a busy machine slows both alike; ratios are of neighbouring runs. The first run of each warms
the file and byte-code caches and does not count. Exit code 1 when a limit is broken.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LANDLINE = "import sys; from landline.cli import main; main()"
JSON_LOAD = """
import json, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            json.load(file)
"""
RATIO, GROWTH, MEMORY, MESH, HELP = 1.5, 1.1, 4.0, 5.0, 0.2
"""Limits: times json.load; exponent from 1,000 to 10,000 VPCs; times the dump; times isolated; seconds."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds of wall clock and of CPU, and its peak memory in bytes, children included."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Case:
    """An estate on disk, and what `landline verify` must answer."""

    name: str
    vpcs: int
    directory: Path
    size: int
    files: int
    exit_code: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What one estate took, over all counted runs. Times are in seconds of wall clock."""

    estate: str
    vpcs: int
    megabytes: float
    files: int
    fastest: float
    median: float
    slowest: float
    cpu: float
    json_load: float
    json_load_cpu: float
    ratio: float
    """The median of each run's time over that of its neighbouring json.load."""
    ratio_range: tuple[float, float]
    cpu_ratio: float
    """The same of CPU time, which other processes disturb less."""
    peak_megabytes: float
    peak_over_dump: float


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit, and what was measured."""

    what: str
    measured: float
    limit: float | None
    """None for what is shown and not limited."""

    @property
    def kept(self) -> bool:
        """Whether the measured value is within the limit."""
        return self.limit is None or self.measured <= self.limit


def run(arguments: list[str], exit_code: int = 0) -> Run:
    """Run a Python to its end. Raises RuntimeError if it ends with another exit code."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(sys.executable, [sys.executable, *arguments], environment, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != exit_code:
        got = os.waitstatus_to_exitcode(status)
        raise RuntimeError(f"python {' '.join(arguments[2:])} ended with {got} instead of {exit_code}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def verify(case: Case) -> Run:
    """Run `landline verify` on an estate."""
    where = ["--dump", str(case.directory / "dump"), "--grants", str(case.directory / "grants.json")]
    return run(["-c", LANDLINE, "verify", *where, "--json"], case.exit_code)


def json_load(case: Case) -> Run:
    """Read an estate's files with `json.load`."""
    return run(["-c", JSON_LOAD, str(case.directory / "dump")])


def make(directory: Path, name: str, vpcs: int, *options: str) -> Case:
    """Write an estate.

    A process of its own makes it: a child's peak memory counts what its parent had when it was forked.
    """
    where = directory / name.replace(" ", "-")
    run(["-m", "benchmarks.estates", str(where), "--vpcs", str(vpcs), *options])
    files = [path.stat().st_size for path in (where / "dump").rglob("*.json")]
    return Case(name, vpcs, where, sum(files), len(files), 1 if "--mesh" in options else 0)


def measured(case: Case, runs: int) -> Figure:
    """The figures of an estate, of `runs` turns after one that does not count."""
    turns = [(json_load(case), verify(case)) for _ in range(runs + 1)][1:]
    ours = sorted(turn.wall for _, turn in turns)
    ratios = sorted(turn.wall / base.wall for base, turn in turns)
    peak = max(turn.peak for _, turn in turns)
    return Figure(
        estate=case.name,
        vpcs=case.vpcs,
        megabytes=round(case.size / 1e6, 1),
        files=case.files,
        fastest=round(ours[0], 3),
        median=round(statistics.median(ours), 3),
        slowest=round(ours[-1], 3),
        cpu=round(min(turn.cpu for _, turn in turns), 3),
        json_load=round(statistics.median(base.wall for base, _ in turns), 3),
        json_load_cpu=round(min(base.cpu for base, _ in turns), 3),
        ratio=round(statistics.median(ratios), 2),
        ratio_range=(round(ratios[0], 2), round(ratios[-1], 2)),
        cpu_ratio=round(statistics.median(turn.cpu / base.cpu for base, turn in turns), 2),
        peak_megabytes=round(peak / 1e6, 1),
        peak_over_dump=round(peak / case.size, 2),
    )


def bounds(figures: dict[str, Figure], mesh: list[float], helps: list[Run]) -> list[Bound]:
    """Compare the figures with the limits."""
    least, small, large = (figures[name] for name in ("2", "1,000", "10,000"))
    found = [
        Bound(f"times json.load, {one.estate} VPCs", one.ratio, RATIO)
        for one in figures.values()
        if one.vpcs == large.vpcs
    ]
    decades = math.log(large.vpcs / small.vpcs)
    growth = math.log(large.fastest / small.fastest) / decades
    found.append(Bound("exponent of growth, 1,000 to 10,000 VPCs", round(growth, 2), GROWTH))
    # Start-up flatters growth. What is left without it is small at 1,000 VPCs, and so no limit hangs on it.
    growth = math.log((large.cpu - least.cpu) / (small.cpu - least.cpu)) / decades
    found.append(Bound("the same of CPU time, without start-up", round(growth, 2), None))
    found += [
        Bound(f"peak memory over the dump's size, {one.estate} VPCs", one.peak_over_dump, MEMORY)
        for one in figures.values()
        if one.vpcs == large.vpcs
    ]
    name = "200 VPCs in a mesh with 50 route tables, times 200 isolated"
    found.append(Bound(name, round(statistics.median(mesh), 2), MESH))
    joined, isolated = figures["200 in a mesh"].cpu, figures["200 isolated"].cpu
    found.append(Bound("the same of CPU time", round(joined / isolated, 2), MESH))
    found.append(Bound("landline --help, seconds (fastest)", round(min(one.wall for one in helps), 2), HELP))
    found.append(Bound("the same of CPU time", round(min(one.cpu for one in helps), 2), HELP))
    return found


def main() -> int:
    """Measure and print tables, or one JSON document."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="turns that count (default: 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="landline-benchmark-") as temporary:
        directory = Path(temporary)
        cases = [make(directory, f"{vpcs:,}", vpcs) for vpcs in (2, 100, 1000, 10000)]
        cases.append(make(directory, "10,000 compact", 10000, "--compact"))
        figures = {case.name: measured(case, options.runs) for case in cases}
        isolated = make(directory, "200 isolated", 200, "--clients")
        mesh = make(directory, "200 in a mesh", 200, "--clients", "--mesh", "50")
        figures |= {case.name: measured(case, options.runs) for case in (isolated, mesh)}
        pairs = [verify(mesh).wall / verify(isolated).wall for _ in range(options.runs)]
    helps = [run(["-c", LANDLINE, "--help"]) for _ in range(options.runs + 1)][1:]
    found = bounds(figures, pairs, helps)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs"
    if options.json:
        document = {
            "machine": machine,
            "runs": options.runs,
            "figures": [asdict(one) for one in figures.values()],
            "bounds": [{**asdict(one), "kept": one.kept} for one in found],
        }
        print(json.dumps(document, indent=2))
    else:
        print(f"{machine}; {options.runs} runs\n")
        print_tables(list(figures.values()), found)
    return 0 if all(one.kept for one in found) else 1


def print_tables(figures: list[Figure], found: list[Bound]) -> None:
    """Print the figures and the limits as Markdown."""
    print("| VPCs | MB | files | verify s: fastest | median | slowest | CPU ", end="")
    print("| json.load s: median | CPU | ratio (range) | of CPU | peak MB |")
    print("| --- |" + 11 * " ---: |")
    for one in figures:
        low, high = one.ratio_range
        print(
            f"| {one.estate} | {one.megabytes} | {one.files} | {one.fastest:.2f} | {one.median:.2f} "
            f"| {one.slowest:.2f} | {one.cpu:.2f} | {one.json_load:.2f} | {one.json_load_cpu:.2f} "
            f"| {one.ratio:.2f} ({low:.2f} to {high:.2f}) | {one.cpu_ratio:.2f} | {one.peak_megabytes:.0f} |"
        )
    print("\n| limit | measured | at most | |\n| --- | ---: | ---: | --- |")
    for bound in found:
        kept = "" if bound.limit is None else "kept" if bound.kept else "**broken**"
        print(f"| {bound.what} | {bound.measured:.2f} | {bound.limit or ''} | {kept} |")


if __name__ == "__main__":
    sys.exit(main())
