"""Shared addresses are found without comparing each network with each."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.declaration.networks import Taken

networks = st.builds(
    lambda base, prefix: IPv4Network((base << 24 | base, prefix), strict=False), st.integers(8, 12), st.integers(0, 32)
)


@given(st.lists(networks, max_size=8), networks)
def test_sharing_is_found_as_by_comparing_every_range(added: list[IPv4Network], asked: IPv4Network) -> None:
    taken = Taken()
    for number, network in enumerate(added):
        taken.add(network, str(number))
    meeting = [one for one in added if one[0] <= asked[-1] and asked[0] <= one[-1]]
    found = taken.sharing(asked)
    assert (found is None) is (not meeting)
    if found is not None:
        assert found[0] in meeting
        assert found[1] == str(added.index(found[0]))


@given(st.lists(networks, max_size=8), st.integers(0, 2**32 - 1))
def test_an_address_lies_where_it_lies(added: list[IPv4Network], number: int) -> None:
    taken, address = Taken(), IPv4Address(number)
    for network in added:
        taken.add(network, str(network))
    found = taken.holding(address)
    assert (found is None) is (not any(address in network for network in added))
    assert found is None or address in found[0]


@pytest.mark.parametrize("kind", ["above", "inside"])
def test_a_look_in_one_direction_alone_would_be_noticed(kind: str) -> None:
    """The seeded bug of this family: either half of the question is needed."""
    taken = Taken()
    taken.add(IPv4Network("10.0.0.0/16"), "x")
    asked = IPv4Network("10.0.1.0/24" if kind == "above" else "10.0.0.0/8")
    assert taken.sharing(asked) == (IPv4Network("10.0.0.0/16"), "x")
    assert taken.sharing(IPv4Network("10.1.0.0/16")) is None
