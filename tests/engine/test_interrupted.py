"""Ctrl-C during a deployment: what it leaves is whole, or the next run says what is not, and mends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.road import LANDLINE, sandbox, write_hub
from tests.engine.test_killed import counts, descendants

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


class Up:
    """`landline up --json` in a process group of its own, as a shell starts it."""

    def __init__(self, stacks: Path, *arguments: str) -> None:
        options = ("--stacks", str(stacks), "--sandbox", "--json")
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [LANDLINE, "up", *arguments, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self.events: list[dict[str, Any]] = []
        self.said = ""

    def until(self, steps: int) -> None:
        """Let it come to so many beginnings and ends of resources."""
        assert self.process.stdout is not None
        while steps:
            line = self.process.stdout.readline()
            assert line, "it ended before it was interrupted"
            self.events.append(json.loads(line))
            steps -= counts(self.events[-1])

    def interrupt(self) -> None:
        """Ctrl-C on its terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def until_it_warns(self) -> str:
        assert self.process.stderr is not None
        while "warning: stopping" not in (line := self.process.stderr.readline()):
            assert line, "it did not say that it stops"
        return line

    def end(self) -> int:
        out, self.said = self.process.communicate(timeout=120)
        self.events += [json.loads(line) for line in out.splitlines()]
        return self.process.returncode

    @property
    def errors(self) -> list[str]:
        return [event["error"] for event in self.events if "error" in event]


def test_ctrl_c_lets_the_engine_end_what_it_is_at_and_more_of_them_do_not(
    served: Served, tmp_path: Path
) -> None:
    stacks = tmp_path / "stacks"
    write_hub(stacks, "security")

    # Once: the engine ends what it is at, so the next run has nothing to mend.
    first = Up(stacks)
    first.until(12)
    below = descendants(first.process.pid)
    assert below
    first.interrupt()
    assert first.until_it_warns() == (
        "warning: stopping: the engines end what they are at; Ctrl-C again stops them at once\n"
    )
    assert first.end() == 130
    summary = first.events[-1]
    assert (summary["event"], summary["interrupted"], summary["failed"]) == ("summary", True, ["hub"])
    assert summary["next"].startswith("landline up hub ")
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]

    # Three times, while AWS does not answer: the engine is killed in the midst of it.
    second = Up(stacks)
    second.until(8)
    below = descendants(second.process.pid)
    os.kill(served.pid, signal.SIGSTOP)
    try:
        for said in ("the engines end what they are at", "Ctrl-C once more kills"):
            second.interrupt()
            assert said in second.until_it_warns()
        second.interrupt()
        assert second.end() == 130
    finally:
        os.kill(served.pid, signal.SIGCONT)
        second.process.kill()
    assert second.events[-1]["interrupted"]
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]

    told = Up(stacks)
    assert told.end() == 4
    [error] = told.errors
    assert "lock" in error or "cut short" in error
    assert "Make sure that nobody works on it any more, then: landline up hub --mend" in error
    mended = Up(stacks, "--mend")
    assert (mended.end(), mended.errors) == (0, [])
    assert any(event["event"] == "note" for event in mended.events)
