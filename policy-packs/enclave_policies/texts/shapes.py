"""What a text is by its own shape, whatever input it stands in: an ARN, an address, a bucket, a document."""

from __future__ import annotations

import base64
import json
import re
import zlib
from functools import lru_cache
from typing import Any, Final

ARN: Final = re.compile(r"(?i)(?<![a-z0-9])arn:[^:\s\"']*:[^:\s\"']*:[^:\s\"']*:[^:\s\"']*(?::[^\s\"']*)?")
URL: Final = re.compile(r"(?i)\b(?!arn\b|s3[an]?\b)[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>`,;)\]}]+")
S3: Final = re.compile(r"(?i)\bs3[an]?://([^/\s\"']+)")
REGION_BEFORE: Final = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-\d)[_:][\w:-]+")
"""Identifiers that begin with their region: ``us-east-1_AbC`` (Cognito pools), ``us-east-1:1f2e`` (identity pools)."""
SERVICE_NAME: Final = re.compile(r"(?:com|cn|eu)\.amazonaws(?:\.vpce)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.[\w.-]+")
"""An endpoint service: ``com.amazonaws.eu-west-1.s3``."""
AWS_HOST: Final = re.compile(
    r"(?i)(?<![\w.@-])(?:[a-z0-9*][a-z0-9_-]*\.)+(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws|amazonaws\.eu|aws\.dev)(?![\w-])"
)
MODEL: Final = re.compile(
    r"(?:[a-z]{2,6}|us-gov)\.(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|stability|writer|twelvelabs|openai|qwen)"
    r"\.[\w.:-]+"
)
"""A model of Bedrock with the prefix of a profile that may answer from several regions."""
COMMENT: Final = re.compile(r"(?m)^[^\S\n]*(?:#|//|;|<!--|--|\*|/\*).*$")
REGION_IN_TEXT: Final = re.compile(r"(?<![\w.-])[a-z]{2,4}(?:-[a-z]+)+-\d[a-z]?(?![\w-])")
VERSION: Final = re.compile(r"(?i)version|release|build|tag")
"""Inputs whose dotted numbers are no addresses."""
GZIP: Final = b"\x1f\x8b"
MOST_UNPACKED: Final = 1 << 20
DOCUMENT_BEGINS: Final = frozenset("{[")

Shape = tuple[str, Any]


@lru_cache(maxsize=1 << 16)
def shapes(text: str) -> tuple[Shape, ...]:
    """Return what is found in a text, as (role, value): arn, url, s3, aws-host, place-before, json.

    ``json`` holds the parsed document of a text that is one: it is read in the text's place. Comment lines of longer
    texts are left out.
    """
    if text.lstrip()[:1] in DOCUMENT_BEGINS:
        document = parsed(text)
        if document is not None:
            return (("json", document),)
    if ":" not in text and "." not in text and "_" not in text:
        return ()
    text = without_comments(text)
    lower = text.lower()
    found: list[Shape] = [("arn", arn) for arn in ARN.findall(text)] if "arn:" in lower else []
    if "://" in text:
        found += [("s3", bucket) for bucket in S3.findall(text)]
        found += [("url", url) for url in URL.findall(text)]
    elif "amazonaws" in lower or ".aws" in lower:
        service = SERVICE_NAME.fullmatch(text)
        if service:
            found.append(("place", service[1]))
        else:
            found += [("aws-host", host.lower()) for host in AWS_HOST.findall(text)]
    else:
        if MODEL.fullmatch(text):
            found.append(("model", text))
        before = REGION_BEFORE.fullmatch(text)
        if before:
            found.append(("place", before[1]))
    return tuple(found)


def is_json(found: tuple[Shape, ...]) -> bool:
    """Return whether a text is a JSON document, which is read in its place."""
    return bool(found) and found[0][0] == "json"


def without_comments(text: str) -> str:
    """Return a text without the lines that are comments; one line alone is no comment."""
    return COMMENT.sub("", text) if "\n" in text else text


@lru_cache(maxsize=1 << 12)
def from_base64(text: str) -> str | None:
    """Return the text that is written in base64, None for what is no base64 of a text; packed texts are unpacked."""
    try:
        content = base64.b64decode(text, validate=True)
        return (_unpacked(content) if content.startswith(GZIP) else content).decode()
    except (ValueError, zlib.error):
        return None


def _unpacked(content: bytes) -> bytes:
    """Return what is packed with gzip, in one member after the other (RFC 1952), as gunzip and cloud-init take it.

    Raises ValueError for more than MOST_UNPACKED bytes.
    """
    found, rest = b"", content
    while rest.startswith(GZIP):
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        found += unpacking.decompress(rest, MOST_UNPACKED - len(found) + 1)
        rest = unpacking.unused_data
        if len(found) > MOST_UNPACKED or unpacking.unconsumed_tail:
            raise ValueError
    return found


def parsed(text: str) -> Any:
    """Return the JSON object or list that a text is, None where it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else None
