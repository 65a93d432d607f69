"""A name has one spelling, and its form tells whether a cluster or the public resolves it."""

from __future__ import annotations

import pytest
from enclave_policies.places.names import is_in_cluster, is_public, spelled


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (" EVIL.net. ", "evil.net"),
        ("TAXI.LUX", "taxi.lux"),
        ("evil%2Enet", "evil.net"),
        ("evil\u3002net", "evil.net"),
        ("ev\u00adil.net", "evil.net"),
        ("\uff45vil.net", "evil.net"),
        ("evil.net\u3002", "evil.net"),
        ("ev\u200eil.net", "evil.net"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("[2001:DB8::7]", "2001:db8::7"),
        ("[fe80::1%25eth0]", "fe80::1%25eth0"),
        ("", ""),
    ],
)
def test_every_spelling_of_a_host_is_one(text: str, host: str) -> None:
    assert spelled(text) == host


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("redis", True),
        ("redis.store", True),
        ("redis.backend", True),
        ("redis-0.redis.backend", True),
        ("redis-0.store.backend", True),
        ("a.redis-0.redis.backend", False),
        ("a.redis-0.redis.backend.svc", True),
        ("redis.backend.svc.cluster.local", True),
        ("redis-0.redis.store", False),
        ("evil.net", False),
        ("db.evil.net", False),
        ("backend.corp", False),
    ],
)
def test_a_cluster_resolves_the_names_of_its_services(name: str, inside: bool) -> None:
    assert is_in_cluster(name) is inside


def test_a_name_with_a_public_certificate_is_no_service_where_its_ending_is_public() -> None:
    assert not is_in_cluster("redis.store", public=True)
    assert is_in_cluster("redis.backend", public=True)


def test_a_name_is_public_by_its_last_label() -> None:
    assert is_public("evil.net")
    assert is_public("evil.museum")
    assert is_public("a.xn--p1ai")
    assert is_public("a.example")
    assert not is_public("a.backend")
