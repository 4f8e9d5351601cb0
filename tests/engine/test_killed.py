"""`kill -9` at ten random moments of the road: the next run ends in the same estate; the sandbox lives."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.road import LANDLINE, census, sandbox, write_hub, write_spoke

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from landline.deploy.engine import Engine
    from landline.sandbox.served import Served

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the engines in /proc"),
]


SEED = int(os.environ.get("LANDLINE_KILL_SEED", "20261126"))
MOMENTS = 10


@pytest.fixture
def served(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("LANDLINE_SANDBOX", str(tmp_path / "sandbox.json"))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    with sandbox(tmp_path) as serving:
        yield serving


@dataclass(frozen=True, slots=True)
class Ran:
    """A command's end, and what it said."""

    code: int
    said: str

    @classmethod
    def of(cls, process: subprocess.Popen[str]) -> Ran:
        said = process.communicate()[0]
        return cls(process.returncode, said)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]


def counts(event: dict[str, Any]) -> bool:
    """Whether a resource was begun or done with, previews apart: a moment at which a run can die."""
    return (event["event"], event.get("phase") == "preview") == ("step", False)


def start(stacks: Path, command: str, *arguments: str) -> subprocess.Popen[str]:
    options = ("--stacks", str(stacks), "--sandbox", "--parallel", "2", "--json")
    return subprocess.Popen(  # noqa: S603 - our own command
        [LANDLINE, command, *arguments, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill(stacks: Path, moment: int, command: str, *arguments: str) -> str:
    """Run a command, and kill it and its engines, all at once, at a moment, counted from 0.

    Gives what was under way.
    """
    process = start(stacks, command, *arguments)
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        event: dict[str, Any] = json.loads(line) if line.startswith("{") else {"event": "said"}
        if counts(event):
            moment -= 1
        if moment < 0:
            break
    else:
        pytest.fail(f"it ended before it was killed: {''.join(said)}")
    for number in (signal.SIGSTOP, signal.SIGKILL):
        # Stopped first, so that nobody sees another one die and tidies up.
        for pid in [process.pid, *descendants(process.pid)]:
            os.kill(pid, number)
    process.communicate()
    return f"{event['stack']}: {event['op']} of {event['name']} {event['state']}"


def descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: list[int] = []
    unseen = [pid]
    while unseen:
        below = children.get(unseen.pop(), [])
        found += below
        unseen += below
    return found


def finish(stacks: Path, command: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a command to its good end. Gives its events."""
    ran = Ran.of(start(stacks, command, *arguments))
    assert ran.code == 0, ran.said
    return ran.events


class TenMoments:
    """Kills commands at moments of a seeded choice, and mends what they left."""

    def __init__(self, served: Served, stacks: Path) -> None:
        self._served = served
        self._stacks = stacks
        self._chance = random.Random(SEED)  # noqa: S311 - no secret
        self.killed: list[str] = []

    def die(self, moments: int, command: str, *arguments: str) -> None:
        """Kill a command at one of its first so many moments."""
        moment = self._chance.randrange(moments)
        at = kill(self._stacks, moment, command, *arguments)
        self.killed.append(f"{command} {' '.join(arguments)} at its moment {moment}: {at}")
        self._log(f"{len(self.killed)}: {self.killed[-1]}")

    def mend(self, *names: str) -> Counter[str]:
        """What there is after the next `up`, asked to mend."""
        for event in finish(self._stacks, "up", *names, "--mend"):
            if event["event"] == "note":
                self._log(f"   {event['stack']}: {event['text']}")
        return census(self._served, "payments")

    def _log(self, text: str) -> None:
        # For whoever reads the log of a failed test.
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def test_ten_killed_runs_are_mended_by_the_next(served: Served, tmp_path: Path) -> None:
    stacks = tmp_path / "stacks"
    ten = TenMoments(served, stacks)
    services = ("logging", "security")
    spoke = ("grant-payments", "payments")
    empty = census(served, "payments")
    write_hub(stacks, *services)
    write_spoke(stacks, "payments", *services)

    # From empty. The next run says what is in its way, and goes on when it is asked to mend.
    ten.die(170, "up")
    told = Ran.of(start(stacks, "up"))
    errors = [event["error"] for event in told.events if event["event"] == "ended" and "error" in event]
    assert told.code == 4 and errors, told.said  # noqa: PT018
    assert all("lock" in error or "cut short" in error for error in errors)
    assert "Make sure that nobody works on it any more, then: landline up " in errors[0]
    assert "--mend" in errors[0]
    whole = ten.mend()

    # The hub gets a service and loses it again.
    for _ in range(3):
        write_hub(stacks, *services, "audit")
        ten.die(16, "up", "hub")
        more = ten.mend("hub")
        assert [key for key in more - whole if "load balancer" in key and "audit" in key], more
        assert whole <= more
        write_hub(stacks, *services)
        ten.die(16, "up", "hub")
        assert ten.mend("hub") == whole, ten.killed[-1]

    # A grant is revoked, its spoke leaves, all of it goes; and each comes again.
    for moments, names in ((12, spoke[:1]), (85, spoke), (170, ())):
        ten.die(moments, "destroy", *names, "--yes")
        assert ten.mend(*(names and spoke)) == whole, ten.killed[-1]

    # Nothing is left that no state knows of.
    assert len(ten.killed) == MOMENTS
    finish(stacks, "destroy", "--yes")
    assert census(served, "payments") == empty
