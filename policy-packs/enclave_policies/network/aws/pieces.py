"""Addresses cut where rules begin or end, in one sweep over all of their boundaries."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from enclave_policies.network.intervals import intersected
from enclave_policies.network.networks import AddressSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.network.intervals import Interval, Intervals


def cut(wanted: AddressSet, sets: Sequence[AddressSet]) -> list[tuple[AddressSet, int]]:
    """Return pieces of some addresses, each with the numbers of the sets that it lies in, as bits.

    A piece lies wholly inside or wholly outside each of the sets, and no two lie in the same ones.
    """
    four = _swept(wanted.v4, [one.v4 for one in sets])
    six = _swept(wanted.v6, [one.v6 for one in sets])
    return [(AddressSet(four.get(inside, ()), six.get(inside, ())), inside) for inside in {**four, **six}]


def _swept(wanted: Intervals, sets: Sequence[Intervals]) -> dict[int, Intervals]:
    """Return the pieces of one family, by the numbers of the sets that each lies in."""
    if not wanted:
        return {}
    low, high = wanted[0][0], wanted[-1][1]
    changes: dict[int, int] = defaultdict(int)
    for number, intervals in enumerate(sets):
        for first, last in intervals:
            if first <= high and last >= low:
                changes[max(first, low)] ^= 1 << number
                changes[min(last, high) + 1] ^= 1 << number
    inside = changes.pop(low, 0)
    changes.pop(high + 1, None)
    if not changes:
        return {inside: wanted}
    found: dict[int, list[Interval]] = defaultdict(list)
    places = [low, *sorted(changes), high + 1]
    for place, after in pairwise(places):
        inside ^= changes.get(place, 0)
        found[inside] += intersected(wanted, ((place, after - 1),))
    return {key: tuple(intervals) for key, intervals in found.items() if intervals}
