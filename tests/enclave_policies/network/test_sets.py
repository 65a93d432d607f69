"""Port sets and address sets behave as sets of single numbers do."""

from __future__ import annotations

from ipaddress import ip_address
from itertools import pairwise

import pytest
from enclave_policies.network import intervals
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet, protocol_name
from hypothesis import given
from hypothesis import strategies as st

small = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)
many = st.lists(st.integers(0, 100).map(lambda first: (3 * first, 3 * first + 1)), min_size=20, max_size=60)


def numbers(found: intervals.Intervals) -> set[int]:
    return {number for first, last in found for number in range(first, last + 1)}


@given(st.one_of(small, many), small)
def test_intervals_say_what_sets_of_numbers_say(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    left, right = intervals.merged(some), intervals.merged(others)
    plain_left, plain_right = numbers(tuple(some)), numbers(tuple(others))
    assert numbers(left) == plain_left
    assert numbers(intervals.intersected(left, right)) == plain_left & plain_right
    assert numbers(intervals.subtracted(left, right)) == plain_left - plain_right
    assert intervals.overlapping(left, right) == bool(plain_left & plain_right)
    for found in (left, intervals.intersected(left, right), intervals.subtracted(left, right)):
        assert all(first <= last for first, last in found)
        assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


def test_a_set_that_forgets_the_last_number_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "intersected", lambda some, _others: tuple((a, b - 1) for a, b in some))
    with pytest.raises((AssertionError, ExceptionGroup)):
        test_intervals_say_what_sets_of_numbers_say()


def test_ports_are_apart_for_each_protocol() -> None:
    web = PortSet.of("tcp", (443, 443), (8000, 8080))
    names = PortSet.of("udp", (53, 53))
    both = web.union(names)
    assert str(both) == "tcp 443, 8000-8080; udp 53"
    assert both.minus(web) == names
    assert both.intersect(PortSet.of("tcp", (8080, 9000))) == PortSet.of("tcp", (8080, 8080))
    assert not web.intersect(names)
    assert web.has("tcp", 443)
    assert not web.has("udp", 443)
    assert str(EVERYTHING.minus(EVERYTHING)) == str(NOTHING) == "nothing"
    assert str(EVERYTHING) == "everything"
    assert str(PortSet.of("icmp")) == "icmp"


def test_protocols_go_by_their_numbers() -> None:
    assert [protocol_name(number) for number in (1, 6, 17, 58, 132, 50)] == [
        "icmp",
        "tcp",
        "udp",
        "icmpv6",
        "sctp",
        "other",
    ]


def test_addresses_of_both_families_stay_apart() -> None:
    inside = AddressSet.of("10.0.0.0/8", "fd00::/8")
    assert ANYWHERE.contains(inside)
    assert not inside.contains(AddressSet.of("::/0"))
    assert str(inside.minus(AddressSet.of("10.128.0.0/9"))) == "10.0.0.0/9, fd00::/8"
    assert inside.intersect(AddressSet.of("10.1.2.3")) == AddressSet.of("10.1.2.3/32")
    assert not NOWHERE
    assert str(NOWHERE.union(AddressSet.of("10.0.0.0/9"), AddressSet.of("10.128.0.0/9"))) == "10.0.0.0/8"
    assert int(ip_address("10.0.0.0")) == AddressSet.of("10.0.0.0/8").v4[0][0]


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        AddressSet.of("10.0.0.0/33")
