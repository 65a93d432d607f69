"""The form of the record: JSON lines, each with the SHA-256 of the line before it, so that none goes missing unseen.

``prev`` of the first line is 64 zeros. ``seq`` counts from 0. A line ends with a line feed, which is not hashed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

START: Final = "0" * 64
RESERVED: Final = frozenset({"seq", "prev"})
CUT: Final = "the line is cut"
_WRITTEN: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many lines it has, and the hash of the last one."""

    size: int = 0
    hash: str = START


def body_of(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as it stands in a line, behind its number. Raises ValueError or TypeError for what is no JSON."""
    if not entry or RESERVED & entry.keys():
        raise ValueError("an entry says something, and neither its number nor what came before it")
    return _WRITTEN.encode(entry).encode()[1:]


def line_of(head: Head, body: bytes) -> tuple[bytes, Head]:
    """Return the next line of a chain with its line feed, and the head that it makes; ``body`` is of `body_of`."""
    line = f'{{"seq":{head.size},"prev":"{head.hash}",'.encode() + body
    return line + b"\n", Head(head.size + 1, sha256(line).hexdigest())


def heads(lines: Iterable[bytes], begin: Head | None = None) -> Iterator[tuple[Head, str]]:
    """Yield the head that each line makes and "", up to the first that does not follow: for that, what is wrong.

    Lines end with line feeds, as a file in binary mode yields them; ``begin`` is the head that the first one follows.
    """
    for head, _, wrong in timed_heads(lines, begin):
        yield head, wrong


def timed_heads(lines: Iterable[bytes], begin: Head | None = None) -> Iterator[tuple[Head, datetime | None, str]]:
    """Yield as `heads` does, and between when each line was made; None where it does not say."""
    head = begin or Head()
    for line in lines:
        made, wrong = _read(head, line)
        if wrong:
            yield head, None, wrong
            return
        head = Head(head.size + 1, sha256(line.removesuffix(b"\n")).hexdigest())
        yield head, made, ""


def _time_of(entry: Mapping[str, Any]) -> datetime | None:
    if "at" not in entry:
        return None
    made = datetime.fromisoformat(str(entry["at"]))
    if made.tzinfo is None:
        raise ValueError("a time without its zone")
    return made


def _read(head: Head, line: bytes) -> tuple[datetime | None, str]:
    """Return when a line was made, and why it does not follow from a head, "" where it does."""
    if not line.endswith(b"\n"):
        return None, CUT
    try:
        entry = json.loads(line)
        seq, prev, made = entry["seq"], entry["prev"], _time_of(entry)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, "the line is damaged"
    if type(seq) is not int or seq != head.size:
        return None, f"its number is {seq}, and {head.size} comes next: lines were dropped, swapped or repeated"
    return made, "" if prev == head.hash else "the line before it was changed"
