"""Sets of whole numbers as sorted, disjoint, closed intervals: what ports and addresses have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def merged(intervals: Iterable[Interval]) -> Intervals:
    """Return the same numbers with the fewest intervals; an interval whose end is before its beginning is empty."""
    found: list[Interval] = []
    for first, last in sorted(interval for interval in intervals if interval[0] <= interval[1]):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def intersected(some: Intervals, others: Intervals) -> Intervals:
    """Return the numbers that both have; both must be merged."""
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


def subtracted(some: Intervals, others: Intervals) -> Intervals:
    """Return the numbers of the first that the second lacks; both must be merged."""
    found: list[Interval] = []
    for first, last in some:
        begin = first
        for other_first, other_last in others:
            if other_last < begin:
                continue
            if other_first > last:
                break
            if other_first > begin:
                found.append((begin, other_first - 1))
            begin = other_last + 1
        if begin <= last:
            found.append((begin, last))
    return tuple(found)
