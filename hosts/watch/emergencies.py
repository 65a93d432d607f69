"""Accesses by break-glass, as a delivered record tells of them; every site delivers, so the inspector hears."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MARK: Final = b'"break_glass":true'
"""What each such line holds, in the one form that lines have (`hosts.gateway.chain`)."""

NEVER_OVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Emergency:
    """A grant by which somebody got in: how often, and when for the last time."""

    grant: str
    person: str
    times: int
    last: datetime


def emergencies_in(lines: Iterable[bytes], known: Mapping[str, Emergency]) -> dict[str, Emergency]:
    """Return the emergencies by their grant, those of further lines of a whole chain added to those ``known``."""
    found = dict(known)
    for line in lines:
        entry: dict[str, Any] = json.loads(line) if MARK in line else {}
        grant = entry.get("grant")
        if not isinstance(grant, dict) or grant.get("break_glass") is not True:
            continue
        if entry.get("kind") != "decision" or entry.get("result") == "deny":
            continue
        # Whoever has a gateway can leave the time out: then it is told of for ever.
        name, last = str(grant.get("id")), datetime.fromisoformat(str(entry["at"])) if "at" in entry else NEVER_OVER
        before = found.get(name, Emergency(name, str(entry.get("person")), 0, last))
        found[name] = replace(before, times=before.times + 1, last=max(before.last, last))
    return found
