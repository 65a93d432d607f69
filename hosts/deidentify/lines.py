"""Reads and writes JSON lines: one object each, each bounded, and nothing that two readers could read in two ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

from hosts.deidentify.errors import OddError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST: Final = 2**20
"""Bytes of a line; a longer one is refused, and read past in pieces."""
NOT_UTF8: Final = "not-utf8"
NOT_JSON: Final = "not-json"
NO_OBJECT: Final = "no-object"
TOO_LONG: Final = "too-long"
TOO_DEEP: Final = "too-deep"
DUPLICATE: Final = "duplicate-key"
NOT_FINITE: Final = "not-finite"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise OddError(DUPLICATE)
    return made


def _constant(_: str) -> NoReturn:
    raise OddError(NOT_FINITE)  # NaN and Infinity are no JSON


_DECODE: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant).decode


encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
"""The text of a record."""


def parsed(line: bytes) -> dict[str, Any]:
    """Return the object on a line. Raises OddError."""
    try:
        found = _DECODE(line.decode())
    except UnicodeDecodeError:
        raise OddError(NOT_UTF8) from None
    except RecursionError:
        raise OddError(TOO_DEEP) from None
    except ValueError:  # also a number of more than 4,300 digits
        raise OddError(NOT_JSON) from None
    if type(found) is not dict:
        raise OddError(NO_OBJECT)
    return found


def lines_of(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line; None stands for one that is too long."""
    while line := file.readline(LONGEST + 1):
        if len(line) <= LONGEST or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass
        yield None


def read(lines: Iterable[bytes | None]) -> Iterator[dict[str, Any] | str]:
    """Yield the record of each line; a text is the reason why one cannot be read."""
    for line in lines:
        if line is None:
            yield TOO_LONG
            continue
        try:
            yield parsed(line)
        except OddError as error:
            yield str(error)
