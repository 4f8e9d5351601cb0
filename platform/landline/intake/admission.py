"""How many requests are worked on at once, so that one client cannot crowd out the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from landline.intake.refusal import busy, unavailable

MOST_OF_ONE = 6
"""Of one endpoint, from the first byte of a body to the answer."""


@dataclass(frozen=True, slots=True)
class Places:
    """How many there are."""

    most: int
    """Of all endpoints."""
    kept: int
    """Of these, the last that an endpoint gets only if it has none yet."""


RECEIVING = Places(most=40, kept=10)
"""Bodies that arrive, and whatever becomes of them. One has 4 MiB at most, twice that for a moment. They are
counted by themselves, so that those who send slowly keep nobody from being worked on."""
WORKING = Places(most=16, kept=4)
"""Bodies that are there. One with 4 MiB and 10,000 records holds some 20 MiB until it is delivered
(measured), and the task has 2 GiB, of which the front may take 512 MiB."""
PARSED_AT_ONCE = 2
"""Of all clients. A body made to be costly takes up to 200 MiB while it is parsed; more at once would not be
faster in one process, and fewer would let a large one hold up the small."""


class Admission:
    """Counts requests at work."""

    def __init__(self, places: Places, most_of_one: int = MOST_OF_ONE) -> None:
        self._places = places
        self._most_of_one = most_of_one
        self._at_work = Counter[str]()

    @contextmanager
    def admitted(self, endpoint_id: str) -> Iterator[None]:
        """While a request is worked on; raises `RefusedError` (429, 503) for one too many."""
        own, all_ = self._at_work[endpoint_id], self._at_work.total()
        if own >= self._most_of_one or (own and all_ >= self._places.most - self._places.kept):
            raise busy(f"{endpoint_id} has {own} requests at work already")
        if all_ >= self._places.most:
            raise unavailable(f"{all_} requests are at work already")
        self._at_work[endpoint_id] += 1
        try:
            yield
        finally:
            self._at_work[endpoint_id] -= 1
            if not self._at_work[endpoint_id]:
                del self._at_work[endpoint_id]
