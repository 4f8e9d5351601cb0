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


class Doer(Protocol[S_co]):
    """Does jobs on a subject, one after the other."""

    def begin(self, job: Callable[Concatenate[S_co, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """The result of the job on the subject, or the exception that it ended with."""
        ...

    def receive(self) -> bool:
        """Wait for the next result and give it to its future; False if none is to come."""
        ...


class Here(Generic[S]):
    """Does each job in this process, before `begin` returns."""

    def __init__(self, subject: S) -> None:
        self._subject = subject

    def begin(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says."""
        return done(job, self._subject, *args, **options)

    def receive(self) -> bool:
        """As `Doer` says."""
        return False


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
    context ends the copy, whatever it does; if it ends before, its jobs end with ToolError. Where a copy
    cannot be made this process does the work itself: on systems other than Linux, and while threads run,
    whose locks a copy would inherit and never see released.
    """
    with ExitStack() as stack:
        if sys.platform != "linux" or threading.active_count() > 1:
            yield Here(stack.enter_context(start()))
            return
        ours, theirs = socket.socketpair()
        copy = os.fork()
        if copy == 0:
            ours.close()
            _serve(theirs, start, deque(idle))
        theirs.close()
        stack.callback(_end, copy)
        stack.enter_context(ours)
        yield _Beside(ours)


class _Beside(Generic[S]):
    """Asks the copy, over a socket."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._awaited: deque[_Awaited[Any]] = deque()
        self._outgoing = bytearray()
        """What is not sent yet: Ctrl-C may come in the midst of a message; who then cleans up sends on."""
        self._incoming = bytearray()
        """What is not read yet, likewise."""

    def begin(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says. What does not pickle raises here, and nothing is sent."""
        message = _framed((job, args, options))
        future: _Awaited[R] = _Awaited(self)
        # From here on nobody can cancel it.
        future.set_running_or_notify_cancel()
        self._awaited.append(future)
        self._outgoing += message
        try:
            self._send()
        except OSError as error:
            self._lost(error)
        return future

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

    def _lost(self, error: OSError) -> None:
        lost = ToolError("the process that works beside this one ended before its time")
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


# In the copy


def _serve(
    end: socket.socket,
    start: Callable[[], AbstractContextManager[Any]],
    idle: deque[Callable[[Any], object]],
) -> NoReturn:
    """The copy's whole life: it does jobs until nobody asks any more."""
    try:
        # Ctrl-C goes to both; the other process ends this one.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Left by the end of the process only.
        context = start()
        subject = done(context.__enter__)
        with suppress(ConnectionError):
            while True:
                while idle and not subject.exception() and not select.select([end], [], [], 0)[0]:
                    # Whoever really needs it meets its exception.
                    done(idle.popleft(), subject.result())
                end.sendall(_answer(subject, pickle.loads(_taken(end))))  # noqa: S301 - from the other process
    except Exception:  # noqa: BLE001, RUF100 - there is nobody else to tell
        traceback.print_exc()
    finally:
        # Past what would flush or close what the other process goes on with.
        os._exit(0)


def _answer(subject: Future[Any], call: Any) -> bytes:  # noqa: ANN401 - a job and its arguments
    job, args, options = call
    answer = done(lambda: job(subject.result(), *args, **options))
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


def _framed(message: Any) -> bytes:  # noqa: ANN401 - whatever pickles
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _HEADER.pack(len(data)) + data


def _first(received: bytearray) -> bytes | None:
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
        os.kill(copy, signal.SIGKILL)
    os.waitpid(copy, 0)
