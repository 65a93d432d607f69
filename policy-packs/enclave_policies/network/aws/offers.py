"""What the subnets of a zone say of those of another: one offer for all that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.joining import Offer
from enclave_policies.network.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from enclave_policies.network.aws.meeting import Reasons, Side
    from enclave_policies.network.networks import AddressSet


class Said(NamedTuple):
    """What subnets say of a piece of the other end's addresses; ``route`` leads there, at the sender's end."""

    side: Side
    route: Reasons


class Offers:
    """What subnets say, told apart by their number, of others; ``others`` are the addresses of those, by number.

    What means the same shares an offer, with the reasons of the first that was added. ``translated``: all others
    have the same address.
    """

    def __init__(self, others: Sequence[AddressSet], *, translated: bool = False) -> None:
        self._others = Ranges(others)
        self._translated = translated
        self._every = (1 << len(others)) - 1
        self._found: dict[Hashable, tuple[Said, int, int]] = {}

    def add(self, number: int, said: Iterable[Said]) -> None:
        """Add what one subnet says."""
        for one in said:
            if named := self._named(one.side.area):
                meaning = (one.side.meaning, named)
                first, bound, _ = self._found.get(meaning, (one, 0, named))
                self._found[meaning] = (first, bound | 1 << number, named)

    def made(self) -> list[Offer[Said]]:
        """Return what was added."""
        return [Offer(said, bound, named) for said, bound, named in self._found.values()]

    def _named(self, area: AddressSet) -> int:
        return self._every if self._translated else self._others.meeting(area)
