"""What one end lets out held against what the other lets in, by sets of those that it is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from enclave_policies.network.bits import bits_of, numbers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Offer(Generic[What]):
    """What holds alike for all in ``bound``, towards all in ``named``, who stand at the other end."""

    what: What
    bound: int
    named: int


Joined = tuple[Offer[What], Offer[What], int, int]
"""An offer of each end, and who of the first and of the second end meet by them."""


def joined(outward: Sequence[Offer[What]], inward: Sequence[Offer[What]], hubs: int = 0) -> Iterator[Joined[What]]:
    """Yield every two offers by which somebody at one end meets somebody at the other.

    Whom the one names and the other binds can be told apart from whom the other names and the one binds: any of the
    first meets any of the second. So two sets are enough, and offers about few are never held against all others.

    ``hubs`` are some whom nearly all offers are about: two by which hubs meet hubs only may be left out.
    """
    binding, naming = _About(inward, "bound"), _About(inward, "named")
    for out in outward:
        near = binding.of(out.named) & naming.of(out.bound)
        if hubs:
            near &= binding.of(out.named & ~hubs) | naming.of(out.bound & ~hubs)
        for number in numbers_in(near):
            into = inward[number]
            yield out, into, out.bound & into.named, into.bound & out.named


class _About(Generic[What]):
    """Which offers are about whom; ``side`` says by what. Many offers are about the same, which is asked once."""

    def __init__(self, offers: Sequence[Offer[What]], side: str) -> None:
        alike: dict[int, list[int]] = defaultdict(list)
        for number, offer in enumerate(offers):
            alike[getattr(offer, side)].append(number)
        self._alike = {members: bits_of(numbers) for members, numbers in alike.items()}
        self._by_member: dict[int, int] = defaultdict(int)
        for members, numbers in self._alike.items():
            for member in numbers_in(members):
                self._by_member[member] |= numbers
        self._told: dict[int, int] = {}

    def of(self, members: int) -> int:
        """Return the offers that are about any of some members: from the members or the offers, whichever are fewer."""
        if members not in self._told:
            found = 0
            if members.bit_count() > len(self._alike):
                for others, numbers in self._alike.items():
                    found |= numbers if others & members else 0
            else:
                for member in numbers_in(members):
                    found |= self._by_member.get(member, 0)
            self._told[members] = found
        return self._told[members]
