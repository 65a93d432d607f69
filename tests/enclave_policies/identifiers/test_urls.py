"""Addresses are compared by origin, and loopback is told by the address alone."""

from __future__ import annotations

import pytest
from enclave_policies.identifiers.urls import host_of, is_loopback, origin


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://k8s.hamar.example:6443", "https://k8s.hamar.example:6443"),
        ("https://K8S.Hamar.Example:6443/api?x=1#y", "https://k8s.hamar.example:6443"),
        ("HTTPS://k8s.hamar.example.:6443/", "https://k8s.hamar.example:6443"),
        (" http://k8s.hamar.example ", "http://k8s.hamar.example:80"),
        ("https://k8s.hamar.example", "https://k8s.hamar.example:443"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]:443"),
        ("http://10.0.0.1:5000", "http://10.0.0.1:5000"),
        ("https://hamar.example@evil.example", None),
        ("https://user:word@hamar.example", None),
        ("ftp://hamar.example", None),
        ("hamar.example:6443", None),
        ("//hamar.example", None),
        ("https://", None),
        ("https://:443", None),
        ("https://hamar.example:port", None),
        ("https://hamar.example:99999", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_an_origin_has_one_spelling_or_none(url: str, expected: str | None) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (" https://K8S.Hamar.Example:6443/x", "k8s.hamar.example"),
        ("https://[::1]:6443", "::1"),
        ("https://a@hamar.example", None),
        ("hamar.example", None),
    ],
)
def test_a_host_is_read_off_what_has_an_origin(url: str, expected: str | None) -> None:
    assert host_of(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://127.9.9.9", True),
        ("https://[::1]:6443", True),
        ("http://localhost:1", True),
        ("http://LOCALHOST", True),
        ("http://10.0.0.1", False),
        ("http://128.0.0.1", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("127.0.0.1", False),
        ("", False),
    ],
)
def test_only_loopback_is_loopback(url: str, *, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_a_comparison_by_beginning_would_take_a_stranger_for_loopback() -> None:
    """The seeded bug of this family: the text begins right and the host is another."""
    stranger = "http://127.0.0.1.evil.example"
    assert stranger.startswith("http://127.0.0.1")
    assert not is_loopback(stranger)
