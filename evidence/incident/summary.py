"""What an incident's entries come to: who, what, how often, and what of the record is in doubt."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from evidence.incident.entries import people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.incident.entries import Found, Line, Window


def summary(found: Found, window: Window) -> dict[str, Any]:
    """Return the summary as plain data."""
    lines = found.lines
    return {
        "from": window.begin.isoformat(),
        "to": window.until.isoformat(),
        "person": window.person,
        "lines_of_record": found.total,
        "entries": len(lines),
        "unsigned": sum(not one.signed for one in lines),
        "withdrawn": sum(one.withdrawn for one in lines),
        "first": _at(lines[:1]),
        "last": _at(lines[-1:]),
        "people": sorted({name for one in lines for name in people(one.said)}),
        "by_result": _counts(lines, "result"),
        "by_reason": _counts(lines, "reason"),
        "by_class": _counts(lines, "class"),
        "by_location": _counts(lines, "location"),
        "by_employer": _counts(lines, "employer"),
        "break_glass": sum(_broke_glass(one) for one in lines),
        "undated": found.undated,
        "backwards": [number + 1 for number in found.backwards],
    }


def _at(lines: Iterable[Line]) -> str | None:
    return next((one.made.isoformat() for one in lines if one.made), None)


def _counts(lines: Iterable[Line], field: str) -> dict[str, int]:
    counts = Counter(str(one.said[field]) for one in lines if one.said.get(field))
    return dict(sorted(counts.items()))


def _broke_glass(one: Line) -> bool:
    grant = one.said.get("grant")
    return isinstance(grant, dict) and grant.get("break_glass") is True
