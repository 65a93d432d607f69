"""What is the enclave's own: hosts, addresses, mail, accounts."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from enclave_policies.identifiers.addresses import network_of
from enclave_policies.law.folder import load_law
from hypothesis import given
from hypothesis import strategies as some

LAW = load_law()
PLAN = ip_network("10.0.0.0/8")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("10.1.2.3", True),
        ("10.0.0.0/8", True),
        ("10.16.0.1/16", True),
        ("10.0.0.0/7", False),
        ("10.1.0.0/255.255.0.0", True),
        ("10.0.0.0/", None),
        ("10.0.0.0/8/8", None),
        ("fe80::1%eth0/64", True),
        ("0.0.0.0/0", False),
        ("0.0.0.0", False),  # noqa: S104
        ("11.0.0.0", False),
        ("9.255.255.255", False),
        ("192.168.0.1", False),
        ("172.16.0.0/12", False),
        ("127.0.0.1", True),
        ("169.254.169.254", True),
        ("127.0.0.0/7", False),
        ("::1", True),
        ("[::1]", True),
        ("fe80::1%eth0", True),
        ("fe80::/9", False),
        ("::/0", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("::ffff:0:0/96", False),
        (" 10.0.0.1 ", True),
        ("", None),
        ("hamar.example", None),
        ("10.0.0.1:443", None),
        ("10.0.0", None),
        ("010.0.0.1", None),
        ("10.0.0.0/33", None),
        ("10.0.0.0-10.0.0.9", None),
        ("*", None),
    ],
)
def test_an_address_is_own_inside_the_plan_alone(text: str, own: bool | None) -> None:
    assert LAW.owns_address(text) is own


@given(some.ip_addresses(v=4), some.integers(0, 32))
def test_a_block_is_own_when_its_first_and_last_address_are(address: object, length: int) -> None:
    block = ip_network(f"{address}/{length}", strict=False)
    ends = (block[0], block[-1])
    local = all(end in ip_network("127.0.0.0/8") for end in ends) or all(
        end in ip_network("169.254.0.0/16") for end in ends
    )
    assert LAW.owns_address(f"{address}/{length}") is (local or all(end in PLAN for end in ends))
    assert LAW.owns_address(str(address)) is LAW.owns_address(f"{address}/32")


@given(some.ip_addresses(v=4))
def test_an_address_is_judged_alike_as_ipv4_and_mapped_into_ipv6(address: object) -> None:
    assert LAW.owns_address(str(address)) is LAW.owns_address(f"::ffff:{address}")


@given(some.text())
def test_any_text_is_an_address_or_none(text: str) -> None:
    network = network_of(text)
    if network is not None:
        assert ip_address(str(network.network_address)) in network
    assert (LAW.owns_address(text) is None) is (network is None)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("hamar.example", True),
        ("HAMAR.Example.", True),
        ("api.hamar.example", True),
        ("a.b.c.hamar.example", True),
        ("k8s.hamar.example", True),
        ("localhost", True),
        ("10.1.2.3", True),
        ("8.8.8.8", False),
        ("nothamar.example", False),
        ("hamar.example.evil.example", False),
        ("hamar.example.", True),
        (".hamar.example", False),
        ("a..hamar.example", False),
        ("evil.example/hamar.example", False),
        ("evil.example#.hamar.example", False),
        ("evil.example@hamar.example", False),
        ("*.hamar.example", True),
        ("*", False),
        ("mqtt_broker.hamar.example", True),
        ("example", False),
        ("", False),
    ],
)
def test_a_host_is_own_at_or_below_an_own_zone(host: str, own: bool) -> None:
    assert LAW.owns_host(host) is own


label = some.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)


@given(some.lists(label, max_size=4), some.sampled_from(["hamar.example", "hamar.example.", "hamar.example.net", "x"]))
def test_labels_before_a_zone_change_nothing_and_after_it_everything(labels: list[str], end: str) -> None:
    assert LAW.owns_host(".".join([*labels, end])) is (end in {"hamar.example", "hamar.example."})


def test_the_hosts_of_registered_clusters_are_own() -> None:
    elsewhere = replace(LAW, clusters=(replace(LAW.clusters[0], server="https://api.bergen.example:6443"),))
    assert elsewhere.owns_host("api.bergen.example")
    assert not elsewhere.owns_host("x.api.bergen.example")
    assert not LAW.owns_host("api.bergen.example")


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("ops@hamar.example", True),
        ("Ops@Mail.Hamar.Example ", True),
        ("ops@hamar.example.net", False),
        ("ops@nothamar.example", False),
        ("ops@gmail.example@hamar.example", False),
        ("@hamar.example", False),
        ("hamar.example", False),
        ("", False),
    ],
)
def test_mail_is_own_at_an_own_domain(address: str, own: bool) -> None:
    assert LAW.owns_mail(address) is own


def test_an_account_is_own_when_it_is_listed() -> None:
    assert LAW.owns_account("111122223333")
    assert not LAW.owns_account("999988887777")
    assert not LAW.owns_account("")


def test_a_law_that_owns_more_has_another_digest_and_a_copy_the_same() -> None:
    assert replace(LAW).digest == LAW.digest
    assert replace(LAW, accounts=LAW.accounts | {"999988887777"}).digest != LAW.digest


def test_comparing_by_the_end_of_a_name_would_own_a_stranger() -> None:
    """The seeded bug of this family: ``endswith`` without the dot."""
    stranger = "nothamar.example"
    assert any(stranger.endswith(zone) for zone in LAW.dns_zones)
    assert not LAW.owns_host(stranger)


def test_an_organisation_is_own_only_where_the_law_lists_it() -> None:
    listing = replace(LAW, organizations=frozenset({"o-a1b2c3d4e5"}))
    assert listing.owns_organization("o-a1b2c3d4e5")
    assert not listing.owns_organization("o-zzzzzzzzzz")
    assert not LAW.owns_organization("o-a1b2c3d4e5")
