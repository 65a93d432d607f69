"""How far a copy is behind its source: what it lacks, since when, and whether that is too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hosts.wave.copier import Missing


@dataclass(frozen=True, slots=True)
class Behind:
    """A key of which the copy has only the oldest ``have`` of ``versions``; ``since`` is when the next one was written.

    In seconds since 1970, by the source's clock.
    """

    key: str
    have: int
    versions: int
    since: float

    @classmethod
    def of(cls, missing: Missing) -> Behind:
        """Return it of what a target lacks."""
        versions = missing.history.versions
        return cls(missing.history.key, missing.done, len(versions), versions[missing.done].modified)

    def words(self, now: float) -> str:
        """Return it as a sentence."""
        age = f"written {minutes(now - self.since)} ago"
        if not self.have:
            return f"{self.key!r} is missing, {age}"
        return f"{self.key!r} is older: {self.have} of {self.versions} versions, the next one {age}"


@dataclass(frozen=True, slots=True)
class Compared:
    """A copy beside its source: what is late, what is not copied yet and need not be, and what differs otherwise.

    ``lag`` is the age of the oldest thing that the copy lacks, in seconds; 0 where it lacks nothing.
    """

    lag: float
    late: tuple[str, ...]
    waiting: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Return whether nobody has to do anything."""
        return not (self.late or self.wrong)


def compared(behind: Sequence[Behind], differences: Iterable[tuple[str, str]], allowed: float, now: float) -> Compared:
    """Return how a copy stands; ``differences`` are (key, sentence) by content, ``allowed`` a lag in seconds.

    A key that the copy does not have wholly yet differs for that reason alone: its content is looked at once it has.
    """
    ages: Mapping[str, float] = {each.key: now - each.since for each in behind}
    late = tuple(each.words(now) for each in behind if ages[each.key] > allowed)
    waiting = tuple(each.words(now) for each in behind if ages[each.key] <= allowed)
    wrong = tuple(words for key, words in differences if key not in ages)
    return Compared(max(0.0, *ages.values()) if ages else 0.0, late, waiting, wrong)


def minutes(seconds: float) -> str:
    """Return a length of time in words."""
    if seconds < 90:  # noqa: PLR2004 (from there on minutes tell enough)
        return f"{max(0, round(seconds))} s"
    return f"{round(seconds / 60):,} min"
