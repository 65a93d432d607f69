"""Sets held against sets say what every two of their members say."""

from __future__ import annotations

from functools import reduce
from operator import or_
from random import Random
from typing import TYPE_CHECKING

import pytest
from enclave_policies.network import joining
from enclave_policies.network.bits import bits_of, least, numbers_in
from enclave_policies.network.joining import Offer, joined
from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = range(20)
MEMBERS = 12
Offers = list[Offer[int]]


def chance_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (no secret depends on it)


def offers(chance: Random, most: int) -> Offers:
    """Up to so many offers, of anybody to anybody."""
    return [
        Offer(number, chance.getrandbits(MEMBERS) & chance.getrandbits(MEMBERS), chance.getrandbits(MEMBERS))
        for number in range(chance.randrange(most))
    ]


def one_by_one(outward: Offers, inward: Offers) -> set[tuple[int, int, int, int]]:
    held = ((out, into, out.bound & into.named, into.bound & out.named) for out in outward for into in inward)
    return {(out.what, into.what, here, there) for out, into, here, there in held if here and there}


def told(outward: Offers, inward: Offers) -> list[tuple[int, int, int, int]]:
    return [(out.what, into.what, here, there) for out, into, here, there in joined(outward, inward)]


@pytest.mark.parametrize("most", [4, 40])
def test_offers_meet_as_their_members_do(most: int) -> None:
    for seed in SEEDS:
        chance = chance_of(seed)
        outward, inward = offers(chance, most), offers(chance, most)
        assert sorted(told(outward, inward)) == sorted(one_by_one(outward, inward))


def test_nothing_is_left_out_but_what_hubs_say_of_hubs() -> None:
    for seed in SEEDS:
        chance = chance_of(seed)
        outward, inward, hubs = offers(chance, 40), offers(chance, 40), chance.getrandbits(MEMBERS)
        every = one_by_one(outward, inward)
        found = {(out.what, into.what, here, there) for out, into, here, there in joining.joined(outward, inward, hubs)}
        assert {one for one in every if one[2] & ~hubs or one[3] & ~hubs} <= found <= every


def test_a_join_that_looks_at_one_side_only_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(joining._About, "of", lambda about, _members: reduce(or_, about._alike.values(), 0))
    with pytest.raises(AssertionError):
        test_offers_meet_as_their_members_do(4)


@pytest.mark.parametrize("numbers", [[0], [3, 5], [7, 8, 64], list(range(2, 100, 3))])
def test_a_set_of_bits_has_the_numbers_that_it_is_made_of(numbers: Sequence[int]) -> None:
    assert list(numbers_in(bits_of(numbers))) == numbers
    assert least(bits_of(numbers)) == numbers[0]


NETWORKS = {
    "apart and in order": ["10.0.0.0/24", "10.0.1.0/24", "10.0.3.0/24", "fd00::/16"],
    "one within another": ["10.0.0.0/8", "10.0.1.0/24", "10.0.0.0/24", "10.0.3.7/32", "::/0"],
    "in any order": ["10.0.3.0/24", "10.0.0.0/24", "10.0.1.0/24"],
}


@pytest.mark.parametrize("case", NETWORKS)
def test_the_ranges_that_addresses_meet_are_those_that_have_one_of_them(case: str) -> None:
    sets = (
        [NOWHERE, *map(AddressSet.of, NETWORKS[case])]
        if case == "in any order"
        else [*map(AddressSet.of, NETWORKS[case])]
    )
    for asked in (*NETWORKS["one within another"], "10.0.1.9", "10.0.2.0/24", "10.0.2.0/23", "9.0.0.0/8", "fd00::7"):
        addresses = AddressSet.of(asked)
        meeting = [number for number, one in enumerate(sets) if one.intersect(addresses)]
        assert list(numbers_in(Ranges(sets).meeting(addresses))) == meeting, asked
