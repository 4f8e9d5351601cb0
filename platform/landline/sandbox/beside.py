"""Jobs on a subject that lives here, or in a process beside this one, which works on another core."""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NoReturn, ParamSpec, Protocol, TypeVar

from landline.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
P = ParamSpec("P")
R = TypeVar("R")

_HEADER = struct.Struct("!Q")
"""The length of a message, which goes before it."""
_PART = 1 << 18
_CLOSED = "the other end is closed"
_PR_SET_PDEATHSIG = 1
"""Of ``linux/prctl.h``: the signal to get when the process ends that made this one."""


class Doer(Protocol[S_co]):
    """Does jobs on a subject, one after the other."""

    def begin(self, job: Callable[Concatenate[S_co, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """The result of the job on the subject, or the exception that it ended with."""
        ...

    def aside(self, job: Callable[Concatenate[S_co, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `begin`, of a job that only reads: it sees the subject as it is now, whatever comes after it."""
        ...

    def receive(self) -> bool:
        """Wait for the next result and give it to its future; False if none is to come."""
        ...

    def meanwhile(self, tasks: Iterable[Callable[[], object]]) -> None:
        """What to do here, each once, where `receive` would only wait; it may come to it or not."""
        ...


class Here(Generic[S]):
    """Does each job in this process, before `begin` returns."""

    def __init__(self, subject: S) -> None:
        self._subject = subject

    def begin(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says."""
        return done(job, self._subject, *args, **options)

    aside = begin

    def receive(self) -> bool:
        """As `Doer` says."""
        return False

    def meanwhile(self, tasks: Iterable[Callable[[], object]]) -> None:
        """As `Doer` says: nothing is waited for here."""


def done(job: Callable[P, R], /, *args: P.args, **options: P.kwargs) -> Future[R]:
    """The result, or the exception, of a job that is done before this returns."""
    future: Future[R] = Future()
    try:
        future.set_result(job(*args, **options))
    except Exception as error:  # noqa: BLE001, RUF100 - whoever asks for the result gets it
        future.set_exception(error)
    return future


@contextmanager
def beside(
    start: Callable[[], AbstractContextManager[S]], idle: Iterable[Callable[[S], object]] = ()
) -> Iterator[Doer[S]]:
    """Does jobs on the subject that `start` gives, in a copy of this process, made now.

    Jobs, results and exceptions travel between the two, so they must pickle. While it has no job the copy
    does what is in `idle`, each once; nothing may hang on whether it comes to it, or how it ends. Leaving the
    context, and any end of this process, ends the copy, whatever it does; if it ends before, its jobs end
    with ToolError. Where a copy cannot be made this process does the work itself: on systems other than
    Linux, where the system refuses one more process, and while threads run, whose locks a copy would inherit
    and never see released.
    """
    with ExitStack() as stack:
        if (made := _made()) is None:
            yield Here(stack.enter_context(start()))
            return
        copy, ours, theirs = made
        # A process group of its own, so that its further copies end with it.
        with suppress(ProcessLookupError):
            os.setpgid(copy, 0)
        if copy == 0:
            ours.close()
            _serve(theirs, start, deque(idle))
        theirs.close()
        stack.callback(_end, copy)
        stack.enter_context(ours)
        yield _Beside(ours, copy)


def _made() -> tuple[int, socket.socket, socket.socket] | None:
    """A copy, 0 in the copy itself, and the ends of what it and this process speak through."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return None
    with ExitStack() as ends, suppress(OSError):
        ours, theirs = (ends.enter_context(end) for end in socket.socketpair())
        copy = _forked()
        ends.pop_all()
        return copy, ours, theirs
    return None


def _forked() -> int:
    """As `os.fork`; the copy ends as soon as this process does, whatever it is at."""
    here = os.getpid()
    copy = os.fork()
    if copy == 0:
        # Without it a copy ends once it looks for its next job.
        with suppress(ImportError, AttributeError, OSError):
            import ctypes

            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != here:
            os._exit(1)
    return copy


class _Beside(Generic[S]):
    """Asks the copy, over a socket."""

    def __init__(self, end: socket.socket, copy: int) -> None:
        self._end = end
        self._copy = copy
        self._awaited: deque[_Awaited[Any]] = deque()
        self._outgoing = bytearray()
        """What is not sent yet: Ctrl-C may come in the midst of a message; who then cleans up sends on."""
        self._incoming = bytearray()
        """What is not read yet, likewise."""
        self._meanwhile: deque[Callable[[], object]] = deque()

    def begin(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says. What does not pickle raises here, and nothing is sent."""
        return self._ask(job, args, options, aside=False)

    def _ask(self, job: Any, args: Any, options: Any, *, aside: bool) -> _Awaited[Any]:  # noqa: ANN401
        message = _framed((job, args, options, aside))
        future: _Awaited[Any] = _Awaited(self)
        # From here on nobody can cancel it.
        future.set_running_or_notify_cancel()
        self._awaited.append(future)
        self._outgoing += message
        try:
            self._send()
        except OSError as error:
            self._lost(error)
        return future

    def aside(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says: in a further copy, made now, so that the jobs which follow need not wait."""
        return _Aside(self, self._ask(job, args, options, aside=True))

    def _send(self) -> None:
        """Sends it all, and takes meanwhile what comes: the copy, too, may be sending more than fits."""
        while self._outgoing:
            readable, writable, _ = select.select([self._end], [self._end], [])
            if readable:
                self._take()
            elif writable:
                del self._outgoing[: self._end.send(self._outgoing, socket.MSG_DONTWAIT)]

    def _take(self) -> None:
        part = self._end.recv(_PART)
        if not part:
            raise ConnectionError(_CLOSED)
        self._incoming += part

    def receive(self) -> bool:
        """As `Doer` says."""
        if not self._awaited:
            return False
        try:
            self._send()
            while (message := _first(self._incoming)) is None:
                if self._meanwhile and not select.select([self._end], [], [], 0)[0]:
                    # Whoever really needs it meets its exception.
                    done(self._meanwhile.popleft())
                else:
                    self._take()
        except OSError as error:
            self._lost(error)
            return True
        future = self._awaited.popleft()
        del self._incoming[: _HEADER.size + len(message)]
        try:
            ended_well, result = pickle.loads(message)  # noqa: S301 - from this process's own copy
        except Exception as error:  # noqa: BLE001, RUF100 - as pickle calls code of all kinds
            future.set_exception(error)
        else:
            (future.set_result if ended_well else future.set_exception)(result)
        return True

    def meanwhile(self, tasks: Iterable[Callable[[], object]]) -> None:
        """As `Doer` says."""
        self._meanwhile.extend(tasks)

    def _lost(self, error: OSError) -> None:
        # Nothing can be asked of it any more. If it is ending already, this changes nothing about how.
        os.kill(self._copy, signal.SIGKILL)
        lost = _ended(self._copy)
        lost.__cause__ = error
        while self._awaited:
            self._awaited.popleft().set_exception(lost)


class _Awaited(Future[R]):
    """A result that comes when somebody receives it: no thread waits for it."""

    def __init__(self, source: _Beside[Any]) -> None:
        super().__init__()
        self._source = source

    def result(self, timeout: float | None = None) -> R:
        """As `Future` says; waits as long as it takes."""
        self._wait()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """As `Future` says; waits as long as it takes."""
        self._wait()
        return super().exception(timeout)

    def _wait(self) -> None:
        while not super().done() and self._source.receive():
            pass


class _Aside(Future[R]):
    """A result that is fetched when somebody asks for it."""

    def __init__(self, source: _Beside[Any], began: Future[_Copy | R]) -> None:
        super().__init__()
        self._source = source
        self._began = began

    def result(self, timeout: float | None = None) -> R:
        """As `Future` says; waits as long as it takes."""
        self._fetch()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """As `Future` says; waits as long as it takes."""
        self._fetch()
        return super().exception(timeout)

    def _fetch(self) -> None:
        if super().done():
            return
        answer: Future[Any] = self._began
        if answer.exception() is None and isinstance(copy := answer.result(), _Copy):
            answer = self._source.begin(_fetched, copy)
        if (error := answer.exception()) is not None:
            self.set_exception(error)
        else:
            self.set_result(answer.result())


# In the copy


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy of the copy, at work on one job."""

    process: int
    end: int
    """The descriptor from which its answer is to be read."""


def _set_aside(end: socket.socket, job: Callable[[], object]) -> object:
    """Where a further copy is at work on the job, or the job's result where none can be made."""
    ours, theirs = os.pipe()
    try:
        process = _forked()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return job()
    if process == 0:
        # Whoever waits at one of these hears of the other process's end only if nobody else holds it.
        end.close()
        os.close(ours)
        try:
            with os.fdopen(theirs, "wb") as answer:
                answer.write(_answer(job))
        finally:
            # As in `_serve`.
            os._exit(0)
    os.close(theirs)
    return _Copy(process, ours)


def _fetched(_subject: Any, copy: _Copy) -> Any:  # noqa: ANN401 - what the job gave
    with os.fdopen(copy.end, "rb") as end:
        message = _first(end.read())
    ended = _ended(copy.process)
    os.waitpid(copy.process, 0)
    if message is None:
        raise ended
    ended_well, result = pickle.loads(message)  # noqa: S301 - from this process's own copy
    if not ended_well:
        raise result
    return result


def _serve(
    end: socket.socket,
    start: Callable[[], AbstractContextManager[Any]],
    idle: deque[Callable[[Any], object]],
) -> NoReturn:
    """The copy's whole life: it does jobs until nobody asks any more."""
    status = 1
    try:
        # The other process ends this one, on Ctrl-C as ever.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Left by the end of the process only.
        context = start()
        subject = done(context.__enter__)
        with suppress(ConnectionError):
            while True:
                while idle and not subject.exception() and not select.select([end], [], [], 0)[0]:
                    # Whoever really needs it meets its exception.
                    done(idle.popleft(), subject.result())
                job, args, options, aside = pickle.loads(_taken(end))  # noqa: S301 - from the other process
                work = partial(_done_on, subject, job, args, options)
                end.sendall(_answer(partial(_set_aside, end, work) if aside else work))
        status = 0
    except Exception:  # noqa: BLE001, RUF100 - there is nobody else to tell
        traceback.print_exc()
    finally:
        # Past what would flush or close what the other process goes on with.
        os._exit(status)


def _done_on(subject: Future[Any], job: Any, args: Any, options: Any) -> object:  # noqa: ANN401 - a job
    return job(subject.result(), *args, **options)


def _answer(job: Callable[[], object]) -> bytes:
    answer = done(job)
    error = answer.exception()
    try:
        message = _framed((error is None, answer.result() if error is None else error))
        if error is not None:
            pickle.loads(message[_HEADER.size :])  # noqa: S301 - an exception may pickle and not come back
    except Exception as problem:  # noqa: BLE001, RUF100 - as pickle calls code of all kinds
        what = f"{type(error or problem).__name__}: {error or problem}"
        return _framed((False, ToolError(f"in the process beside this one: {what}")))
    return message


# In both


def _ended(process: int) -> ToolError:
    """That it ended before its time, and how. Waits for its end; `os.waitpid` can still be called."""
    end = os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    if end is None or end.si_code == os.CLD_EXITED:
        how = f"ended before its time, with exit status {end.si_status if end else 'unknown'}"
    else:
        number = signal.Signals(end.si_status)
        why = ", as Linux does when memory runs out" if number == signal.SIGKILL else ""
        how = f"was ended by {number.name}{why}"
    return ToolError(f"the process that works beside this one {how}")


def _framed(message: Any) -> bytes:  # noqa: ANN401 - whatever pickles
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _HEADER.pack(len(data)) + data


def _first(received: bytes | bytearray) -> bytes | None:
    """The first of the messages, or None while it is not all there."""
    if len(received) < _HEADER.size:
        return None
    [length] = _HEADER.unpack_from(received)
    whole = _HEADER.size + length
    return bytes(received[_HEADER.size : whole]) if len(received) >= whole else None


def _taken(end: socket.socket) -> bytes:
    """The next message. Raises ConnectionError when there will be none."""
    [length] = _HEADER.unpack(_exactly(end, _HEADER.size))
    return _exactly(end, length)


def _exactly(end: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = end.recv(length - len(data))
        if not part:
            raise ConnectionError(_CLOSED)
        data += part
    return bytes(data)


def _end(copy: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(copy, signal.SIGKILL)
    os.waitpid(copy, 0)
