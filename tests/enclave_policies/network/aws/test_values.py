"""Values of AWS's rules as sets: a permission is as wide as it could be, a denial as narrow."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.network.aws.values import addresses, denied, permitted, size
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet
from enclave_policies.resources.resource import UNKNOWN

TCP, ICMP = PortSet.of("tcp"), PortSet.of("icmp")


@pytest.mark.parametrize(
    ("protocol", "first", "last", "ports", "exact"),
    [
        ("tcp", 22, 80, PortSet.of("tcp", (22, 80)), True),
        ("6", "22", "22", PortSet.of("tcp", (22, 22)), True),
        ("-1", 0, 0, EVERYTHING, True),
        ("all", None, None, EVERYTHING, True),
        (UNKNOWN, 22, 22, EVERYTHING, False),
        (None, 22, 22, EVERYTHING, False),
        ("nonsense", 22, 22, EVERYTHING, False),
        ("256", 22, 22, EVERYTHING, False),
        ("1e2", 22, 22, EVERYTHING, False),
        ("tcp", UNKNOWN, 80, TCP, False),
        ("tcp", 22, UNKNOWN, TCP, False),
        ("tcp", 80, 22, TCP, False),
        ("tcp", None, None, TCP, True),
        ("icmp", 8, 0, ICMP, True),
        ("47", None, None, PortSet.of("other"), True),
    ],
)
def test_a_permission_counts_for_the_most_that_it_could_be(
    protocol: Any, first: Any, last: Any, ports: PortSet, exact: bool
) -> None:
    assert permitted(protocol, first, last) == (ports, exact)


@pytest.mark.parametrize(
    ("protocol", "first", "last", "icmp_type", "ports"),
    [
        ("tcp", 22, 80, None, PortSet.of("tcp", (22, 80))),
        ("-1", None, None, None, EVERYTHING),
        (UNKNOWN, 22, 80, None, NOTHING),
        ("tcp", UNKNOWN, 80, None, NOTHING),
        ("icmp", None, None, None, ICMP),
        ("icmp", None, None, -1, ICMP),
        ("icmp", None, None, 8, NOTHING),
        ("58", None, None, "128", NOTHING),
        ("47", None, None, None, NOTHING),
        ("tcp", 22, 22, 8, PortSet.of("tcp", (22, 22))),
    ],
)
def test_a_denial_takes_away_only_what_it_denies_for_sure(
    protocol: Any, first: Any, last: Any, icmp_type: Any, ports: PortSet
) -> None:
    assert denied(protocol, first, last, icmp_type) == ports


def test_addresses_of_a_list_are_those_of_all_its_networks() -> None:
    assert addresses([None, "10.0.0.0/31", "", "10.0.0.4/32"]) == AddressSet.of("10.0.0.0/31", "10.0.0.4/32")
    assert addresses(["10.0.0.0/31", UNKNOWN]) is None
    assert addresses(["10.0.0.0/31", "ten"]) is None
    assert size(AddressSet.of("10.0.0.0/31", "10.0.0.4/32", "2001:db8::/126")) == 7
