"""Longest prefix match: a route table as disjoint intervals of addresses, each with its targets."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from landline.network.interval import Interval

T = TypeVar("T")


class Prefix(NamedTuple, Generic[T]):
    """One destination with its target.

    Of equal destinations, the lowest rank wins, and equal ranks all count.
    """

    span: Interval
    rank: int
    target: T


class Stretch(NamedTuple, Generic[T]):
    """Addresses that all go to the same targets; with several targets, AWS may choose any."""

    span: Interval
    targets: tuple[T, ...]


def longest_prefix_match(prefixes: Iterable[Prefix[T]]) -> tuple[Stretch[T], ...]:
    """Return the disjoint stretches of a route table, in the order of addresses.

    Addresses with no route are absent. Prefixes
    of CIDR blocks nest or are disjoint, so that one sweep with a stack is enough: the innermost one
    wins.
    """
    best: dict[Interval, tuple[int, list[T]]] = {}
    for span, rank, target in prefixes:
        known = best.get(span)
        if known is None or rank < known[0]:
            best[span] = (rank, [target])
        elif rank == known[0] and target not in known[1]:
            known[1].append(target)
    stretches: list[Stretch[T]] = []
    open_spans: list[tuple[Interval, tuple[T, ...]]] = []
    position = 0

    def emit(until: int) -> None:
        nonlocal position
        if open_spans and position <= until:
            stretches.append(Stretch((position, until), open_spans[-1][1]))
        position = max(position, until + 1)

    for span in sorted(best, key=lambda item: (item[0], -item[1])):
        while open_spans and open_spans[-1][0][1] < span[0]:
            emit(open_spans[-1][0][1])
            open_spans.pop()
        emit(span[0] - 1)
        position = span[0]
        open_spans.append((span, tuple(best[span][1])))
    while open_spans:
        emit(open_spans[-1][0][1])
        open_spans.pop()
    return tuple(stretches)


def with_next_best(
    stretches: tuple[Stretch[T], ...], sure: tuple[Stretch[T], ...], doubted: Callable[[T], T]
) -> Iterator[Stretch[T]]:
    """Yield a table's stretches, with the targets besides, in doubt, that would have the packets otherwise.

    `sure` are the stretches without the routes that may go: who owns a prefix list can empty it, and then its
    packets take the best route of those that stay.
    """
    for (low, high), targets in stretches:
        at = low
        for (first, last), others in overlapping(sure, low, high):
            if at < first:
                yield Stretch((at, first - 1), targets)
            at = max(at, first)
            more = tuple(doubted(other) for other in others if other not in targets)
            yield Stretch((at, min(last, high)), targets + more)
            at = last + 1
        if at <= high:
            yield Stretch((at, high), targets)


def overlapping(stretches: tuple[Stretch[T], ...], low: int, high: int) -> Iterator[Stretch[T]]:
    """Yield the stretches that share an address with an interval, found by bisection."""
    for index in range(bisect_left(stretches, low, key=lambda stretch: stretch.span[1]), len(stretches)):
        if stretches[index].span[0] > high:
            return
        yield stretches[index]
