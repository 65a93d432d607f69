"""Hosts as a cluster's programs name them: own, in the cluster, or refused."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.places.hosts import refused_host
from enclave_policies.places.names import is_in_cluster, spelled
from hypothesis import given
from hypothesis import strategies as some

LAW = load_law()
LABEL = some.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)


@pytest.mark.parametrize(
    "host",
    [
        *("redis", "redis.enclave-store", "kafka-0.kafka.enclave-store", "a.b.svc", "a.b.svc.cluster.local", "x.db"),
        *("k8s.hamar.example", "hamar.example", "*.hamar.example", "DB.Hamar.Example.", "localhost", "a.b.c.d.svc"),
        *("10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "[::1]", "::", "224.0.0.251", "255.255.255.255", "a.app"),
        *("255.255.255.0", "255.255.240.0", "240.0.0.1", "db%2Eenclave-store%2Esvc", "db%2ehamar.example"),
        *("%2Fvar%2Frun%2Fpostgresql", "/var/run/postgresql"),
        *("::ffff:10.0.0.1", "s3.eu-west-1.amazonaws.com", "db.x.eu-west-1.rds.amazonaws.com", "s3.v1", "a.b.v1"),
        "0.0.0.0",  # noqa: S104 (an address to refuse or not, nothing binds to it)
    ],
)
def test_own_hosts_and_names_of_the_cluster_pass(host: str) -> None:
    assert refused_host(host, LAW) is None


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("evil.net", "'evil.net', which is not the enclave's"),
        ("a.b.c.d", "not the enclave's"),
        ("evil%2Enet", "'evil.net', which is not the enclave's"),
        ("hamar%2Eexample%2Eevil%2Enet", "not the enclave's"),
        ("239.255.255.255.evil.net", "not the enclave's"),
        ("192.0.2.1", "outside the enclave's networks"),
        ("hamar.example.evil.net", "not the enclave's"),
        ("nothamar.example", "not the enclave's"),
        ("a.b.app", "not the enclave's"),
        ("a.no", "not the enclave's"),
        ("a.xn--p1ai", "not the enclave's"),
        ("xn--hmar-5ra.example", "not the enclave's"),
        ("evil\uff0enet", "'evil.net'"),
        ("EVIL.NET.", "'evil.net'"),
        ("8.8.8.8", "the address '8.8.8.8', outside the enclave's networks"),
        ("192.168.0.1", "outside the enclave's networks"),
        ("2001:db8::1", "outside the enclave's networks"),
        ("[2001:db8::1]", "outside the enclave's networks"),
        ("::ffff:8.8.8.8", "outside the enclave's networks"),
        ("134744072", "the address '134744072' (8.8.8.8), outside the enclave's networks"),
        ("0x08.8.8.8", "(8.8.8.8), outside the enclave's networks"),
        ("010.0.0.1", "(8.0.0.1), outside the enclave's networks"),
        ("a b.net", "which cannot be read as a host"),
        ("", "cannot be read as a host"),
        ("-a.net", "cannot be read as a host"),
        ("s3.us-east-1.amazonaws.com", "us-east-1 (Northern Virginia, United States, US)"),
        ("s3.amazonaws.com", "s3.amazonaws.com"),
    ],
)
def test_foreign_hosts_are_refused_with_what_they_are(host: str, words: str) -> None:
    refusal = refused_host(host, LAW)
    assert refusal is not None
    assert words in refusal.words
    assert refusal.where is not None


def test_a_public_address_is_no_service_that_is_named_like_a_domain() -> None:
    assert refused_host("redis.store", LAW) is None
    assert refused_host("redis.store", LAW, public=True) is not None
    assert refused_host("redis.enclave-store", LAW, public=True) is None


@given(some.lists(LABEL, min_size=1, max_size=5))
def test_a_name_below_the_own_zone_is_own_and_a_name_that_only_ends_alike_is_not(labels: list[str]) -> None:
    name = ".".join(labels)
    assert refused_host(f"{name}.hamar.example", LAW) is None
    assert refused_host(f"{name}hamar.example", LAW) is not None
    assert refused_host(f"hamar.example.{name}.com", LAW) is not None


@given(some.ip_addresses())
def test_of_all_addresses_those_of_the_own_networks_pass(address: IPv4Address | IPv6Address) -> None:
    if isinstance(address, IPv6Address):
        embedded = IPv4Address(int(address) & 0xFFFFFFFF)
        carries = any(address in IPv6Network(block) for block in ("64:ff9b::/96", "::/96")) and int(address) > 255
        address = address.ipv4_mapped or address.sixtofour or (embedded if carries else address)
    nobody = address.is_unspecified or address.is_multicast or address in IPv4Network("240.0.0.0/4")
    assert (refused_host(str(address), LAW) is None) == (bool(LAW.owns_address(str(address))) or nobody)


@given(some.text(max_size=30))
def test_no_text_breaks_the_question(text: str) -> None:
    refused_host(text, LAW)


def test_three_names_are_the_most_that_a_cluster_completes() -> None:
    assert is_in_cluster("service.store")
    assert is_in_cluster("pod.service.namespace")
    assert not is_in_cluster("a.pod.service.namespace")
    assert is_in_cluster("a.pod.service.namespace.svc")


def test_country_codes_are_public_and_other_short_words_are_not() -> None:
    assert not is_in_cluster("a.se")
    assert is_in_cluster("a.ns")
    assert is_in_cluster("a.v1")


def test_a_host_is_written_in_one_way() -> None:
    assert spelled(" [FE80::1] ".strip()) == "fe80::1"
    assert spelled("A.B.") == "a.b"
    assert spelled("a.x") == "a.x"
    assert spelled("A.X") == "a.x"
    assert spelled(" a.b ") == "a.b"
