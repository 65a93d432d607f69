"""Differences between records, as people and programs read them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from evidence.comparison.change import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evidence.comparison.change import Change

SHOWN: Final = 20
"""Differences of one kind; the rest is counted, and ``--json`` has them all."""


def as_fields(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return differences as a document has them."""
    return [
        {
            "kind": one.kind,
            "grade": one.grade,
            "what": one.what,
            "aspect": one.aspect or None,
            "before": one.before or None,
            "after": one.after or None,
        }
        for one in changes
    ]


def lines(changes: Iterable[Change]) -> Iterator[str]:
    """Yield differences that are sorted by kind, each kind under its heading."""
    for kind, group in groupby(changes, key=lambda one: one.kind):
        found = list(group)
        yield f"{KINDS[kind].heading} ({len(found):,}):"
        for one in found[:SHOWN]:
            yield f"  {one.what}{f' {one.aspect}' if one.aspect else ''}: {_words(one)}"
        if len(found) > SHOWN:
            yield f"  and {len(found) - SHOWN:,} more, which --json lists"


def _words(one: Change) -> str:
    if one.before and one.after:
        return f"{one.before} => {one.after}"
    return f"gone: {one.before}" if one.before else f"new: {one.after}" if one.after else one.kind
