"""Jobs on a subject in a process beside this one, which works on another core."""

from __future__ import annotations

import pickle
import select
import socket
from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from landline.errors import ToolError
from landline.sandbox import message, process_copy
from landline.sandbox.doer import Here, done
from landline.sandbox.serving import FurtherCopy, fetched, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from landline.sandbox.doer import Doer

S = TypeVar("S")
P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def beside(
    start: Callable[[], AbstractContextManager[S]], idle: Iterable[Callable[[S], object]] = ()
) -> Iterator[Doer[S]]:
    """Does jobs on the subject that `start` gives, in a copy of this process, made now.

    Jobs, results and exceptions travel between the two, so they must pickle. While it has no job the copy
    does what is in `idle`, each once; nothing may hang on whether it comes to it, or how it ends. Leaving the
    context, and any end of this process, ends the copy, whatever it does; if it ends before, its jobs end
    with ToolError, and so do those that are left when the context is. Where no copy can be made
    (`process_copy.forked`) this process does the work itself.
    """
    with ExitStack() as stack:
        made = _made()
        if made is None:
            yield Here(stack.enter_context(start()))
            return
        copy, ours, theirs = made
        if copy == 0:
            ours.close()
            serve(theirs, start, deque(idle))
        stack.callback(process_copy.end, copy)
        stack.enter_context(ours)
        theirs.close()
        doer: _Beside[S] = _Beside(ours, copy)
        stack.callback(doer.leave)
        yield doer


def _made() -> tuple[int, socket.socket, socket.socket] | None:
    """A copy, 0 in the copy itself, and the ends of what it and this process speak through."""
    with ExitStack() as ends, suppress(OSError):
        ours, theirs = (ends.enter_context(end) for end in socket.socketpair())
        copy = process_copy.forked()
        if copy is not None:
            ends.pop_all()
            return copy, ours, theirs
    return None


class _Beside(Generic[S]):
    """Asks the copy, over a socket.

    Ctrl-C may come at any line, and who then cleans up asks on. So what is sent and what is received is kept
    here until it is done with, and an answer finds its future by number, however often it is looked at.
    """

    def __init__(self, end: socket.socket, copy: int) -> None:
        self._end = end
        self._copy = copy
        self._numbers = count()
        self._awaited: dict[int, _Awaited[Any]] = {}
        self._outgoing = bytearray()
        self._incoming = bytearray()
        self._meanwhile: deque[Callable[[], object]] = deque()
        self._gone: ToolError | None = None
        """Why nothing can be asked of the copy any more."""

    def begin(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says. What does not pickle raises here, and nothing is sent."""
        return self._ask(job, args, options, aside=False)

    def aside(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says: in a further copy, made now, so that the jobs which follow need not wait."""
        return _Aside(self, self._ask(job, args, options, aside=True))

    def _ask(self, job: Any, args: Any, options: Any, *, aside: bool) -> _Awaited[Any]:  # noqa: ANN401
        number = next(self._numbers)
        framed = message.framed(number, (job, args, options, aside))
        future: _Awaited[Any] = _Awaited(self)
        # From here on nobody can cancel it.
        future.set_running_or_notify_cancel()
        if self._gone is not None:
            future.set_exception(self._gone)
            return future
        self._outgoing += framed
        self._awaited[number] = future
        try:
            self._send()
        except OSError as error:
            self._lost(error)
        return future

    def receive(self) -> bool:
        """As `Doer` says."""
        if not self._awaited:
            return False
        try:
            self._send()
            while (answer := message.first(self._incoming)) is None:
                if self._meanwhile and not message.ready(self._end, select.POLLIN, 0):
                    # Whoever really needs it meets its exception.
                    done(self._meanwhile.popleft())
                else:
                    message.take(self._end, self._incoming)
        except OSError as error:
            self._lost(error)
            return True
        number, value = answer
        future = self._awaited.get(number)
        if future is not None and not future.came():
            _settle(future, done(pickle.loads, value))
        self._awaited.pop(number, None)
        del self._incoming[: message.size(value)]
        return True

    def meanwhile(self, tasks: Iterable[Callable[[], object]]) -> None:
        """As `Doer` says."""
        self._meanwhile.extend(tasks)

    def leave(self) -> None:
        """From now on nothing is asked of the copy, and nothing more comes from it."""
        self._give_up(ToolError("the process that worked beside this one has been left"))

    def _send(self) -> None:
        """Sends it all, and takes meanwhile what comes: the copy, too, may be sending more than fits."""
        while self._outgoing:
            if message.ready(self._end, select.POLLIN | select.POLLOUT) & ~select.POLLOUT:
                message.take(self._end, self._incoming)
            else:
                del self._outgoing[: self._end.send(self._outgoing, socket.MSG_DONTWAIT)]

    def _lost(self, error: OSError) -> None:
        # If it is ending already, this changes nothing about how.
        process_copy.stop(self._copy)
        lost = process_copy.ended(self._copy)
        lost.__cause__ = error
        self._give_up(lost)

    def _give_up(self, why: ToolError) -> None:
        self._gone = self._gone or why
        for future in self._awaited.values():
            if not future.came():
                future.set_exception(self._gone)
        self._awaited.clear()


def _settle(future: Future[Any], answer: Future[Any]) -> None:
    """Gives the future what came for it: whether the job ended well, and its result or exception."""
    error = answer.exception()
    ended_well, result = (False, error) if error is not None else answer.result()
    (future.set_result if ended_well else future.set_exception)(result)


class _Awaited(Future[R]):
    """A result that comes when somebody receives it: no thread waits for it."""

    def __init__(self, source: _Beside[Any]) -> None:
        super().__init__()
        self._source = source

    def came(self) -> bool:
        """Whether it is there."""
        return super().done()

    def result(self, timeout: float | None = None) -> R:
        """As `Future` says; waits as long as it takes."""
        self._wait()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """As `Future` says; waits as long as it takes."""
        self._wait()
        return super().exception(timeout)

    def _wait(self) -> None:
        while not self.came() and self._source.receive():
            pass


class _Aside(Future[R]):
    """A result that is fetched when somebody asks for it."""

    def __init__(self, source: _Beside[Any], began: Future[FurtherCopy | R]) -> None:
        super().__init__()
        self._source = source
        self._began = began
        self._answer: Future[Any] | None = None
        self.set_running_or_notify_cancel()

    def result(self, timeout: float | None = None) -> R:
        """As `Future` says; waits as long as it takes."""
        self._fetch()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """As `Future` says; waits as long as it takes."""
        self._fetch()
        return super().exception(timeout)

    def _fetch(self) -> None:
        if self.done():
            return
        if self._answer is None:
            copy = None if self._began.exception() else self._began.result()
            self._answer = self._source.begin(fetched, copy) if isinstance(copy, FurtherCopy) else self._began
        answer = self._answer
        _settle(self, done(lambda: (True, answer.result())))
