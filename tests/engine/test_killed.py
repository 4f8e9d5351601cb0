"""`kill -9` of a run and its engines: the sandbox outlives it, and the next run mends what it left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.road import LANDLINE, sandbox, write_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.deploy.engine import Engine
    from landline.sandbox.served import Served

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the engines in /proc"),
]


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

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    @property
    def steps(self) -> int:
        """How many resources were begun with, previews apart."""
        return sum(map(begins, self.events))


def begins(event: dict[str, Any]) -> bool:
    return (event["event"], event.get("state")) == ("step", "began") and event["phase"] != "preview"


def start(stacks: Path, command: str, *arguments: str) -> subprocess.Popen[str]:
    options = ("--stacks", str(stacks), "--sandbox", "--parallel", "2", "--json")
    return subprocess.Popen(  # noqa: S603 - our own command
        [LANDLINE, command, *arguments, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(stacks: Path, command: str, *arguments: str) -> Ran:
    process = start(stacks, command, *arguments)
    said = process.communicate()[0]
    assert process.returncode == 0, said
    return Ran(process.returncode, said)


def run_until(process: subprocess.Popen[str], step: int, wait: float) -> str:
    """Kill a command and its engines, all at once, `wait` seconds after it began with its `step`-th resource.

    Gives what was under way.
    """
    assert process.stdout is not None
    begun: list[str] = []
    for line in process.stdout:
        event = json.loads(line) if line.startswith("{") else {"event": "said"}
        if begins(event):
            begun.append(f"{event['op']} {event['name']}")
        if len(begun) > step:
            break
    time.sleep(wait)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        # Stopped first, so that nobody sees another one die and tidies up.
        for pid in [process.pid, *descendants(process.pid)]:
            os.kill(pid, number)
    process.communicate()
    return begun[-1] if begun else "nothing"


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


def test_a_killed_run_is_told_by_the_next_and_mended_when_asked(served: Served, tmp_path: Path) -> None:
    stacks = tmp_path / "stacks"
    write_hub(stacks, "security")
    run_until(start(stacks, "up", "hub"), 12, 0)

    process = start(stacks, "up", "hub")
    ran = Ran(process.wait(), process.communicate()[0])
    (ending,) = (event for event in ran.events if event["event"] == "ended")
    assert (ran.code, ending["status"]) == (4, "failed")
    assert "lock" in ending["error"] or "cut short" in ending["error"]
    assert "landline up hub --mend" in ending["error"]

    notes = [
        event["text"] for event in finish(stacks, "up", "hub", "--mend").events if event["event"] == "note"
    ]
    assert any(note.startswith("took off the lock of process ") for note in notes)
    assert finish(stacks, "up", "hub", "--expect-no-changes").steps == 0
