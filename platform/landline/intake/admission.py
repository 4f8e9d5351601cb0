"""How many requests are worked on at once, so that one client cannot crowd out the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from landline.intake.refusal import busy, unavailable

MOST_AT_ONCE = 16
"""Of all clients. One with 4 MiB and 10,000 records holds some 20 MiB until it is delivered (measured), and
the task has 2 GiB, of which the front may take 512 MiB."""
MOST_OF_ONE = 6
"""Of one endpoint."""
PARSED_AT_ONCE = 2
"""Of all clients. A body made to be costly takes up to 200 MiB while it is parsed; more at once would not be
faster in one process, and fewer would let a large one hold up the small."""


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
