"""Messages between a process and its copy: a number, the same for a job and its answer, and a value."""

from __future__ import annotations

import pickle
import select
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_HEADER = struct.Struct("!QQ")
"""A message's number, and the length of what follows."""
_CLOSED = "the other end is closed"


def framed(number: int, value: object) -> bytes:
    """The message. Raises whatever pickling raises."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _HEADER.pack(number, len(data)) + data


def first(received: bytes | bytearray) -> tuple[int, bytes] | None:
    """The first message's number and its pickled value, or None while it is not all there."""
    if len(received) < _HEADER.size:
        return None
    number, length = _HEADER.unpack_from(received)
    whole = _HEADER.size + length
    return (number, bytes(received[_HEADER.size : whole])) if len(received) >= whole else None


def size(value: bytes) -> int:
    """How long the message is that holds this pickled value."""
    return _HEADER.size + len(value)


def taken(end: socket.socket) -> tuple[int, Any]:
    """The next message's number and value. Raises ConnectionError when there will be none."""
    number, length = _HEADER.unpack(_exactly(end, _HEADER.size))
    return number, pickle.loads(_exactly(end, length))  # noqa: S301 - from this process's other half


def take(end: socket.socket, received: bytearray) -> None:
    """Adds bytes that are there, at least one. Raises ConnectionError when there will be none."""
    before = len(received)
    # In one line: what has left the socket is nowhere else.
    received += end.recv(1 << 18)
    if len(received) == before:
        raise ConnectionError(_CLOSED)


def ready(end: socket.socket, events: int, seconds: float | None = None) -> int:
    """Which of poll's `events` there are; waits for one, `seconds` at most."""
    poll = select.poll()
    poll.register(end, events)
    return next((found for _, found in poll.poll(None if seconds is None else seconds * 1000)), 0)


def _exactly(end: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = end.recv(length - len(data))
        if not part:
            raise ConnectionError(_CLOSED)
        data += part
    return bytes(data)
