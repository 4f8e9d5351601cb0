"""Copies of this process, and how they end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress

from landline.errors import ToolError

_PR_SET_PDEATHSIG = 1
"""Of ``linux/prctl.h``: the signal to get when the process ends that made this one."""


def forked() -> int | None:
    """As `os.fork`, or None where no copy can be made.

    That is on systems other than Linux, where the system refuses one more process, and while threads run,
    whose locks a copy would inherit and never see released. A copy ends as soon as this process does,
    whatever it is at, and leaves Ctrl-C, which goes to both, to it.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return None
    here = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        copy = os.fork()
        if copy == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except OSError:
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if copy == 0:
        # Without it a copy ends once it looks for its next job.
        with suppress(ImportError, AttributeError, OSError):
            import ctypes

            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != here:
            os._exit(1)
    return copy


def ended(copy: int) -> ToolError:
    """That it ended before its time, and how. Waits for its end; `end` can, and must, still be called."""
    found = os.waitid(os.P_PID, copy, os.WEXITED | os.WNOWAIT)
    if found is None or found.si_code == os.CLD_EXITED:
        how = f"ended before its time, with exit status {found.si_status if found else 'unknown'}"
    else:
        known = {one.value: one.name for one in signal.Signals}
        why = ", as Linux does when memory runs out" if found.si_status == signal.SIGKILL else ""
        how = f"was ended by {known.get(found.si_status, f'signal {found.si_status}')}{why}"
    return ToolError(f"the process that works beside this one {how}")


def stop(copy: int) -> None:
    """Ends it, whatever it is at; `end` must still be called."""
    os.kill(copy, signal.SIGKILL)


def end(copy: int) -> None:
    """Ends it, whatever it is at, and waits for its end."""
    stop(copy)
    os.waitpid(copy, 0)
