"""Each claim of a text says what it is, what it is called, what is done there, and to which block it belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.places.regions import Refusal
from enclave_policies.resources.claim import Claim
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.addresses import hosts_in, refused_address
from enclave_policies.texts.judge import refusals, refused_place
from enclave_policies.texts.reader import (
    DEEPEST,
    LONGEST,
    TOO_DEEP,
    TOO_LONG,
    Text,
    claims_in,
    claims_of,
    manifest_of,
    place_code,
    places_in,
)

LAW = load_law()
AZURE = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b=="


def said(key: str, text: str, *, command: bool = False) -> list[tuple[str, Any, str, str]]:
    """What a text says: kind, value, key and effect."""
    return [(one.kind, one.value, one.key, one.effect) for one in claims_in(key, text, command=command)]


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("X", "arn:aws:s3:::b/*", [("bucket", "b", "X", "kept")]),
        ("X", "s3://b/p", [("bucket", "b", "X", "kept")]),
        ("UPLOADS", "s3://b/p", [("bucket", "b", "UPLOADS", "kept")]),
        ("S3_BUCKET", " b-1 ", [("bucket", "b-1", "S3_BUCKET", "kept")]),
        ("X", "s3://${B}/p", []),
        (
            "X",
            "s3://b?region=us-east-1&endpoint=s3.evil.net",
            [("host", "s3.evil.net", "endpoint", "linked"), ("place", "us-east-1", "region", "kept")],
        ),
        (
            "X",
            "s3://id:key@s3.evil.net/b",
            [("host", "s3.evil.net", "X", "linked"), ("credential", None, "X", "linked")],
        ),
        ("X", AZURE, [("store", "azure", "X", "linked")]),
        ("X", f"{AZURE};EndpointSuffix=a.hamar.example", [("host", "a.hamar.example", "EndpointSuffix", "linked")]),
        ("X", "gs://b", [("store", "gs", "X", "linked")]),
        ("BACKUP_URL", "https://evil.net", [("host", "evil.net", "BACKUP_URL", "copied")]),
        ("SOURCE_URL", "https://evil.net", [("host", "evil.net", "SOURCE_URL", "asked")]),
        ("DB_HOST", "evil.net:5", [("host", "evil.net", "DB_HOST", "linked")]),
        ("DB_HOST", "evil.net:latest", []),
        ("DB_HOST", "user@evil.net:5", [("host", "evil.net", "DB_HOST", "linked")]),
        ("DB_HOST", "Xavier.evil.net", [("host", "xavier.evil.net", "DB_HOST", "linked")]),
        ("X", "port=1 host=evil.net:5", [("host", "evil.net", "host", "linked")]),
        ("X", "x host:8.8.8.8-9.9.9.9", [("host", "8.8.8.8", "host", "linked"), ("host", "9.9.9.9", "host", "linked")]),
        ("X", "2001::", [("host", "2001::", "X", "linked")]),
        ("X", "10.0.0.1:5", [("host", "10.0.0.1", "X", "linked")]),
        ("X", "words of it\nserver evil.net # ours\n", [("host", "evil.net", "server", "linked")]),
        ("X", "words\nexamples:\n  a: https://evil.org\nserver evil.net\n", [("host", "evil.net", "server", "linked")]),
        (
            "X",
            "https://sqs.eu-west-1.amazonaws.com/111122223333/q",
            [("account", "111122223333", "X", "linked"), ("host", "sqs.eu-west-1.amazonaws.com", "X", "linked")],
        ),
        ("X", "https://evil.BOX)", [("host", "evil.BOX", "X", "linked")]),
        ("X", "https://a.evil-${X}/", []),
        ("AUTH", "Basic deploying:of.evil.net", []),
        ("X", "s3://b@us-east-1/", [("bucket", "b", "X", "kept"), ("place", "us-east-1", "region", "kept")]),
        ("X", "s3://US-east-1/b", [("bucket", "b", "X", "kept"), ("place", "us-east-1", "region", "kept")]),
        ("DB_HOST", "evil\u3002net", [("host", "evil\u3002net", "DB_HOST", "linked")]),
        ("--x", "--server=evil.net", [("host", "evil.net", "server", "linked")]),
        ("ACCOUNT_ID", "111122223333", [("account", "111122223333", "ACCOUNT_ID", "linked")]),
        (
            "X",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:b",
            [
                ("account", "111122223333", "X", "linked"),
                ("host", "111122223333.dkr.ecr.eu-west-1.amazonaws.com", "X", "linked"),
            ],
        ),
        (
            "REGIONS",
            "us-east-1,us-west-2",
            [("place", "us-east-1", "REGIONS", "linked"), ("place", "us-west-2", "REGIONS", "linked")],
        ),
        (
            "ZONES",
            "us-east-1a us-west-2b",
            [("place", "us-east-1a", "ZONES", "linked"), ("place", "us-west-2b", "ZONES", "linked")],
        ),
        ("MAIL_TO", "a@evil.net", [("mail", "a@evil.net", "MAIL_TO", "linked")]),
        ("X", "us.anthropic.claude-v1:0", [("model", "us.anthropic.claude-v1", "X", "linked")]),
        (
            "AWS_STS_REGIONAL_ENDPOINTS",
            "legacy",
            [("host", "sts.amazonaws.com", "AWS_STS_REGIONAL_ENDPOINTS", "linked")],
        ),
        ("X", "(DESCRIPTION=(ADDRESS=(HOST=134744072)(PORT=1)))", [("host", "134744072", "X", "linked")]),
        ("X", "jdbc:oracle:thin:@db.evil.net:1521:S", [("host", "db.evil.net", "X", "linked")]),
        ("X", '{"Statement": [{"Resource": "https://evil.net"}]}', []),
        ("X", '{"statement": "https://evil.net"}', [("host", "evil.net", "statement", "linked")]),
        ("description", "https://evil.net", []),
        ("description", "", []),
        ("ARGS", "--to evil.net", [("host", "evil.net", "", "linked")]),
        ("X", "  --to evil.net", [("host", "evil.net", "", "linked")]),
        ("X", "to evil.net --", []),
        ("REGIONS", '[7, "", "us-east-1"]', [("place", "us-east-1", "REGIONS", "linked")]),
    ],
)
def test_a_text_says_this_and_nothing_else(key: str, text: str, found: list[tuple[str, Any, str, str]]) -> None:
    assert said(key, text) == found


def test_a_word_of_a_command_has_no_name() -> None:
    assert said("X", "please ask evil.net", command=True) == [("host", "evil.net", "", "linked")]
    assert [one.value for one in claims_of(Text("X", "please ask evil.net", command=True))] == ["evil.net"]
    assert claims_of(Text("X", "please ask evil.net")) == []
    assert refusals("X", "please ask evil.net", LAW) == ()


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        ({"a": "https://evil.net"}, ("evil.net", "a", "p.a", ("top",))),
        ({"a": {"b": {"c": "https://evil.net"}}}, ("evil.net", "c", "p.a.b.c", ("top", "a", "b"))),
        ({"a": [{"c": "https://evil.net"}]}, ("evil.net", "c", "p.a.0.c", ("top", "a", "0"))),
        ({"a": {"b": '{"c": {"d": "https://evil.net"}}'}}, ("evil.net", "d", "p.a.b.c.d", ("top", "a", "c"))),
        ({"name": "DB_HOST", "value": "com.acme.evil.net"}, ("com.acme.evil.net", "DB_HOST", "p.value", ("top",))),
        ([{"name": "DB_HOST", "value": "com.acme.evil.net"}], ("com.acme.evil.net", "DB_HOST", "p.DB_HOST", ("top",))),
        ({"path": "/etc/a.yaml", "content": "b: evil.net\nc: 1\n"}, ("evil.net", "b", "p.content.b", ("top",))),
        (
            {"path": "/etc/DB_HOST", "content": "com.acme.evil.net"},
            ("com.acme.evil.net", "DB_HOST", "p.content", ("top",)),
        ),
        ({"auths": {"https://evil.net/v1": {}}}, ("evil.net", "host", "p", ("top",))),
        ({"auths": {"evil.net/v1": {}}}, ("evil.net", "host", "p", ("top",))),
    ],
)
def test_a_claim_says_where_it_stands_and_in_which_block(
    value: Any, claim: tuple[str, str, str, tuple[str, ...]]
) -> None:
    found = [one for one in claims_of(Text("x", value, "p", ("top",))) if one.kind == "host"]
    assert [(one.value, one.key, one.path, one.block) for one in found] == [claim]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"endpoint": UNKNOWN}, [("endpoint", "p.endpoint")]),
        ({"a": {"endpoint": UNKNOWN}}, [("endpoint", "p.a.endpoint")]),
        ({"description": UNKNOWN}, []),
        ({"password": UNKNOWN}, []),
        (UNKNOWN, [("x", "p")]),
    ],
)
def test_a_sealed_value_counts_unless_it_is_only_secret_or_words(value: Any, found: list[tuple[str, str]]) -> None:
    claims = claims_of(Text("x", value, "p"))
    assert [(one.key, one.path) for one in claims] == found
    assert {(one.kind, one.given) for one in claims} <= {("unreadable", "sealed")}


def test_documents_are_read_to_their_depth_and_no_further() -> None:
    value: Any = "https://evil.net"
    for _ in range(DEEPEST):
        value = {"a": value}
    assert [one.value for one in claims_in("x", json.dumps(value))] == ["evil.net"]
    with pytest.raises(RecursionError):
        claims_in("x", json.dumps({"a": value}))


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("[" * 200 + "]" * 200, "p", TOO_DEEP),
        ({"a": "[" * 200 + "]" * 200}, "p.a", TOO_DEEP),
        ("x" * (LONGEST + 1), "p", TOO_LONG.format(LONGEST + 1, LONGEST)),
    ],
)
def test_what_cannot_be_read_to_its_end_is_a_claim_that_says_so(value: Any, path: str, words: str) -> None:
    (claim,) = claims_of(Text("x", value, "p", ("top",)))
    assert (claim.kind, claim.value, claim.path, claim.block) == ("unreadable", None, path, ("top",))
    assert claim.words == words


def test_inputs_without_end_are_a_claim_of_the_whole() -> None:
    value: Any = "x"
    for _ in range(DEEPEST + 1):
        value = {"a": value}
    assert claims_of(Text("x", value, "p", ("top",))) == [
        Claim("unreadable", None, "x", "p", ("top",), words=TOO_DEEP),
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"apiVersion": "v1", "kind": "Pod"}, "core/Pod"),
        ({"apiVersion": "a.b/v1", "kind": "Pod"}, "a.b/Pod"),
        ({"apiVersion": 1, "kind": "Pod"}, ""),
        ({"apiVersion": "v1"}, ""),
        ({}, ""),
    ],
)
def test_an_object_is_known_by_its_group_and_kind(value: Any, kind: str) -> None:
    assert manifest_of(value) == kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a, b;c|d e", ["a", "b", "c", "d", "e"]),
        (" a ,", ["a"]),
        ('["a", 7, ""]', ["a"]),
        ("['a', 'b']", ["a", "b"]),
        ("", []),
    ],
)
def test_a_list_of_places_is_taken_apart(text: str, found: list[str]) -> None:
    assert places_in(text) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [("US-East-1", "us-east-1"), ("us-east-1_AbC", "us-east-1"), ("us-east-1:1f", "us-east-1"), ("EU", "EU")],
)
def test_the_code_of_a_place_is_taken_from_its_spelling(text: str, code: str) -> None:
    assert place_code(text) == code


def test_old_words_for_a_bucket_s_region_count_only_where_s3_takes_them() -> None:
    assert refused_place("LocationConstraint", "EU", LAW) is None
    assert refused_place("location_constraint", "EU", LAW) is None
    assert refused_place("location", "EU", LAW) == Refusal("'EU', a region that the catalog does not know", "EU", None)


def test_what_a_program_is_left_to_do_is_told_with_the_program() -> None:
    (refusal,) = refusals("grafana.ini", "[security]\nadmin_user = a\n", LAW)
    assert refusal.words.startswith("a place that no setting names: Grafana ")


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("jdbc:oracle:thin:@db.evil.net:1521:SID", ("db.evil.net",)),
        ("jdbc:oracle:thin:u/p@//db.evil.net:1521/SERVICE", ("db.evil.net",)),
        ("jdbc:oracle:thin:@(ADDRESS=(HOST=a.b)(PORT=1))(ADDRESS=(HOST=c.d))", ("a.b", "c.d")),
        ("jdbc:oracle:thin:@db.evil.net/SERVICE", ("db.evil.net",)),
        ("jdbc:mysql://address=(host=a.b)(port=1)/x", ("a.b",)),
        ("jdbc:postgresql://a.b:1,c.d:2/x?host=e.f", ("a.b", "c.d", "e.f")),
        ("dns://r.s/a.b:1", ("r.s", "a.b")),
        ("dns:a.b:1", ("a.b",)),
        ("unix:///a.b", ()),
        ("https://", None),
        ("/a/b", None),
        ("", None),
        ("u:p@a.b:1", ("a.b",)),
        ("https://a.b\\@c.d/", ("a.b", "c.d")),
        ("https://a.b/x?to=https://u@c.d:1/y&z=wss%3A%2F%2Fe.f", ("a.b", "c.d", "e.f")),
        ("https://a.b/https%253a%252f%252fc.d/y#ftp://e.f", ("a.b", "c.d", "e.f")),
        ("https://a.b/x?file=file:///c.d&at=s3://e.f&to=https://{g.h}", ("a.b",)),
        ("[2001:db8::1]:80", ("2001:db8::1",)),
    ],
)
def test_every_host_of_an_address_is_told(address: str, hosts: tuple[str, ...] | None) -> None:
    assert hosts_in(address) == hosts


def test_a_short_name_is_a_cluster_s_only_where_a_cluster_looks_it_up() -> None:
    assert refused_address("http://redis.store:6379", LAW, cluster=True) is None
    refusal = refused_address("http://redis.store:6379", LAW)
    assert refusal is not None
    assert refusal.where == "redis.store"
    for certified in ("https://redis.store", " HTTPS://redis.store"):
        assert refused_address(certified, LAW, cluster=True) is not None
    nobody = refused_address("https://", LAW)
    assert nobody is not None
    assert nobody.words.endswith(", which names no host that can be read")
