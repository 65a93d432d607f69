"""Odd spellings are made plain, and told apart from what they look like."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.texts.spellings import (
    LATER,
    dotted_hosts,
    is_class,
    is_most_likely_a_host,
    json_in,
    plain,
)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a {{ b.c }} d", f"a {LATER} d"),
        ("<x xmlns='http://a.b/c' y='http://d.e'>", "<x  y='http://d.e'>"),
        ("version: 1.2.3.4 of", " of"),
        ("Version=1.2.3.4", ""),
        ("VERSION 1.2.3.4", ""),
        ("mission 1.2.3.4", "mission 1.2.3.4"),
        ("x\\://y\\:1", "x://y:1"),
        ("https:\\\\a.b\\c", "https://a.b/c"),
        ("a\\b", "a\\b"),
    ],
)
def test_a_text_is_made_plain(text: str, same: str) -> None:
    assert plain(text) == same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (' {"a": 1}', {"a": 1}),
        ("[1, 2]", [1, 2]),
        ("['a','b c', 'd']", ["a", "b c", "d"]),
        ("['a']", ["a"]),
        ("['a', b]", None),
        ("[a]", None),
        ("'a'", None),
        ("7", None),
    ],
)
def test_json_and_lists_in_single_quotes_are_read(text: str, found: Any) -> None:
    assert json_in(text) == found


@pytest.mark.parametrize(
    ("key", "text", "hosts"),
    [
        ("x", "at a.evil.net:80 and not 1.2:80", ["a.evil.net"]),
        ("x", "image a.evil.net:80/b/c:v1", ["a.evil.net"]),
        ("x", "from 8.8.8.8 to 9.9.9.9", ["8.8.8.8", "9.9.9.9"]),
        ("x", "8.8.8.8-9.9.9.9", ["8.8.8.8", "9.9.9.9"]),
        ("app_version", "8.8.8.8", []),
        ("x", "ask sqs.us-east-1.amazonaws.com now", ["sqs.us-east-1.amazonaws.com"]),
        ("x", "ask x.us-east-1.on.aws now", ["x.us-east-1.on.aws"]),
        ("x", "ask SQS.us-east-1.AMAZONAWS.com now", ["SQS.us-east-1.AMAZONAWS.com"]),
        ("x", "as sqs.amazonaws.com", []),
        ("host", "as sqs.amazonaws.com", ["sqs.amazonaws.com"]),
    ],
)
def test_hosts_with_a_port_addresses_and_hosts_of_aws_show_themselves(key: str, text: str, hosts: list[str]) -> None:
    assert sorted(set(dotted_hosts(key, text))) == sorted(hosts)


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        *(("api.evil.net", True), ("API.evil.NET.", True), ("api.evil.net:80", True), ("evil.xn--p1ai", True)),
        *(("evil.xx", False), ("a.evil.no", True), ("evil.py", False), ("evil", False), ("com.acme.evil.net", False)),
        *(("sqs.amazonaws.com", False), ("a b.no", False), ("evil.jar", False)),
    ],
)
def test_a_value_is_a_host_by_its_last_label(text: str, likely: bool) -> None:
    assert is_most_likely_a_host(text) is likely


def test_a_dotted_name_with_a_capital_at_the_end_is_a_class_unless_it_is_a_domain() -> None:
    assert is_class("app.mail.SmtpBackend")
    assert not is_class("app.mail.smtp")
    assert not is_class("evil.Com")
