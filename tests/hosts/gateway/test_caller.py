"""What a request says is read once: where witnesses differ, or anything is odd, there is a reason and no question."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.gateway.caller import caller_of, question_of
from hosts.gateway.decision import Question
from hosts.gateway.location import Witnesses, agreed, network_of
from hosts.gateway.paths import unsafe
from tests.hosts.gateway.asked import NOW, asked, settings

SETTINGS = settings()


def answer(path: str = "/records/1", **changes: Any) -> Question | str:
    return question_of(caller_of(asked(path, **changes).attributes, SETTINGS, NOW), SETTINGS)


def test_who_may_ask_is_asked_about() -> None:
    assert answer() == Question("kari", "NO", "fjord", "NO", "restricted", "support")
    assert answer("/records/open/1") == Question("kari", "NO", "fjord", "NO", "telemetry", "support")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"path": "/elsewhere/1"}, "no-route"),
        ({"path": "/records"}, "no-route"),
        ({"path": "/Records/1"}, "no-route"),
        ({"path": "*"}, "path-unsafe"),
        ({"path": ""}, "path-unsafe"),
        ({"sub": None}, "identity-missing"),
        ({"sub": 7.0}, "identity-missing"),
        ({"sub": "kari\r\nx: y"}, "identity-unsafe"),
        ({"sub": "k" * 257}, "identity-unsafe"),
        ({"iat": NOW + 31}, "identity-early"),
        ({"iat": float("inf")}, "identity-early"),
        ({"employer": "nobody"}, "employer-unknown"),
        ({"employer": None}, "employer-unknown"),
        ({"country": "IE"}, "location-disagrees"),
        ({"country": None}, "location-unknown"),
        ({"principal": "spiffe://europe/device/CN/laptop-1"}, "location-disagrees"),
        ({"principal": "spiffe://asia/device/NO/laptop-1"}, "location-unknown"),
        ({"principal": "spiffe://europe/device/NO/laptop-1/x"}, "location-unknown"),
        ({"principal": "spiffe://europe/device/NO/laptop-1\n"}, "location-unknown"),
        ({"principal": ""}, "location-unknown"),
        ({"address": "10.0.0.1"}, "location-disagrees"),
        ({"address": "192.0.2.1"}, "location-unknown"),
        ({"address": "::ffff:10.200.0.7"}, "location-unknown"),
        ({"address": "somewhere"}, "location-unknown"),
        ({"headers": {}}, "purpose-unknown"),
        ({"headers": {"enclave-purpose": "support,statistics"}}, "purpose-unknown"),
        ({"headers": {"enclave-purpose": "Support"}}, "purpose-unknown"),
    ],
)
def test_what_is_odd_has_a_reason(changes: dict[str, Any], reason: str) -> None:
    assert answer(**changes) == reason


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("GET", ""),
        ("HEAD", ""),
        ("POST", "site-drains"),
        ("PUT", "site-drains"),
        ("DELETE", "site-drains"),
        ("get", "site-drains"),
        ("", "site-drains"),
    ],
)
def test_where_a_site_drains_what_reads_passes_and_nothing_else(method: str, reason: str) -> None:
    closed = tuple(replace(each, reads_only=each.data_class == "restricted") for each in SETTINGS.routes)
    drained = replace(SETTINGS, routes=closed)
    for path, wanted in (("/records/1", reason), ("/records/open/1", "")):
        attributes = asked(path).attributes
        attributes.request.http.method = method
        found = question_of(caller_of(attributes, drained, NOW), drained)
        assert (found if isinstance(found, str) else "") == wanted


def test_a_token_of_a_clock_a_little_ahead_is_no_fault() -> None:
    for changes in ({"iat": NOW + 29}, {"iat": NOW - 86_400}, {"iat": None}, {"address": "fd00::7"}):
        assert isinstance(answer(**changes), Question), changes


def test_a_location_needs_three_equal_witnesses() -> None:
    for said in product(("", "NO", "IE", "CN"), repeat=3):
        country, reason = agreed(Witnesses(*said))
        if "" not in said and len(set(said)) == 1:
            assert (country, reason) == (said[0], "")
        else:
            assert (country, bool(reason)) == ("", True)


def test_the_narrowest_network_counts() -> None:
    for address, country in (
        ("10.200.1.1", "NO"),
        ("10.1.1.1", "IE"),
        ("11.1.1.1", ""),
        ("fd12::1", "NO"),
        ("fe80::1", ""),
    ):
        assert network_of(address, SETTINGS.networks) == country


def test_the_record_knows_the_path_by_its_digest() -> None:
    caller = caller_of(asked("/records/1?who=kari").attributes, SETTINGS, NOW)
    assert caller.path_sha256 == sha256(b"/records/1?who=kari").hexdigest()


UNSAFE = (
    "",
    "*",
    "records/1",
    "/records/..",
    "/records/../x",
    "/records/./x",
    "/records//x",
    "/a/..;/b",
    "/a;b",
    "/a%3bb",
    "/a\\b",
    "/a%5cb",
    "/a%2fb",
    "/a%2Fb",
    "/%2e%2e/x",
    "/%2e/x",
    "/.%2e/x",
    "/a%00",
    "/a%0d%0ab",
    "/a%7f",
    "/a%c2%80",
    "/a\tb",
    "/a b",
    "/a#b",
    "/a%23b",
    "/a%3fb",
    "/%c0%ae%c0%ae/x",
    "/%c0%afx",
    "/a%ff",
    "/%252e%252e/x",
    "/a%252fb",
    "/a%",
    "/a%1",
    "/a%zz",
    "/\u00e5",
    "/..%20/x",
    "/.../x",
    "/%ef%bc%8e%ef%bc%8e/x",
    "/a%ef%bc%8fb",
    "/a%ef%bc%9bb",
    "/%e2%80%a5/x",
    "/a|b",
    '/a"b',
    "/a<b",
    "http://a/b",
    "/" + "a" * 5_000,
)
SAFE = (
    "/",
    "/records/1",
    "/records/",
    "/a.b/c..d",
    "/a/.well-known/x",
    "/~a/b_c-d",
    "/a%20b",
    "/caf%C3%A9",
    "/%E6%97%A5",
    "/100%25",
    "/a@b:c,d=e+f$g&h!i*j'k(l)",
    "/a?b=/../;%2f",
    "/a?b//c",
    "/%41",
)


def test_paths_that_programs_read_differently_are_unsafe_and_others_are_not() -> None:
    assert [path for path in UNSAFE if not unsafe(path)] == []
    assert [path for path in SAFE if unsafe(path)] == []


@given(st.lists(st.sampled_from(["a", "b1", "x.y", "%20", "%C3%A9", "a%20b"]), min_size=1, max_size=6))
def test_plain_segments_make_safe_paths(segments: list[str]) -> None:
    path = "/" + "/".join(segment if segment != "%20" else "c%20" for segment in segments)
    assert not unsafe(path)
    assert unsafe(path + "/..")
    assert unsafe(path + ";")
