"""Sets of addresses by where they lie: which of them others meet is found without asking each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import pairwise
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
    """The intervals of one family, those of about one length together: one that holds all others hides none of them."""

    def __init__(self, sets: Iterable[Intervals]) -> None:
        layers: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for number, found in enumerate(sets):
            for first, last in found:
                layers[(last - first + 1).bit_length()].append((first, last, number))
        self._layers = [_Layer(sorted(every)) for every in layers.values()]

    def meeting(self, intervals: Intervals) -> int:
        found = 0
        for layer in self._layers if intervals else ():
            for first, last in intervals:
                found |= layer.meeting(first, last)
        return found


class _Layer:
    """Intervals of which none is twice as long as another."""

    def __init__(self, every: Sequence[tuple[int, int, int]]) -> None:
        self._firsts = [first for first, _, _ in every]
        self._lasts = [last for _, last, _ in every]
        self._numbers = [number for _, _, number in every]
        self._widest = max(last - first for first, last, _ in every)
        apart = all(one[1] < other[0] for one, other in pairwise(every))
        self._plain = apart and self._numbers == list(range(self._numbers[0], self._numbers[0] + len(every)))

    def meeting(self, first: int, last: int) -> int:
        begin, end = bisect_left(self._firsts, first - self._widest), bisect_right(self._firsts, last)
        if not self._plain:
            return bits_of(self._numbers[at] for at in range(begin, end) if self._lasts[at] >= first)
        while begin < end and self._lasts[begin] < first:
            begin += 1
        return ((1 << (end - begin)) - 1) << (self._numbers[0] + begin) if begin < end else 0
