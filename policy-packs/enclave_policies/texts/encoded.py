"""What is written in base64 inside the texts that programs read, as far as they decode it themselves.

Source: RFC 4648; Elastic, Cloud ID (``NAME:BASE64`` of ``HOST$ELASTICSEARCH$KIBANA``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.texts.shapes import from_base64

if TYPE_CHECKING:
    from collections.abc import Iterator

DECODES: Final = re.compile(r"(?i)base64|b64dec|\batob\(")
"""What shows that a program decodes something: base64(1), openssl, Python, JavaScript, Go templates, PowerShell."""
WORD: Final = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/_-]{12,}={0,2}(?![\w+/=.])")
ALONE: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
CLOUD_ID: Final = re.compile(r"[\w.-]:([A-Za-z0-9+/]{16,}={0,2})(?![\w+/=])")
LONGEST: Final = 1 << 16
PACKED: Final = "H4sI"
"""How base64 of what gzip has packed begins (RFC 1952); nothing else begins so by chance."""


def encoded_in(text: str) -> Iterator[str]:
    """Yield the readable texts in base64: each word where something decodes, or a value alone.

    What stands alone is read where it is a URL, the lines of a file, or packed; else it is an id or a key.
    """
    if len(text) > LONGEST:
        return
    if DECODES.search(text):
        yield from filter(None, map(_readable, WORD.findall(text)))
    elif ALONE.fullmatch(text):
        inner = _readable(text)
        if inner is not None and ("://" in inner or "\n" in inner or text.startswith(PACKED)):
            yield inner


def hosts_of_cloud_ids(text: str) -> list[str]:
    """Return the hosts that ids of Elastic's cloud stand for."""
    found = [_readable(word) for word in CLOUD_ID.findall(text)] if len(text) <= LONGEST else []
    hosts = [inner.partition("$")[0].partition(":")[0] for inner in found if inner and "$" in inner]
    return [host for host in hosts if "." in host]


def _readable(word: str) -> str | None:
    """Return the text that is written in base64, with or without its padding; None for what is none."""
    bare = word.rstrip("=").replace("-", "+").replace("_", "/")
    text = from_base64(bare + "=" * (-len(bare) % 4))
    return text if text and all(letter.isprintable() or letter.isspace() for letter in text) else None
