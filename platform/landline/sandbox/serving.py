"""What a copy does: jobs for the process that made it."""

from __future__ import annotations

import os
import pickle
import select
import traceback
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NoReturn

from landline.errors import ToolError
from landline.sandbox import message, process_copy
from landline.sandbox.doer import done

if TYPE_CHECKING:
    import socket
    from collections import deque
    from collections.abc import Callable
    from concurrent.futures import Future
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class FurtherCopy:
    """A copy of the copy, at work on one job."""

    process: int
    end: int
    """The descriptor from which its answer is to be read."""


def serve(
    end: socket.socket,
    start: Callable[[], AbstractContextManager[Any]],
    idle: deque[Callable[[Any], object]],
) -> NoReturn:
    """The copy's whole life: it does jobs until nobody asks any more."""
    status = 1
    try:
        # Left by the end of the process only.
        context = start()
        subject = done(context.__enter__)
        with suppress(ConnectionError):
            while True:
                while idle and not subject.exception() and not message.ready(end, select.POLLIN, 0):
                    # Whoever really needs it meets its exception.
                    done(idle.popleft(), subject.result())
                number, (job, args, options, aside) = message.taken(end)
                work = partial(_done_on, subject, job, args, options)
                end.sendall(_answer(number, partial(_set_aside, end, work) if aside else work))
        status = 0
    except Exception:  # noqa: BLE001, RUF100 - there is nobody else to tell
        traceback.print_exc()
    finally:
        # Past what would flush or close what the other process goes on with.
        os._exit(status)


def fetched(_subject: object, copy: FurtherCopy) -> Any:  # noqa: ANN401 - what the job gave
    """A job: what the further copy's job gave, or the exception that it ended with."""
    ended_well, result = _came_from(copy)
    if not ended_well:
        raise result
    return result


# Ctrl-C may let somebody ask twice, and there is one answer to read.
@cache
def _came_from(copy: FurtherCopy) -> tuple[bool, Any]:
    with os.fdopen(copy.end, "rb") as end:
        answer = message.first(end.read())
    lost = process_copy.ended(copy.process)
    os.waitpid(copy.process, 0)
    if answer is None:
        return False, lost
    came: tuple[bool, Any] = pickle.loads(answer[1])  # noqa: S301 - from this process's own copy
    return came


def _set_aside(end: socket.socket, job: Callable[[], object]) -> object:
    """Where a further copy is at work on the job, or the job's result where none can be made."""
    ours, theirs = os.pipe()
    process = process_copy.forked()
    if process is None:
        os.close(ours)
        os.close(theirs)
        return job()
    if process == 0:
        # Whoever waits at one of these hears of the other process's end only if nobody else holds it.
        end.close()
        os.close(ours)
        try:
            with os.fdopen(theirs, "wb") as answer:
                answer.write(_answer(0, job))
        finally:
            # As in `serve`.
            os._exit(0)
    os.close(theirs)
    return FurtherCopy(process, ours)


def _done_on(subject: Future[Any], job: Any, args: Any, options: Any) -> object:  # noqa: ANN401 - a job
    return job(subject.result(), *args, **options)


def _answer(number: int, job: Callable[[], object]) -> bytes:
    answer = done(job)
    error = answer.exception()
    try:
        framed = message.framed(number, (error is None, answer.result() if error is None else error))
        if error is not None:
            # It may pickle and not come back.
            pickle.loads(pickle.dumps(error))  # noqa: S301 - as above
    except Exception as problem:  # noqa: BLE001, RUF100 - as pickle calls code of all kinds
        what = f"{type(error or problem).__name__}: {error or problem}"
        return message.framed(number, (False, ToolError(f"in the process beside this one: {what}")))
    return framed
