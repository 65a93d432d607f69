"""What somebody may have meant by a name that is not there."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

most = 5


def nearest(wanted: str, known: Iterable[str]) -> list[str]:
    """Return the few known names that are most like the wanted one: the same last part first, then by spelling."""
    names = list(known)
    last = _last(wanted)
    same = [name for name in names if _last(name) == last or name.casefold() == wanted.casefold()]
    return list(dict.fromkeys([*same, *get_close_matches(wanted, names, n=most, cutoff=0.6)]))[:most]


def or_nearest(wanted: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about a name that is not there."""
    found = nearest(wanted, known)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def _last(name: str) -> str:
    return name.rsplit(":", 1)[-1].casefold()
