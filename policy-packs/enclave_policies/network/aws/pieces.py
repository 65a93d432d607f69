"""Addresses cut where rules begin or end, in one sweep over all of their boundaries."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from enclave_policies.network.networks import AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.network.intervals import Interval, Intervals


def cut(wanted: AddressSet, sets: Sequence[AddressSet]) -> list[tuple[AddressSet, int]]:
    """Return pieces of some addresses, each with the numbers of the sets that it lies in, as bits.

    A piece lies wholly inside or wholly outside each of the sets, and no two lie in the same ones.
    """
    found: dict[int, tuple[list[Interval], list[Interval]]] = defaultdict(lambda: ([], []))
    for family, (mine, theirs) in enumerate(
        ((wanted.v4, [one.v4 for one in sets]), (wanted.v6, [one.v6 for one in sets]))
    ):
        for first, last, inside in _swept(mine, theirs) if mine else ():
            found[inside][family].append((first, last))
    return [(AddressSet(tuple(four), tuple(six)), inside) for inside, (four, six) in found.items()]


def _swept(wanted: Intervals, sets: Iterable[Intervals]) -> Iterator[tuple[int, int, int]]:
    """Yield what lies between two boundaries, and the numbers of the sets that it lies in."""
    low, high = wanted[0][0], wanted[-1][1]
    changes: dict[int, int] = defaultdict(int)
    count = 0
    for number, intervals in enumerate(sets):
        count = number + 1
        for first, last in intervals:
            if first <= high and last >= low:
                changes[max(first, low)] ^= 1 << number
                changes[last + 1] ^= 1 << number
    mark = 1 << count
    for first, last in wanted:
        changes[first] ^= mark
        changes[last + 1] ^= mark
    places = sorted(changes)
    inside = 0
    for place, after in pairwise(places):
        inside ^= changes[place]
        if inside & mark:
            yield place, after - 1, inside ^ mark
