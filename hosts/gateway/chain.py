"""The form of the record: JSON lines, each with the SHA-256 of the line before it, so that none goes missing unseen.

``prev`` of the first line is 64 zeros. ``seq`` counts from 0. A line ends with a line feed, which is not hashed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

START: Final = "0" * 64
RESERVED: Final = frozenset({"seq", "prev"})
CUT: Final = "the line is cut"


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many lines it has, and the hash of the last one."""

    size: int = 0
    hash: str = START


def body_of(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as it stands in a line, behind its number. Raises ValueError or TypeError for what is no JSON."""
    if not entry or RESERVED & entry.keys():
        raise ValueError("an entry says something, and neither its number nor what came before it")
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()[1:]


def line_of(head: Head, body: bytes) -> tuple[bytes, Head]:
    """Return the next line of a chain with its line feed, and the head that it makes; ``body`` is of `body_of`."""
    line = f'{{"seq":{head.size},"prev":"{head.hash}",'.encode() + body
    return line + b"\n", Head(head.size + 1, sha256(line).hexdigest())


def heads(lines: Iterable[bytes]) -> Iterator[tuple[Head, str]]:
    """Yield the head that each line makes and "", up to the first that does not follow: for that, what is wrong.

    Lines end with line feeds, as a file in binary mode yields them.
    """
    head = Head()
    for line in lines:
        if wrong := _wrong(head, line):
            yield head, wrong
            return
        head = Head(head.size + 1, sha256(line.removesuffix(b"\n")).hexdigest())
        yield head, ""


def _wrong(head: Head, line: bytes) -> str:
    if not line.endswith(b"\n"):
        return CUT
    try:
        entry = json.loads(line)
        seq, prev = entry["seq"], entry["prev"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "the line is damaged"
    if type(seq) is not int or seq != head.size:
        return f"its number is {seq}, and {head.size} comes next: lines were dropped, swapped or repeated"
    return "" if prev == head.hash else "the line before it was changed"
