"""The address that a host is, in every spelling that programs understand."""

from __future__ import annotations

import pytest
from enclave_policies.identifiers.addresses import host_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("3405803785", "203.0.113.9/32"),
        ("203.29001", "203.0.113.73/32"),
        ("203.0.29001", "203.0.113.73/32"),
        ("0xcb.0.0161.9", "203.0.113.9/32"),
        ("4294967295", "255.255.255.255/32"),
        ("4294967296", None),
        ("1.16777215", "1.255.255.255/32"),
        ("1.16777216", None),
        ("1.2.65535", "1.2.255.255/32"),
        ("1.2.65536", None),
        ("1.2.3.256", None),
        ("256.1", None),
        ("1.256.1", None),
        ("1.2.3.4.5", None),
        ("08.0.0.1", None),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("::203.0.113.9", "203.0.113.9/32"),
        ("::1", "::1/128"),
        ("2002:cb00:7109::1", "203.0.113.9/32"),
        ("64:ff9b::cb00:7109", "203.0.113.9/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2002:cb00:7109::/48", "2002:cb00:7109::/48"),
        ("hamar.example", None),
        ("", None),
    ],
)
def test_a_number_is_the_address_that_packets_go_to_and_a_number_too_large_is_none(
    text: str, address: str | None
) -> None:
    found = host_address(text)
    assert (found and str(found)) == address
