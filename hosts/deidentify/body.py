"""The body of an answer as records: JSON lines, a JSON array, or one object; each is read as a line of a file is."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.errors import OddError
from hosts.deidentify.lines import LONGEST, NOT_JSON, NOT_UTF8, TOO_DEEP, encode, lines_of, read
from hosts.deidentify.stream import pass_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hosts.deidentify.stream import Treat
    from hosts.deidentify.tally import Tally

JSON: Final = "application/json"
LINES: Final = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")
MOST: Final = 100_000
"""Records of an answer."""
TOO_MANY: Final = "too-many"
_SPACE: Final = re.compile(r"[ \t\r\n]*")  # of JSON (RFC 8259), which is less than Python's
_END_OF_VALUE: Final = json.JSONDecoder().raw_decode


def deidentified(body: bytes, form: str, treat: Treat, tally: Tally) -> bytes:
    """Return what may leave of a body, in the same form: ``JSON``, or one of ``LINES``.

    Raises OddError where the body is not of its form, so that no record can be told from another, or has too many.
    """
    left = bytearray()
    start, between, end = b"", b"", b"\n"
    records: Iterator[bytes | None] = lines_of(BytesIO(body))
    if form == JSON:
        many, records = _of_json(body)
        start, between, end = (b"[", b",", b"]") if many else (b"", b"", b"")

    def take(row: dict[str, Any]) -> None:
        nonlocal left
        left += between if left else b""
        left += encode(row).encode("ascii")
        left += end if form != JSON else b""
        tally.written += 1

    pass_on(read(_counted(records)), treat, take, tally)
    return start + bytes(left) + (end if form == JSON else b"")


def _counted(records: Iterator[bytes | None]) -> Iterator[bytes | None]:
    for number, record in enumerate(records):
        if number == MOST:
            raise OddError(TOO_MANY)
        yield record


def _of_json(body: bytes) -> tuple[bool, Iterator[bytes | None]]:
    """Return whether a body is an array, and the text of each record in it; raises OddError, also later."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise OddError(NOT_UTF8) from None
    start = _after_space(text, 0)
    many = text[start : start + 1] == "["
    return many, _texts(text, _elements(text, start + 1) if many else _alone(text, start))


def _texts(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[bytes | None]:
    """Yield the text between each two places; None for one that is too long."""
    try:
        for begin, end in spans:
            record = text[begin:end].encode()
            yield record if len(record) <= LONGEST else None
    except RecursionError:
        raise OddError(TOO_DEEP) from None
    except (ValueError, IndexError):
        raise OddError(NOT_JSON) from None


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield where each element of an array begins and ends; ``at`` is behind its bracket."""
    at = _after_space(text, at)
    if text[at] == "]":
        yield from _nothing_behind(text, at + 1)
        return
    while True:
        _, end = _END_OF_VALUE(text, at)
        yield at, end
        at = _after_space(text, end)
        if text[at] == "]":
            yield from _nothing_behind(text, at + 1)
            return
        if text[at] != ",":
            raise ValueError(NOT_JSON)
        at = _after_space(text, at + 1)


def _alone(text: str, at: int) -> Iterator[tuple[int, int]]:
    _, end = _END_OF_VALUE(text, at)
    yield at, end
    yield from _nothing_behind(text, end)


def _nothing_behind(text: str, at: int) -> Iterator[tuple[int, int]]:
    if _after_space(text, at) != len(text):
        raise ValueError(NOT_JSON)
    yield from ()


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
