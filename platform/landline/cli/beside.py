"""Work in a copy of this process, on another core, while this process goes on."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from landline.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable

J = TypeVar("J")
R = TypeVar("R")


class Beside(Generic[J, R]):
    """Does jobs one after the other, by `work`, in a copy of this process.

    The copy is made at the first job, and holds all that this process held then; it sees nothing of what
    happens here later. Jobs, results and exceptions travel between the two, so they must pickle. Leaving the
    context ends the copy, whatever it does. Where a copy cannot be made, this process does the work itself,
    before `begin` returns: on systems other than Linux, and while threads run, whose locks a copy would
    inherit and never see released.
    """

    def __init__(self, work: Callable[[J], R]) -> None:
        self._work = work
        self._context = ExitStack()
        self._ask: Callable[[J], Future[R]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._context.close()

    def begin(self, job: J) -> Future[R]:
        """The result of the job, or the exception that its work ended with."""
        if self._ask is None:
            possible = sys.platform == "linux" and threading.active_count() == 1
            self._ask = self._copied() if possible else self._here
        return self._ask(job)

    def _here(self, job: J) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(self._work(job))
        except Exception as error:  # noqa: BLE001, RUF100 - whoever asks for the result gets it
            future.set_exception(error)
        return future

    def _copied(self) -> Callable[[J], Future[R]]:
        ours, theirs = socket.socketpair()
        copy = os.fork()
        if copy == 0:
            ours.close()
            self._serve(theirs)
        theirs.close()
        # Left in the opposite order: with the copy ends the thread that waits for it, and then nobody reads.
        self._context.enter_context(ours)
        answers = self._context.enter_context(ours.makefile("rb"))
        thread = self._context.enter_context(ThreadPoolExecutor(1, "landline-beside"))
        self._context.callback(_end, copy)

        def exchange(job: J) -> R:
            try:
                _send(ours, job)
                ended_well, result = pickle.load(answers)  # noqa: S301 - from this process's own copy
            except (EOFError, OSError, pickle.UnpicklingError) as error:
                raise ToolError("the process that works beside this one ended before its time") from error
            if not ended_well:
                raise result
            return cast("R", result)

        return lambda job: thread.submit(exchange, job)

    def _serve(self, end: socket.socket) -> None:
        """The copy's whole life: until there are no more jobs, or nobody who waits for a result."""
        try:
            # Ctrl-C goes to both; this process ends its copy.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            jobs = end.makefile("rb")
            while True:
                future = self._here(pickle.load(jobs))  # noqa: S301 - from the process that this is a copy of
                error = future.exception()
                _send(end, (True, future.result()) if error is None else (False, error))
        finally:
            # Past everything that would flush or close what the other process goes on with.
            os._exit(0)


def _send(end: socket.socket, message: Any) -> None:  # noqa: ANN401 - whatever pickles
    end.sendall(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def _end(copy: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(copy, signal.SIGKILL)
    os.waitpid(copy, 0)
