"""A declared table as a person reads it, row by row: what it lets through is the most that a bundle may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hosts.gateway.decision import Grant, Question

LIMIT: Final = re.compile(r"ttl<=(\d{1,3})([mh])", re.ASCII)
MINUTES: Final = {"m": 1, "h": 60}


@dataclass(frozen=True, slots=True)
class Row:
    """Who may reach what, from where and for what; ``needs`` are met by a grant, and answers leave by ``flow``."""

    located: frozenset[str]
    employers: frozenset[str]
    classes: frozenset[str]
    purposes: frozenset[str]
    result: str
    needs: tuple[str, ...]
    flow: str = ""

    @property
    def minutes(self) -> frozenset[int]:
        """The lengths that it limits grants to."""
        return frozenset(limit for limit in map(_limit, self.needs) if limit is not None)

    def fits(self, question: Question) -> bool:
        """Return whether it is about a question, and the question's grant meets what it needs."""
        return (
            question.location in self.located
            and question.employer in self.employers
            and question.data_class in self.classes
            and question.purpose in self.purposes
            and all(_met(need, question.grant) for need in self.needs)
        )


def row_of(given: Mapping[str, Any]) -> Row:
    """Return a row as it is told. Raises KeyError and TypeError where it is not told whole."""
    located, employers, classes, purposes = (
        frozenset(map(str, given[name])) for name in ("from", "employer", "class", "purpose")
    )
    needs = tuple(map(str, given["needs"]))
    return Row(located, employers, classes, purposes, str(given["result"]), needs, str(given.get("flow", "")))


def _met(need: str, grant: Grant) -> bool:
    """Return whether a grant meets a need; one that nobody knows is never met, and every decision is recorded."""
    limit = _limit(need)
    if limit is not None:
        return 1 <= grant.minutes <= limit
    return {"ticket": grant.ticket, "approver": grant.approvers > 0, "record": True}.get(need, False)


def _limit(need: str) -> int | None:
    found = LIMIT.fullmatch(need)
    return int(found[1]) * MINUTES[found[2]] if found else None
