"""Sets of integers as sorted intervals that neither overlap nor touch.

The form is canonical: two equal sets are equal tuples. Both ends of an interval are included.
"""

from bisect import bisect_left
from collections.abc import Iterator

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def union(spans: tuple[Interval, ...]) -> Intervals:
    """Return the canonical form of some intervals in any order."""
    if len(spans) < 2:
        return spans
    merged: list[Interval] = []
    low, high = None, -2
    for start, end in sorted(spans):
        if low is None or start > high + 1:
            if low is not None:
                merged.append((low, high))
            low, high = start, end
        elif end > high:
            high = end
    if low is not None:
        merged.append((low, high))
    return tuple(merged)


def intersect(left: Intervals, right: Intervals) -> Intervals:
    """Return what two canonical sets share."""
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low = max(left[i][0], right[j][0])
        high = min(left[i][1], right[j][1])
        if low <= high:
            shared.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(shared)


def clipped(span: Interval, spans: Intervals) -> Iterator[Interval]:
    """Yield what one interval shares with a canonical set, found by bisection."""
    low, high = span
    for at in range(max(0, bisect_left(spans, (low, low)) - 1), len(spans)):
        start, end = spans[at]
        if start > high:
            return
        if end >= low:
            yield (max(low, start), min(high, end))


def subtract(left: Intervals, right: Intervals) -> Intervals:
    """Return what is in the left canonical set and not in the right one."""
    rest: list[Interval] = []
    for start, end in left:
        low = start
        for taken_low, taken_high in right[max(0, bisect_left(right, (start, start)) - 1) :]:
            if taken_high < low:
                continue
            if taken_low > end:
                break
            if taken_low > low:
                rest.append((low, taken_low - 1))
            low = taken_high + 1
        if low <= end:
            rest.append((low, end))
    return tuple(rest)


def contains(spans: Intervals, value: int) -> bool:
    """Tell whether a canonical set holds one integer."""
    return any(low <= value <= high for low, high in spans)
