"""Work beside this process: the same results and errors as in it, and nothing of it left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest

from landline.errors import UsageError
from landline.sandbox.beside import beside
from landline.sandbox.world_beside import FIRST_CALLS, NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.sandbox.world import World


def in_a_process_of_its_own(script: str, seconds: int = 60) -> subprocess.CompletedProcess[str]:
    """What this Python came to with the script; TimeoutExpired where it waits for what never comes."""
    return subprocess.run(  # noqa: S603 - this Python, with a script of these tests
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=seconds
    )


SCRIPT = """
import os, signal, sys, time
from contextlib import contextmanager
from landline.errors import ToolError, UsageError
from landline.sandbox.beside import beside

made_in = []

@contextmanager
def start():
    made_in.append(os.getpid())
    yield [made_in]
    print("left")

@contextmanager
def refuse():
    raise UsageError("no such thing")
    yield

class Odd(Exception):
    def __init__(self, code, text):
        super().__init__(text)

def add(subject, word, *, times=1):
    subject.append(word * times)
    return os.getpid(), len(subject)

def fail(subject):
    raise UsageError("stacks/x: refused")

def odd(subject):
    raise Odd(4, "comes back as nothing")

def unpicklable(subject):
    return lambda: None

def whole(subject):
    return subject

def die(subject):
    os.kill(os.getpid(), signal.SIGKILL)

def leave(subject, status):
    os._exit(status)

def sleep(subject):
    time.sleep(600)

KILLED = repr(ToolError(
    "the process that works beside this one was ended by SIGKILL, as Linux does when memory runs out"
))

def error_of(future):
    return repr(future.exception())

with beside(start) as doer:
    first, second, failed = doer.begin(add, "a"), doer.begin(add, "b", times=2), doer.begin(fail)
    assert not first.cancel()
    child, length = first.result()
    assert child != os.getpid() and length == 2, (child, length)
    assert second.result() == (child, 3)
    assert error_of(failed) == repr(UsageError("stacks/x: refused"))
    assert doer.begin(whole).result() == [[child], "a", "bb"]
    for job in odd, unpicklable:
        error = doer.begin(job).exception()
        assert isinstance(error, ToolError) and "in the process beside this one: " in str(error), error
    os.kill(child, signal.SIGINT)  # as Ctrl-C does, to both
    assert doer.begin(add, "c").result()[0] == child
    assert not doer.receive()
    # More than the socket holds, both ways at once.
    large = [doer.begin(add, "x" * 1_000_000) and doer.begin(whole) for _ in range(10)]
    assert [len(one.result()) for one in large] == list(range(5, 15))
    dead, later = doer.begin(die), doer.begin(add, "d")
    for lost in dead, later, doer.begin(add, "e"):
        assert error_of(lost) == KILLED, lost.exception()

with beside(start) as doer:
    assert "ended before its time, with exit status 3" in str(doer.begin(leave, 3).exception())
    assert "with exit status 3" in str(doer.begin(whole).exception())

def own(subject):
    subject.append("idle")
    raise ValueError("nobody hears of it")

made_in.clear()
with beside(start, [own, own]) as doer:
    while len(doer.begin(whole).result()) < 3:
        time.sleep(0.01)
    assert doer.begin(add, "last").result()[1] == 4  # each once

class Lost:
    def __reduce__(self):
        return gone, ()

def gone():
    raise ImportError("no such module here")

def lost(subject):
    return Lost()

def large(subject, seconds):
    time.sleep(seconds)
    return "x" * 50_000_000

def stop(*_):
    raise KeyboardInterrupt

# What does not pickle, either way, keeps no answer from whoever asks next.
with beside(start) as doer:
    try:
        doer.begin(add, lambda: None)
    except Exception as error:
        assert "pickle" in str(error).lower(), error
    else:
        raise AssertionError("sent")
    assert isinstance(doer.begin(lost).exception(), ImportError)
    assert doer.begin(add, "a").result()[1] == 2

# Nor does Ctrl-C, wherever in a message it comes.
signal.signal(signal.SIGALRM, stop)
for seconds in 0.001, 0.02, 0.03, 0.04, 0.06:
    with beside(start) as doer:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            first = None
            first = doer.begin(add, "x" * 20_000_000)
            doer.begin(large, 0).result()
            time.sleep(1)
        except KeyboardInterrupt:
            pass
        length = doer.begin(add, "last").result()[1]
        assert length == (2 if first is None and length == 2 else 3), length

with beside(refuse, [own]) as doer:
    for _ in range(2):
        assert error_of(doer.begin(add, "a")) == repr(UsageError("no such thing"))

with beside(start) as doer:
    doer.begin(sleep)  # leaving does not wait for it

def slow(subject):
    time.sleep(0.3)
    return [os.getpid(), *subject]

held, holds = os.pipe()
with beside(start) as doer:
    asides = [doer.aside(slow), doer.aside(fail), doer.aside(die)]
    child, length = doer.begin(add, "a").result()
    assert length == 2
    last = doer.aside(slow)
    assert error_of(asides[1]) == repr(UsageError("stacks/x: refused"))
    assert error_of(asides[2]) == KILLED
    # What each saw, in a process of its own, asked twice and in any order.
    for aside, seen in (last, [[child], "a"]), (asides[0], [[child]]), (last, [[child], "a"]):
        assert aside.result()[1:] == seen and aside.result()[0] not in (child, os.getpid()), aside.result()
    assert doer.begin(add, "b").result() == (child, 3)
    unfinished = [doer.aside(sleep), doer.aside(sleep)]  # leaving does not wait for them, and ends them
os.close(holds)
assert os.read(held, 1) == b""

with beside(start) as doer:
    aside, dead = doer.aside(slow), doer.begin(die)
    assert isinstance(aside.exception(), ToolError) and isinstance(dead.exception(), ToolError)

def failing():
    done.append("failing")
    raise ImportError("nobody hears of it")

done = []
with beside(start) as doer:
    doer.meanwhile([failing, lambda: done.append("after")])
    while len(done) < 2:
        doer.begin(slow).result()
    assert doer.begin(slow).result() and done == ["failing", "after"], done

try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("done", end="")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in place")
def test_a_copy_does_the_work_and_leaves_nothing_behind() -> None:
    """In a process of its own, which has no threads but the first."""
    done = in_a_process_of_its_own(SCRIPT)

    assert (done.stdout, done.stderr) == ("done", "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in place")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_copies_end_at_once_with_the_process_that_made_them(number: signal.Signals) -> None:
    """In the midst of a job, and without a word to them."""
    script = """
import os, time
from contextlib import contextmanager
from landline.sandbox.beside import beside

@contextmanager
def start():
    yield None

def work(subject):
    os.write(1, b".")
    while True:
        time.sleep(600)

with beside(start) as doer:
    doer.aside(work), doer.begin(work).result()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this Python
        try:
            assert process.stdout is not None
            assert process.stdout.read(2) == ".."
            process.send_signal(number)
            # Each copy holds the other end of it, so this ends when they have.
            rest, _ = process.communicate(timeout=30)
            assert rest == ""
        finally:
            process.kill()


def refuse() -> NoReturn:
    raise BlockingIOError(11, "Resource temporarily unavailable")


@pytest.mark.parametrize("call", [(os, "fork"), (socket, "socketpair")])
def test_where_no_copy_can_be_made_it_is_done_in_place(
    call: tuple[object, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[int] = []

    @contextmanager
    def start() -> Iterator[list[int]]:
        yield said
        said.append(0)

    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(*call, refuse)
    with beside(start) as doer:
        assert doer.begin(list.append, os.getpid()).result() is None
        assert doer.aside(list.copy).result() == [os.getpid()]

    assert said == [os.getpid(), 0]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in place")
def test_where_no_further_copy_can_be_made_the_copy_does_it() -> None:
    script = """
import os
from contextlib import contextmanager
from landline.sandbox.beside import beside

@contextmanager
def start():
    def refuse():
        raise BlockingIOError(11, "Resource temporarily unavailable")
    os.fork = refuse
    yield os.getpid()

with beside(start) as doer:
    assert doer.aside(int).result() == doer.begin(int).result() != os.getpid()
"""
    done = in_a_process_of_its_own(script)

    assert (done.returncode, done.stderr) == (0, "")


def test_where_threads_run_it_is_done_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    @contextmanager
    def start() -> Iterator[list[str]]:
        yield said
        said.append("left")

    def refuse(_subject: list[str]) -> NoReturn:
        raise UsageError("stacks/x: refused")

    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with beside(start) as doer:
        assert doer.begin(list.append, "a").result() is None
        assert isinstance(doer.begin(refuse).exception(), UsageError)
        assert doer.aside(list.copy).result() == ["a"]
        doer.meanwhile([lambda: said.append("never")])
        assert not doer.receive()
        assert said == ["a"]

    assert said == ["a", "left"]


INTERRUPTED = """
import os, signal, sys
from contextlib import contextmanager
from landline.sandbox.beside import beside

OWN = {"beside.py", "message.py"}

@contextmanager
def start():
    yield []

def echo(subject, word):
    return word

class Hangs(BaseException):
    pass

def hangs(*_):
    raise Hangs

def interrupt(ask, at):
    # Ctrl-C at the line with this number of those that run; whether there was one.
    lines = 0

    def trace(frame, event, _argument):
        nonlocal lines
        if os.path.basename(frame.f_code.co_filename) not in OWN:
            return None
        lines += event == "line"
        if event == "line" and lines == at:
            sys.settrace(None)
            os.kill(os.getpid(), signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        ask()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False

signal.signal(signal.SIGALRM, hangs)
for kind in "begin", "aside":
    at = 1
    while True:
        with beside(start) as doer:
            asked = []

            def ask():
                asked.append(getattr(doer, kind)(echo, "first"))
                asked[0].result()

            if not interrupt(ask, at):
                break
            signal.setitimer(signal.ITIMER_REAL, 20)
            assert doer.begin(echo, "next").result() == "next", (kind, at)
            assert [one.result() for one in asked] == ["first"] * len(asked), (kind, at)
            signal.setitimer(signal.ITIMER_REAL, 0)
        at += 1
    assert at > 20, (kind, at)
print("done", end="")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in place")
def test_ctrl_c_at_any_line_loses_no_answer_and_mixes_up_none() -> None:
    done = in_a_process_of_its_own(INTERRUPTED, seconds=120)

    assert (done.stdout, done.stderr) == ("done", "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in place")
def test_nothing_is_asked_of_a_copy_that_was_left() -> None:
    script = """
import os
from contextlib import contextmanager
from landline.errors import ToolError
from landline.sandbox.beside import beside

@contextmanager
def start():
    yield os.getpid()

def killed(pid, number):
    raise AssertionError(pid)

with beside(start) as doer:
    begun, aside = doer.begin(int), doer.aside(int)
os.kill = killed  # whose process that is now, nobody knows
for future in begun, aside, doer.begin(int), doer.aside(int):
    assert isinstance(future.exception(), ToolError) and "has been left" in str(future.exception())
assert not doer.receive()
"""
    done = in_a_process_of_its_own(script)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a world has no process of its own")
def test_stacks_side_by_side_in_a_world_beside() -> None:
    """The same ids in each run, and a failure in one of them as in a world of this process."""
    script = """
import pulumi, pulumi_aws as aws
from landline.sandbox.in_process import InProcess
from landline.sandbox.stacks import silent
from landline.sandbox.world_beside import world_beside

def program(cidr, vpc=None):
    provider = aws.Provider("aws", region="eu-west-1", allowed_account_ids=["111111111111"])
    opts = pulumi.ResourceOptions(provider=provider)
    made = aws.ec2.Vpc("vpc", cidr_block=cidr, opts=opts)
    aws.ec2.Subnet("subnet", vpc_id=vpc or made.id, cidr_block=cidr.replace("/16", "/24"), opts=opts)
    pulumi.export("vpc", made.id)

def run():
    with world_beside() as world:
        stacks = InProcess(world)
        programs = {
            "a": lambda: program("10.1.0.0/16"), "b": lambda: program("10.2.0.0/16"),
            "c": lambda: program("10.3.0.0/16", "vpc-0"),
        }
        ended = stacks.up_together({name: (one, silent) for name, one in programs.items()})
        assert [one.exception() is None for one in ended] == [True, True, False]
        assert "stack c: aws:ec2/subnet:Subnet subnet: InvalidVpcID.NotFound" in str(ended[2].exception())
        assert [one.name for one in stacks.resources("c")] == ["vpc"]
        return [stacks.outputs(name)["vpc"] for name in "ab"]

first = run()
assert len({*first}) == 2 and run() == first, first
"""
    done = in_a_process_of_its_own(script)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("modules", "unread"),
    [
        (
            "landline.sandbox.world, landline.sandbox.resources.table, landline.sandbox.stacks",
            "pulumi pydantic",
        ),
        ("landline.sandbox.estate, landline.sandbox.world_beside, landline.testing.sandboxed", "moto boto3"),
    ],
)
def test_neither_side_reads_what_the_other_needs(modules: str, unread: str) -> None:
    script = f"import sys, {modules}; sys.exit(' '.join(sys.modules.keys() & set('{unread}'.split())) or 0)"
    done = in_a_process_of_its_own(script)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_calls_can_be_made(world: World) -> None:
    for service, operation in FIRST_CALLS.items():
        assert getattr(world.place(*NOWHERE).client(service), operation)()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a world has no process of its own")
def test_how_a_world_readies_itself_does_not_show() -> None:
    """Ids are the same however far it came, and all of it can be called."""
    script = """
import time
from landline.sandbox.world_beside import FIRST_CALLS, NOWHERE, world_beside

def finished(stacks):
    return len(stacks.place(*NOWHERE)._clients) > len(FIRST_CALLS) + 3

def make(stacks):
    ec2 = stacks.place("111111111111", "eu-west-1").client("ec2")
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

with world_beside() as world:
    at_once = world.stacks.begin(make).result()
with world_beside() as world:
    while not world.stacks.begin(finished).result():
        time.sleep(0.1)
    assert world.stacks.begin(make).result() == at_once
print(at_once[:4], end="")
"""
    done = in_a_process_of_its_own(script)

    assert (done.stdout, done.stderr) == ("vpc-", "")
