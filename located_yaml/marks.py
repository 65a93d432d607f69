"""Where the parts of a document stand, in as little memory as the parts themselves."""

from __future__ import annotations

from typing import Any, Final

from located_yaml.problems import Position

COLUMN_BITS: Final = 24

Mark = int | tuple[int, "list[Mark] | dict[str, Mark]"]
"""Line and column (from 0) in one number; for a list or a table, with the marks of what it holds."""


def at(event: Any) -> int:
    """Return where an event begins."""
    mark = event.start_mark
    return int(mark.line << COLUMN_BITS | mark.column)


def place(file: str, mark: Mark) -> Position:
    """Return a mark for people, who count from 1."""
    number = mark if isinstance(mark, int) else mark[0]
    return Position(file, (number >> COLUMN_BITS) + 1, (number & (1 << COLUMN_BITS) - 1) + 1)


def below(mark: Mark, part: str | int) -> Mark | None:
    """Return the mark of an item or an entry, None where there is none."""
    if isinstance(mark, int):
        return None
    inner = mark[1]
    if isinstance(inner, dict):
        return inner.get(part) if isinstance(part, str) else None
    return inner[part] if isinstance(part, int) and 0 <= part < len(inner) else None
