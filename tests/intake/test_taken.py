"""What a process remembers of requests that failed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from landline.intake.taken import Taken


@dataclass(frozen=True)
class Sent:
    id: str


ONE, TWO, THREE = Sent("1"), Sent("2"), Sent("3")


def failing(taken: Taken, records: list[Sent], *ids: str) -> tuple[Sent, ...]:
    with suppress(ZeroDivisionError), taken.attempt(records) as attempt:
        attempt.add(ids)
        raise ZeroDivisionError
    return attempt.left


def left(taken: Taken, *records: Sent) -> tuple[Sent, ...]:
    with taken.attempt(records) as attempt:
        return attempt.left


def test_what_was_taken_of_a_request_that_failed_is_left_out_until_it_succeeds() -> None:
    taken = Taken()
    assert failing(taken, [ONE, TWO, THREE], "1") == (ONE, TWO, THREE)
    assert failing(taken, [ONE, TWO, THREE], "3") == (TWO, THREE)
    assert left(taken, ONE, TWO, THREE) == (TWO,)
    assert left(taken, ONE, TWO, THREE) == (ONE, TWO, THREE)


def test_a_request_beside_it_is_one_of_its_own() -> None:
    taken = Taken()
    with taken.attempt([ONE]) as first:
        first.add(["1"])
        assert left(taken, ONE) == (ONE,)
    assert left(taken, ONE) == (ONE,)


def test_the_oldest_is_forgotten_first() -> None:
    taken = Taken(most=2)
    failing(taken, [ONE], "1")
    failing(taken, [TWO, THREE], "2", "3")
    assert failing(taken, [ONE, TWO, THREE]) == (ONE,)
