"""Sets of whole numbers as sorted, disjoint, closed intervals: what ports and addresses have in common."""

from __future__ import annotations

from bisect import bisect_right
from math import inf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]
_HUGE: Final = inf
_MANY: Final = 8
"""So many times as many are looked up and not walked through."""


def merged(intervals: Iterable[Interval]) -> Intervals:
    """Return the same numbers with the fewest intervals; an interval whose end is before its beginning is empty."""
    ordered = sorted(interval for interval in intervals if interval[0] <= interval[1])
    if len(ordered) <= 1:
        return tuple(ordered)
    found: list[Interval] = []
    for first, last in ordered:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def intersected(some: Intervals, others: Intervals) -> Intervals:
    """Return the numbers that both have; both must be merged."""
    if not some or not others:
        return ()
    few, many = (some, others) if len(some) < len(others) else (others, some)
    if len(many) > _MANY * len(few):
        return tuple(_found_in(few, many))
    found: list[Interval] = []
    left = right = 0
    while left < len(some) and right < len(others):
        first, last = max(some[left][0], others[right][0]), min(some[left][1], others[right][1])
        if first <= last:
            found.append((first, last))
        if some[left][1] < others[right][1]:
            left += 1
        else:
            right += 1
    return tuple(found)


def overlapping(some: Intervals, others: Intervals) -> bool:
    """Return whether both have a number; both must be merged."""
    few, many = (some, others) if len(some) < len(others) else (others, some)
    return any(True for _ in _found_in(few, many))


def subtracted(some: Intervals, others: Intervals) -> Intervals:
    """Return the numbers of the first that the second lacks; both must be merged."""
    if not some or not others:
        return some
    begin, end = _reaching(some, others[0][0]), bisect_right(some, (others[-1][1], _HUGE))
    return (*some[:begin], *_without(some[begin:end], others), *some[end:])


def _without(some: Intervals, others: Intervals) -> Iterator[Interval]:
    at = 0
    for first, last in some:
        while at < len(others) and others[at][1] < first:
            at += 1
        begin, then = first, at
        while then < len(others) and others[then][0] <= last:
            if others[then][0] > begin:
                yield begin, others[then][0] - 1
            begin = others[then][1] + 1
            then += 1
        if begin <= last:
            yield begin, last


def _found_in(few: Intervals, many: Intervals) -> Iterator[Interval]:
    """Yield what both have, looking up each of the few among the many."""
    for first, last in few:
        for at in range(_reaching(many, first), len(many)):
            begin, end = many[at]
            if begin > last:
                break
            yield max(first, begin), min(last, end)


def _reaching(intervals: Intervals, number: int) -> int:
    """Return the place of the first interval that does not end before a number."""
    after = bisect_right(intervals, (number, _HUGE))
    return after - 1 if after and intervals[after - 1][1] >= number else after
