"""How long `landline up` takes for a spoke on the real engine, in estates of 5 and of 20 spokes.

Run it from a checkout with an engine: ``python -m benchmarks.lifecycle [--spokes 5 20] [--parallel 2]``. Each
estate goes into a served sandbox of its own: a hub with one service, and for each spoke its grant and its
network. The hub is deployed first and does not count. It exits with 1 when the limit is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landline.deploy.engine import find_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

LANDLINE = str(Path(sys.executable).with_name("landline"))
LIMIT = 1.3
"""Times that a spoke may take in the largest estate, of what it takes in the smallest."""

HUB = """\
config:
  aws:region: eu-west-1
  landline:hub:
    organization: o-a1b2c3d4e5
    account: "111111111111"
    network: {cidr: 10.0.0.0/20, zones: [euw1-az1, euw1-az2]}
    services:
      logging:
        backend: {kind: targets, target_type: ip, targets: [10.0.0.10], port: 8443}
        ports: [443]
        lane: standing
"""
SPOKE = """\
config:
  aws:region: eu-west-1
  landline:spoke:
    hub: hub
    team: s{number}
    contact: s{number}@example.com
    account: "{account}"
    network: {{cidr: 10.{number}.0.0/20, zones: [euw1-az1, euw1-az2]}}
    services: {{logging: {{reason: ship application logs}}}}
    aws: [s3, sts]
"""
GRANT = """\
config:
  aws:region: eu-west-1
  landline:grant: {{hub: hub, spoke: s{number}, services: {{logging: {{approved: SEC-1}}}}}}
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One estate's times, in seconds of wall clock."""

    spokes: int
    parallel: int
    hub: float
    per_spoke: float
    resources: int
    """Made for the spokes and their grants, components not counted."""
    resources_per_second: float
    no_change: float
    """A second `up` of everything."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """What begins before any resource, in seconds."""

    command: float
    """The engine's shortest command."""
    operation: float
    """An `up` of a stack that does not change, the command line's own start-up included."""


def write_estate(directory: Path, spokes: int) -> None:
    """A hub and so many spokes with their grants."""
    directory.mkdir()
    (directory / "Pulumi.hub.yaml").write_text(HUB)
    for number in range(1, spokes + 1):
        account = f"2{number:011}"
        (directory / f"Pulumi.s{number}.yaml").write_text(SPOKE.format(number=number, account=account))
        (directory / f"Pulumi.grant-s{number}.yaml").write_text(GRANT.format(number=number))


@contextmanager
def sandbox(directory: Path) -> Iterator[dict[str, str]]:
    """A served sandbox; gives the environment that leads to it."""
    environment = os.environ | {"LANDLINE_SANDBOX": str(directory / "sandbox.json")}
    environment.pop("PULUMI_BACKEND_URL", None)
    with subprocess.Popen(  # noqa: S603 - our own command
        [LANDLINE, "sandbox", "serve"], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            while not (directory / "sandbox.json").exists():
                if process.poll() is not None:
                    raise SystemExit("landline sandbox serve ended by itself")
                time.sleep(0.05)
            yield environment
        finally:
            process.terminate()


def up(environment: dict[str, str], stacks: Path, parallel: int, *names: str) -> tuple[float, int]:
    """How long an `up` takes, and how many resources it makes."""
    begin = time.perf_counter()
    ran = subprocess.run(  # noqa: S603 - our own command
        [LANDLINE, "up", *names, "--sandbox", "--json", "--stacks", stacks, "--parallel", str(parallel)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.perf_counter() - begin
    events: list[dict[str, Any]] = [json.loads(line) for line in ran.stdout.splitlines()]
    made = sum(
        1
        for event in events
        if event["event"] == "step"
        and (event["phase"], event["state"], event["op"]) == ("up", "done", "create")
        and event["type"].startswith("aws:")
    )
    return seconds, made


def measured(spokes: int, parallel: int) -> tuple[Figure, StartUp]:
    """The figures of one estate."""
    with tempfile.TemporaryDirectory(prefix="landline-benchmark-") as name:
        stacks = Path(name) / "stacks"
        write_estate(stacks, spokes)
        with sandbox(Path(name)) as environment:
            hub, _ = up(environment, stacks, parallel, "hub")
            same, _ = up(environment, stacks, parallel, "hub")
            rest = sorted(file.name.split(".")[1] for file in stacks.iterdir() if "hub" not in file.name)
            seconds, made = up(environment, stacks, parallel, *rest)
            again, _ = up(environment, stacks, parallel)
    engine = find_engine().path
    begin = time.perf_counter()
    subprocess.run([engine, "version"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the engine found
    start = StartUp(round(time.perf_counter() - begin, 2), round(same, 2))
    figure = Figure(
        spokes,
        parallel,
        round(hub, 1),
        round(seconds / spokes, 2),
        made,
        round(made / seconds, 1),
        round(again, 1),
    )
    return figure, start


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spokes", type=int, nargs="+", default=[5, 20], metavar="N")
    parser.add_argument("--parallel", type=int, default=2, metavar="N")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = [measured(spokes, given.parallel) for spokes in sorted(given.spokes)]
    ratio = round(figures[-1][0].per_spoke / figures[0][0].per_spoke, 2)
    if given.json:
        document = {
            "estates": [asdict(figure) for figure, _ in figures],
            "start_up": asdict(figures[0][1]),
            "ratio": ratio,
            "limit": LIMIT,
        }
        print(json.dumps(document, indent=2))
    else:
        print("| spokes | side by side | hub s | s per spoke | resources | resources/s | second up s |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for figure, _ in figures:
            print("|", " | ".join(str(value) for value in asdict(figure).values()), "|")
        start = figures[0][1]
        print(f"\nStart-up: engine {start.command} s a command; an up without changes {start.operation} s.")
        print(f"A spoke takes {ratio} times as long in the largest estate; limit {LIMIT}.")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
