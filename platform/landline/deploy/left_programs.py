"""Keeps out what Python and the SDK print about the program of an engine that left before it."""

from __future__ import annotations

import gc
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet_left_programs() -> Iterator[None]:
    """Keeps out what Python prints when it clears away the program of an engine that left.

    The SDK stops such a program's event loop, and its coroutine still awaits when it is closed. Everything
    else that cannot be raised is printed as before.
    """
    before = sys.unraisablehook

    def hook(unraisable: sys.UnraisableHookArgs) -> None:
        of_a_program = getattr(unraisable.object, "__qualname__", "") == "run_pulumi_func"
        if not (of_a_program and str(unraisable.exc_value) == "no running event loop"):
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        gc.collect()  # What is left of them is cleared away here, and not once the hook is off.
        sys.unraisablehook = before


@contextmanager
def quiet_server_log() -> Iterator[None]:
    """Keeps out the traceback that the SDK's server logs when a failed engine is gone before its program."""
    server_log = logging.getLogger("grpc._server")
    server_log.addFilter(_not_of_an_engine_that_left)
    try:
        yield
    finally:
        server_log.removeFilter(_not_of_an_engine_that_left)


def _not_of_an_engine_that_left(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, grpc.RpcError) and error.code() is grpc.StatusCode.UNAVAILABLE)
