"""The grammars in which programs write where a bucket is: each says its bucket, region, server and password."""

from __future__ import annotations

import pytest
from enclave_policies.texts.stores import Store, stores_in, without_stores

KEY = "AKIAABCDEFGHIJKLMNOP"


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("s3://b", Store("b")),
        ("s3://b/p/q", Store("b")),
        ("S3A://b/p", Store("b")),
        ("s3:/b/p", Store("b")),
        ("s3://b:x", Store("b")),
        ("s3://b@EU-west-1/p", Store("b", "eu-west-1")),
        ("s3://b@US/", Store("b", "us")),
        ("s3://b@s3.evil.net:9000", Store("b", None, "s3.evil.net")),
        ("s3://u@s3.evil.net/b/p", Store("u", "s3.evil.net")),
        (f"s3://{KEY}@EU-west-1/b/p", Store("b", "eu-west-1")),
        (f"s3://{KEY}@s3.evil.net:80/b/p", Store("b", None, "s3.evil.net")),
        ("s3://EU-west-1/b/p", Store("b", "eu-west-1")),
        ("s3://eu-west-1", Store("eu-west-1")),
        ("s3://id:key@US-east-1/b/p", Store("b", "us-east-1", None, "key")),
        ("s3://id:k/e/y@s3.evil.net:80/b/p", Store("b", None, "s3.evil.net", "k/e/y")),
        ("s3://id:key@s3.evil.net", Store("", None, "s3.evil.net", "key")),
        ("s3://minio.evil.net:9000/b/p", Store("b", None, "minio.evil.net")),
        ("s3://minio:9000/b?region=us-east-1", Store("b", "us-east-1", "minio")),
        ("s3:https://s3.evil.net:80/b/p", Store("b", None, "s3.evil.net")),
        ("s3:HTTP://minio/b", Store("b", None, "minio")),
        ("s3://b?region=us-east-1", Store("b", "us-east-1")),
        ("s3://b?AWS_REGION=us-east-1&x=y", Store("b", "us-east-1")),
        ("s3://b?endpoint=https://u:p@s3.evil.net:80/x&region=r", Store("b", "r", "s3.evil.net")),
        ("s3://b?hostname=s3.evil.net:80", Store("b", None, "s3.evil.net")),
        ("s3://b?endpoint=https://s3.evil.net/x", Store("b", None, "s3.evil.net")),
        ("s3://b?endpoint_url=s3.evil.net/x", Store("b", None, "s3.evil.net")),
        ("s3://b?region=us-east-1&proof=https://s3.evil.net/x", Store("b", "us-east-1")),
        ("s3://b?prefix=x", Store("b")),
    ],
)
def test_each_grammar_says_bucket_place_and_server(text: str, store: Store) -> None:
    assert stores_in(f"to {text} and") == [store]
    assert without_stores(f"to {text} and").split() == ["to", "and"]


@pytest.mark.parametrize("text", ["", "s3", "https://s3.eu-west-1.amazonaws.com/b", "xs3://b", "s3://", "s3://:80x"])
def test_what_names_no_bucket_is_left_alone(text: str) -> None:
    assert stores_in(text) == []


def test_a_server_may_be_an_address_in_brackets() -> None:
    assert [each.host for each in stores_in("s3:https://[2001:db8::1]:80/b")] == ["2001:db8::1"]


def test_every_bucket_of_a_text_is_told() -> None:
    assert stores_in("cp s3://a/x 's3://b@us-east-1/' (s3n://c)") == [Store("a"), Store("b", "us-east-1"), Store("c")]
