"""CSV that spreadsheets show as it is (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable  # noqa: TC003 (a named tuple's fields are looked up)
from typing import Final, NamedTuple

END: Final = "\r\n"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would work out (OWASP, CSV injection)."""


class Line(NamedTuple):
    """A line of cells; ``more`` are further ones as the file has them, each with its comma before it."""

    cells: Iterable[object]
    more: str = ""


def csv_text(lines: Iterable[Iterable[object] | Line]) -> bytes:
    """Return the lines as a file; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="")
    for line in lines:
        cells, more = line if isinstance(line, Line) else Line(line)
        writer.writerow([_safe(value) for value in cells])
        text.write(more + END)
    return text.getvalue().encode()


def _safe(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
