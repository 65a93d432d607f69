"""A bundle as one document, as it lies in a bucket: JSON that maps each file's name to its text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.bundle import FILES, digest_of
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST: Final = 4 * 2**20
"""Bytes; the declared tables that fill it would be longer than anybody reads."""


def packed(files: Mapping[str, str]) -> str:
    """Return the document of a bundle, the same for the same files."""
    return json.dumps(dict(files), sort_keys=True, ensure_ascii=False)


def files_in(text: str) -> dict[str, str] | None:
    """Return the files that a document holds; None where it holds no whole bundle, or more than one."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.keys() != FILES:
        return None
    return data if all(isinstance(each, str) for each in data.values()) else None


def unpacked(document: bytes, digest: str) -> dict[str, str]:
    """Return the files in a document. Raises BundleError where they are not those of ``digest``."""
    try:
        files = files_in(document.decode())
    except UnicodeDecodeError:
        files = None
    if files is None:
        raise BundleError("what lies there is no bundle; deploy the bundle again")
    if (found := digest_of(files)) != digest:
        raise BundleError(f"the bundle there has the digest {found}, and {digest} is approved; deploy that one")
    return files
