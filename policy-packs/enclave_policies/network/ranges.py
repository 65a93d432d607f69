"""Sets of addresses by where they lie: which of them others meet is found without asking each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from enclave_policies.network.bits import bits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclave_policies.network.intervals import Intervals
    from enclave_policies.network.networks import AddressSet


class Ranges:
    """Sets of addresses, told apart by their number in the order that they are given in."""

    def __init__(self, sets: Sequence[AddressSet]) -> None:
        self._four = _Family([one.v4 for one in sets])
        self._six = _Family([one.v6 for one in sets])

    def meeting(self, addresses: AddressSet) -> int:
        """Return the numbers of the sets that have one of some addresses, as bits."""
        return self._four.meeting(addresses.v4) | self._six.meeting(addresses.v6)


class _Family:
    def __init__(self, sets: Iterable[Intervals]) -> None:
        every = sorted((first, last, number) for number, found in enumerate(sets) for first, last in found)
        self._firsts = [first for first, _, _ in every]
        self._lasts = [last for _, last, _ in every]
        self._numbers = [number for _, _, number in every]
        self._reached = list(accumulate(self._lasts, max))
        apart = all(one[1] < other[0] for one, other in pairwise(every))
        self._plain = apart and self._numbers == list(range(len(every)))

    def meeting(self, intervals: Intervals) -> int:
        found = 0
        for first, last in intervals if self._firsts else ():
            begin, end = bisect_left(self._reached, first), bisect_right(self._firsts, last)
            if begin >= end:
                continue
            if self._plain:  # so many numbers in a row
                found |= ((1 << (end - begin)) - 1) << begin
            else:
                found |= bits_of(self._numbers[at] for at in range(begin, end) if self._lasts[at] >= first)
        return found
