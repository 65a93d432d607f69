"""Differences between records, as people and programs read them."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from evidence.comparison.change import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evidence.comparison.change import Change

SHOWN: Final = 20
"""Lines of one kind; the rest is counted, and ``--json`` has every difference."""
NAMED: Final = 5
"""Resources that one line names; the rest is counted, and ``--json`` has whole URNs."""
URN: Final = "urn:pulumi:"


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
    """Yield differences that are sorted by kind, each under its heading; resources that differ alike share a line."""
    for kind, group in groupby(changes, key=lambda one: one.kind):
        found = list(group)
        yield f"{KINDS[kind].heading} ({len(found):,}):"
        alike: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for one in found:
            is_resource = one.what.startswith(URN)
            alike["" if is_resource else one.what, one.aspect, one.short].append(one.what)
        for (what, aspect, short), names in list(alike.items())[:SHOWN]:
            yield f"  {what or _resources(names)}{f' {aspect}' if aspect else ''}: {short}"
        if left := sum(map(len, list(alike.values())[SHOWN:])):
            yield f"  and {left:,} more, which --json lists"


def _resources(urns: Sequence[str]) -> str:
    names = ", ".join(urn.rpartition("::")[2] for urn in urns[:NAMED])
    return f"{names} and {len(urns) - NAMED:,} more" if len(urns) > NAMED else names
