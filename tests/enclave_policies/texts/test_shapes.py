"""What a text is by its own shape: an ARN, an address, a bucket, a place, a document."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest
from enclave_policies.texts.shapes import GZIP, MOST_UNPACKED, from_base64, is_json, parsed, shapes, without_comments

ARN = "arn:aws:s3:us-east-1:111122223333:logs"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ARN, [("arn", ARN)]),
        (f"see {ARN} and {ARN.upper()}", [("arn", ARN), ("arn", ARN.upper())]),
        ("s3://logs/x", [("s3", "logs")]),
        ("https://evil.net/x", [("url", "https://evil.net/x")]),
        ("s3://logs and https://evil.net", [("s3", "logs"), ("url", "https://evil.net")]),
        (f"{ARN} https://evil.net", [("arn", ARN), ("url", "https://evil.net")]),
        ("S3.us-east-1.AmazonAWS.com", [("aws-host", "s3.us-east-1.amazonaws.com")]),
        (f"{ARN} sqs.us-east-1.amazonaws.com", [("arn", ARN), ("aws-host", "sqs.us-east-1.amazonaws.com")]),
        ("q.lambda-url.us-east-1.on.aws", [("aws-host", "q.lambda-url.us-east-1.on.aws")]),
        ("com.amazonaws.us-east-1.s3", [("place", "us-east-1")]),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-1", [("place", "us-east-1")]),
        ("us-east-1_AbCdEf", [("place", "us-east-1")]),
        ("us-east-1:1f2e3d4c", [("place", "us-east-1")]),
        ("us.anthropic.claude-v2", [("model", "us.anthropic.claude-v2")]),
        ("# https://evil.net\nx", []),
        ("# https://evil.net", [("url", "https://evil.net")]),
        ("us-east-1", []),
        ("plain", []),
        ("", []),
        ("{not json: x}", []),
        ("file.name", []),
    ],
)
def test_a_text_is_told_by_its_shape(text: str, found: list[tuple[str, Any]]) -> None:
    assert list(shapes(text)) == found
    assert not is_json(shapes(text))


@pytest.mark.parametrize(
    ("text", "document"),
    [('{"a": "https://evil.net"}', {"a": "https://evil.net"}), (' ["s3://logs"]', ["s3://logs"]), ("{}", {})],
)
def test_a_document_is_read_in_its_texts_place(text: str, document: Any) -> None:
    assert shapes(text) == (("json", document),)
    assert is_json(shapes(text))


def test_only_objects_and_lists_are_documents() -> None:
    assert parsed("[1]") == [1]
    assert parsed("1") is parsed('"x"') is parsed("x") is parsed("null") is None
    assert parsed("[" * 100_000) is None


def test_comments_are_left_out_of_texts_of_several_lines() -> None:
    assert without_comments("# a\nb\n// c\n").split() == ["b"]
    assert without_comments("# a") == "# a"


def test_a_text_in_base64_is_read_and_nothing_else_is_taken_for_one() -> None:
    assert from_base64(base64.b64encode("blåbær".encode()).decode()) == "blåbær"
    assert from_base64("c2Vj!cmV0") is None
    assert from_base64("c2VjcmV") is None
    assert from_base64(base64.b64encode(b"\xff\xfe").decode()) is None


def test_a_packed_text_is_unpacked_up_to_a_limit() -> None:
    def packed(text: bytes) -> str:
        return base64.b64encode(gzip.compress(text)).decode()

    assert from_base64(packed(b"https://evil.net")) == "https://evil.net"
    assert from_base64(packed(b"x" * MOST_UNPACKED)) == "x" * MOST_UNPACKED
    assert from_base64(packed(b"x" * (MOST_UNPACKED + 1))) is None
    assert from_base64(base64.b64encode(GZIP + b"no gzip at all").decode()) is None
