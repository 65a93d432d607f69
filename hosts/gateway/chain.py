"""The form of the record: JSON lines, each with the SHA-256 of the line before it, so that none goes missing unseen.

``prev`` of the first line is 64 zeros. ``seq`` counts from 0. A line ends with a line feed, which is not hashed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

START: Final = "0" * 64


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many lines it has, and the hash of the last one."""

    size: int = 0
    hash: str = START


def line_of(head: Head, entry: Mapping[str, Any]) -> tuple[bytes, Head]:
    """Return the next line of a chain with its line feed, and the head that it makes."""
    text = json.dumps({"seq": head.size, "prev": head.hash, **entry}, separators=(",", ":"), ensure_ascii=False)
    line = text.encode()
    return line + b"\n", Head(head.size + 1, sha256(line).hexdigest())


@dataclass(frozen=True)
class Break:
    """Where a chain stops to hold: the number of the line, from 1, and what is wrong with it."""

    line: int
    what: str


def followed(lines: Iterable[bytes]) -> tuple[Head, Break | None]:
    """Return the head up to which a chain holds, and where it breaks, if it does."""
    head = Head()
    for number, line in enumerate(lines, 1):
        if wrong := _wrong(head, line):
            return head, Break(number, wrong)
        head = Head(head.size + 1, sha256(line.removesuffix(b"\n")).hexdigest())
    return head, None


def _wrong(head: Head, line: bytes) -> str:
    if not line.endswith(b"\n"):
        return "the line is cut"
    try:
        entry = json.loads(line)
        seq, prev = entry["seq"], entry["prev"]
    except (ValueError, KeyError, TypeError):
        return "the line is damaged"
    if seq != head.size:
        return f"its number is {seq}, and {head.size} comes next: lines were dropped, swapped or repeated"
    return "" if prev == head.hash else "the line before it was changed"
