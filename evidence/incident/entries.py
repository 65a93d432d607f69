"""The lines of a gateway's record that belong to an incident: of a window of time, of everybody or of one person."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.chain import RESERVED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

WITHDRAWN: Final = "withdrawn"
"""The kind of an entry that takes an earlier yes back, by the id of the request."""


@dataclass(frozen=True)
class Window:
    """From when until when (``until`` not included), and of whom; None: of everybody."""

    begin: datetime
    until: datetime
    person: str | None = None


@dataclass(frozen=True)
class Line:
    """One entry: its number in the record, when it was made, and everything that it says.

    ``signed``: a checkpoint covers it. ``withdrawn``: the record says elsewhere that its request was refused after all.
    """

    number: int
    made: datetime | None
    said: Mapping[str, Any]
    signed: bool
    withdrawn: bool = False


@dataclass(frozen=True)
class Found:
    """The lines of an incident; how many lines say no time, and which were made before the line before them.

    For those the clock was set, or lied.
    """

    lines: tuple[Line, ...]
    total: int
    undated: int
    backwards: tuple[int, ...]


def found(record: Iterable[bytes], window: Window, signed: int) -> Found:
    """Return the lines of a window of a record whose chain was verified; ``signed`` lines are covered."""
    inside: list[Line] = []
    back: set[str] = set()
    backwards: list[int] = []
    total = undated = 0
    latest: datetime | None = None
    for one in _read(record, signed):
        total += 1
        if _takes_back(one):
            back.add(str(_request(one)))
        if one.made is None:
            undated += 1
            continue
        if latest is not None and one.made < latest:
            backwards.append(one.number)
        latest = one.made
        if window.begin <= one.made < window.until:
            inside.append(one)
    asked = {_request(one) for one in inside if _is_about(one, window.person)}
    chosen = (one for one in inside if _is_about(one, window.person) or (_follows(one) and _request(one) in asked))
    return Found(tuple(_marked(one, back) for one in chosen), total, undated, tuple(backwards))


def people(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return everybody whom an entry names: who asked, and who requested or approved the grant."""
    grant = said.get("grant")
    named = [said.get("person")]
    if isinstance(grant, dict):
        approvers = grant.get("approvers")
        named += [grant.get("requester"), *(approvers if isinstance(approvers, list) else [])]
    return tuple(dict.fromkeys(str(one) for one in named if one))


def _read(record: Iterable[bytes], signed: int) -> Iterator[Line]:
    for number, line in enumerate(record):
        plain = json.loads(line)
        said = {name: value for name, value in plain.items() if name not in RESERVED}
        made = datetime.fromisoformat(str(said["at"])) if "at" in said else None
        yield Line(number, made, said, number < signed)


def _is_about(one: Line, person: str | None) -> bool:
    return person is None or person in people(one.said)


def _takes_back(one: Line) -> bool:
    return one.said.get("kind") == WITHDRAWN


def _follows(one: Line) -> bool:
    """Return whether an entry names nobody, so that it is about whoever asked: what left, or what was taken back."""
    return not people(one.said)


def _request(one: Line) -> Any:
    return one.said.get("request")


def _marked(one: Line, back: Collection[str]) -> Line:
    """Return a line with whether its request was refused after all."""
    return replace(one, withdrawn=not _takes_back(one) and str(_request(one)) in back)
