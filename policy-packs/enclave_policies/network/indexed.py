"""Things that are about addresses: which of them are about some, found without asking each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

from enclave_policies.network.bits import numbers_in
from enclave_policies.network.intervals import overlapping
from enclave_policies.network.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclave_policies.network.networks import AddressSet

What = TypeVar("What")
FEW: Final = 8
"""Up to so many are asked one by one, which takes less than an index of them."""


class Indexed(Generic[What]):
    """Things in order; ``about`` tells the addresses of each."""

    def __init__(self, every: Iterable[What], about: Callable[[What], AddressSet]) -> None:
        self.every = tuple(every)
        self._about = [about(one) for one in self.every]
        self._ranges = Ranges(self._about) if len(self.every) > FEW else None

    def meeting(self, wanted: AddressSet) -> int:
        """Return the places of those that have one of some addresses, as bits."""
        if self._ranges is not None:
            return self._ranges.meeting(wanted)
        found = 0
        for place, one in enumerate(self._about):
            if overlapping(one.v4, wanted.v4) or overlapping(one.v6, wanted.v6):
                found |= 1 << place
        return found

    def at(self, places: int) -> list[What]:
        """Return what stands at some places."""
        return [self.every[place] for place in numbers_in(places)]
