"""What was taken already of requests that were not acknowledged."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

MOST_REMEMBERED = 50_000
"""Ids, of 35 characters or so. As many as five of the largest requests hold."""


class Identified(Protocol):
    """Something with the id of its record: the same when it is sent again."""

    @property
    def id(self) -> str:
        """That id."""
        ...


Record = TypeVar("Record", bound=Identified)


class Attempt(Generic[Record]):
    """One attempt at handing over a request's records."""

    def __init__(self, left: tuple[Record, ...]) -> None:
        self.left = left
        """Those that no attempt before it handed over, in their order."""
        self.taken: set[str] = set()

    def add(self, ids: Iterable[str]) -> None:
        """They are taken now."""
        self.taken.update(ids)


class Taken:
    """Remembers what one place took of requests that failed, so that they hand over the rest when they come
    again.

    Only until they succeed: whoever sends the same after that, or beside it, means it. And only in this
    process, the newest `MOST_REMEMBERED`: forgetting too early costs a record that comes twice under one id.
    """  # noqa: D205 - one promise

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._ids: dict[str, None] = {}

    @contextmanager
    def attempt(self, records: Sequence[Record]) -> Iterator[Attempt[Record]]:
        """A request is handed over in this block, and fails with it."""
        one = Attempt(tuple(record for record in records if record.id not in self._ids))
        try:
            yield one
        except BaseException:
            self._ids.update(dict.fromkeys(record.id for record in records if record.id in one.taken))
            while len(self._ids) > self._most:
                del self._ids[next(iter(self._ids))]
            raise
        for record in records:
            self._ids.pop(record.id, None)
