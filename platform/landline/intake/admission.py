"""How many requests are worked on at once, so that one client cannot crowd out the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from landline.intake.refusal import busy, unavailable

MOST_AT_ONCE = 48
"""Of all clients: with a body of 4 MiB each they fit into the task's memory (1 GiB, the front included)."""
MOST_OF_ONE = 8
"""Of one endpoint."""


class Admission:
    """Counts requests at work."""

    def __init__(self, most: int = MOST_AT_ONCE, most_of_one: int = MOST_OF_ONE) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._at_work = Counter[str]()

    @contextmanager
    def admitted(self, endpoint_id: str) -> Iterator[None]:
        """While a request is worked on; raises `RefusedError` (429, 503) for one too many."""
        if self._at_work[endpoint_id] >= self._most_of_one:
            raise busy(f"{endpoint_id} has {self._most_of_one} requests at work already")
        if self._at_work.total() >= self._most:
            raise unavailable(f"{self._most} requests are at work already")
        self._at_work[endpoint_id] += 1
        try:
            yield
        finally:
            self._at_work[endpoint_id] -= 1
            if not self._at_work[endpoint_id]:
                del self._at_work[endpoint_id]
