"""Work beside this process: the same results and errors as in it, and nothing of it left behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import NoReturn

import pytest

from landline.cli.beside import Beside
from landline.errors import UsageError

SCRIPT = """
import os, signal, time
from landline.cli.beside import Beside
from landline.errors import ToolError, UsageError

seen = ["at the first job"]

def work(job):
    if job == "refuse":
        raise UsageError("stacks/x: refused")
    if job == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if job == "sleep":
        time.sleep(600)
    return os.getpid(), list(seen), job

def error_of(future):
    return repr(future.exception())

with Beside(work) as copy:
    first = copy.begin("a")
    seen.append("later")
    second, refused, big = copy.begin("b"), copy.begin("refuse"), copy.begin("x" * 10_000_000)
    child, then, _ = first.result()
    assert child != os.getpid() and then == ["at the first job"], (child, then)
    assert second.result() == (child, then, "b")
    assert error_of(refused) == repr(UsageError("stacks/x: refused"))
    assert len(big.result()[2]) == 10_000_000
    os.kill(child, signal.SIGINT)  # as Ctrl-C does, to both
    assert copy.begin("c").result()[0] == child
    assert isinstance(copy.begin("die").exception(), ToolError)
    assert isinstance(copy.begin("d").exception(), ToolError)

with Beside(work) as copy:
    copy.begin("sleep")  # leaving does not wait for it

try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("done", end="")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in place")
def test_a_copy_does_the_work_and_leaves_nothing_behind() -> None:
    """In a process of its own, which has no threads but the first."""
    done = subprocess.run(  # noqa: S603 - this Python, with the script above
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.stdout, done.stderr) == ("done", "")


def test_where_threads_run_it_is_done_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def work(job: str) -> str:
        if job == "refuse":
            refuse()
        seen.append(job)
        return job.upper()

    def refuse() -> NoReturn:
        raise UsageError("stacks/x: refused")

    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with Beside(work) as copy:
        assert copy.begin("a").result() == "A"
        assert isinstance(copy.begin("refuse").exception(), UsageError)

    assert seen == ["a"]
