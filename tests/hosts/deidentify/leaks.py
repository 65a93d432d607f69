"""Looks for values that came in, in what came out: as they are, encoded, hashed without a key, or their beginnings."""

from __future__ import annotations

import hashlib
from base64 import b32encode, b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LENGTH: Final = 8
"""Letters that must agree: random texts of fewer agree by chance."""


def leaks(secrets: Iterable[str], output: str) -> list[str]:
    """Return the secrets of which some form is in an output; each one has ``LENGTH`` letters or more."""
    grams = {output[start : start + LENGTH] for start in range(len(output) - LENGTH + 1)}
    return sorted(secret for secret in secrets if any(form[:LENGTH] in grams for form in _forms(secret)))


def _forms(secret: str) -> Iterator[str]:
    """Each is looked for by its beginning, so a prefix of a value or of a digest is found as well."""
    data = secret.encode("utf-8", "surrogatepass")
    digests = (hashlib.new(name, data, usedforsecurity=False).digest() for name in ("md5", "sha1", "sha256"))
    yield secret
    yield secret.lower()
    yield secret[::-1]
    yield ascii(secret)[1:-1]
    for each in (data, *digests):
        yield each.hex()
        yield each.hex().upper()
        yield b64encode(each).decode()
        yield urlsafe_b64encode(each).decode()
        yield b32encode(each).decode()
