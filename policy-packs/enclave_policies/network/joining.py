"""What one end lets out held against what the other lets in, by sets of those that it is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from enclave_policies.network.bits import bits_of, numbers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Offer(Generic[What]):
    """What holds alike for all in ``bound``, towards all in ``named``, who stand at the other end."""

    what: What
    bound: int
    named: int


Joined = tuple[Offer[What], Offer[What], int, int]
"""An offer of each end, and who of the first and of the second end meet by them."""


def joined(outward: Sequence[Offer[What]], inward: Sequence[Offer[What]]) -> Iterator[Joined[What]]:
    """Yield every two offers by which somebody at one end meets somebody at the other.

    Whom the one names and the other binds can be told apart from whom the other names and the one binds: any of the
    first meets any of the second. So two sets are enough, and offers about few are never held against all others.
    """
    at_target, at_source = _by_member(inward, "bound"), _by_member(inward, "named")
    for out in outward:
        near = _about(at_target, out.named, inward, "bound") & _about(at_source, out.bound, inward, "named")
        for number in numbers_in(near):
            into = inward[number]
            yield out, into, out.bound & into.named, into.bound & out.named


def _by_member(offers: Sequence[Offer[What]], side: str) -> Mapping[int, int]:
    """Return the numbers of the offers that are about each member, as a set."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, offer in enumerate(offers):
        for member in numbers_in(getattr(offer, side)):
            found[member].append(number)
    return {member: bits_of(numbers) for member, numbers in found.items()}


def _about(by_member: Mapping[int, int], members: int, offers: Sequence[Offer[What]], side: str) -> int:
    """Return the offers that are about any of some members: from the members or the offers, whichever are fewer."""
    if members.bit_count() > len(offers):
        return bits_of(number for number, offer in enumerate(offers) if getattr(offer, side) & members)
    found = 0
    for member in numbers_in(members):
        found |= by_member.get(member, 0)
    return found
