"""What the page calls things: verdicts, phases, days that are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evidence.record.model import Country, Run

Tone = Literal["good", "bad", "warn", "note", "plain"]

OUTCOMES: Final[dict[str, tuple[str, Tone]]] = {
    "clean": ("Clean", "good"),
    "refused": ("Refused", "bad"),
    "undetermined": ("Undetermined", "warn"),
    "failed": ("Failed", "bad"),
}
VERDICTS: Final[dict[str, tuple[str, Tone]]] = {
    "fail": ("refused", "bad"),
    "undetermined": ("undetermined", "warn"),
    "warned": ("warned", "warn"),
    "waived": ("waived", "note"),
    "not-checked": ("not checked", "plain"),
    "pass": ("passed", "good"),
}
"""In the order of their weight."""

PHASES: Final = {
    "foretold": "judged from the declaration; the engine was not started",
    "plan": "judged as planned, before anything was changed",
    "done": "judged as it was carried out",
    "state": "judged as an exported state",
}
STAGES: Final = ("planned", "building", "testing", "live", "draining", "retired")
SOON: Final = 90
"""Days: an end that is nearer is marked."""


@dataclass(frozen=True)
class Mark:
    """A word with the tone in which it is shown."""

    words: str
    tone: Tone


def ending(days: int | None) -> Mark:
    """Return what becomes of a permission that ends in so many days (below 0: it is over; None: it has no end)."""
    if days is None:
        return Mark("no end", "plain")
    if days < 0:
        return Mark(f"over for {_days(-days)}", "bad")
    return Mark(f"red in {_days(days + 1)}", "warn" if days <= SOON else "plain")


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def about(run: Run) -> str:
    """Return what the run judged, as a sentence goes on after the stack's name."""
    return PHASES[run.phase]


def names(countries: Iterable[Country]) -> dict[str, str]:
    """Return the countries' names by their codes."""
    return {each.code: each.name for each in countries}


def _days(number: int) -> str:
    return counted(number, "day")
