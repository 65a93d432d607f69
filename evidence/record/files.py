"""The record on disk: JSON in one form, and how it is read back, whichever version wrote it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pydantic import ValidationError

from evidence.record.agreement import contradictions
from evidence.record.model import VERSION, Record

if TYPE_CHECKING:
    from collections.abc import Mapping


TAKE: Final = "take the file as `enclave` wrote it"
HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""How JSON begins to spell half a character (a surrogate)."""


class RecordError(ValueError):
    """Not a record; the text says why and what to do."""


_latest: list[tuple[Record, bytes]] = []
"""The record that was written last, which is frozen, and its bytes."""


def written(record: Record) -> bytes:
    """Return the record's one form: what is empty is left out, ASCII alone, and a line break at its end."""
    if _latest and _latest[0][0] is record:
        return _latest[0][1]  # several renderings ask for its digest
    plain = record.model_dump(mode="json", exclude_defaults=True)
    plain = {"record_version": record.record_version, **plain}
    content = (json.dumps(plain, ensure_ascii=True, separators=(",", ":")) + "\n").encode()
    _latest[:] = [(record, content)]
    return content


def read(data: bytes, called: str) -> Record:
    """Return the record that a file holds; ``called`` is what messages call the file. Raises RecordError."""
    plain = _plain(data, called)
    version = plain.get("record_version") if isinstance(plain, dict) else None
    if type(version) is not int or version < 1:
        raise RecordError(f"{called} is no record of a run: it has no record_version")
    if version > VERSION:
        raise RecordError(
            f"{called} is a record of version {version}, and this program reads up to {VERSION}; upgrade `enclave`"
        )
    try:
        record = Record.model_validate(plain)
    except ValidationError as error:
        raise RecordError(f"{called} is no whole record: {_first(error.errors())}; {TAKE}") from None
    if wrong := contradictions(record):
        raise RecordError(f"{called} contradicts itself: {wrong[0]}{_more(len(wrong))}; {TAKE}")
    return record


def _plain(data: bytes, called: str) -> Any:
    """Return what JSON holds: each key once, numbers that are numbers, whole characters. Raises RecordError."""
    try:
        plain = json.loads(data, parse_constant=_no_number, object_pairs_hook=_once)
        if HALF.search(data):
            json.dumps(plain, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise RecordError(f"{called} holds half a character (a lone surrogate), which is no text; {TAKE}") from None
    except RecordError as error:
        raise RecordError(f"{called} {error}; {TAKE}") from None
    except ValueError:
        raise RecordError(f"{called} is no JSON document; {TAKE}") from None
    except RecursionError:
        raise RecordError(f"{called} is nested too deeply to be a record; {TAKE}") from None
    return plain


def _no_number(text: str) -> NoReturn:
    raise RecordError(f"holds {text}, which is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in plain if names.count(name) > 1)
        raise RecordError(f"holds the key '{twice[:80]}' twice in one object")
    return plain


def _first(errors: list[Any]) -> str:
    problem: Mapping[str, Any] = errors[0]
    where = ".".join(map(str, problem["loc"]))
    return f"{where}: {problem['msg'].lower()}{_more(len(errors))}"


def _more(problems: int) -> str:
    return f" (and {problems - 1} more)" if problems > 1 else ""
