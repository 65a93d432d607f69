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
_SPACE: Final = re.compile(r"[ \t\r\n]*")  # of JSON (RFC 8259), which is less than Python's
_END_OF_VALUE: Final = json.JSONDecoder().raw_decode


def deidentified(body: bytes, form: str, treat: Treat, tally: Tally) -> bytes:
    """Return what may leave of a body, in the same form: ``JSON``, or one of ``LINES``.

    Raises OddError where the body is not of its form, so that no record can be told from another.
    """
    rows: list[dict[str, Any]] = []
    many = True
    if form == JSON:
        many, records = _of_json(body)
        pass_on(read(records), treat, rows.append, tally)
    else:
        pass_on(read(lines_of(BytesIO(body))), treat, rows.append, tally)
    tally.written += len(rows)
    texts = map(encode, rows)
    if form != JSON:
        return "".join(f"{text}\n" for text in texts).encode("ascii")
    return (f"[{','.join(texts)}]" if many else "".join(texts)).encode("ascii")


def _of_json(body: bytes) -> tuple[bool, list[bytes | None]]:
    """Return whether a body is an array, and the text of each record in it."""
    try:
        text = body.decode()
        start = _after_space(text, 0)
        many = text[start : start + 1] == "["
        spans = list(_elements(text, start + 1) if many else _alone(text, start))
    except UnicodeDecodeError:
        raise OddError(NOT_UTF8) from None
    except RecursionError:
        raise OddError(TOO_DEEP) from None
    except (ValueError, IndexError):
        raise OddError(NOT_JSON) from None
    found = (text[begin:end].encode() for begin, end in spans)
    return many, [record if len(record) <= LONGEST else None for record in found]


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
