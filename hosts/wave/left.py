"""What is left at a source, and whether it may be: after its day nothing may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from hosts.wave.store import Store

NAMED: Final = 20
"""How many leftovers a message names; the count tells of all."""
WARNED: Final = (90, 30, 7)
"""Days before the last one at which a wave is told of."""


@dataclass(frozen=True)
class Left:
    """What listings of a source show: versions, delete markers, unfinished uploads, and some of their names."""

    versions: int = 0
    markers: int = 0
    uploads: int = 0
    bytes: int = 0
    named: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Return whether nothing is left."""
        return not (self.versions or self.markers or self.uploads)

    def __add__(self, other: Left) -> Left:
        """Return both together."""
        return Left(
            self.versions + other.versions,
            self.markers + other.markers,
            self.uploads + other.uploads,
            self.bytes + other.bytes,
            (*self.named, *other.named)[:NAMED],
        )

    def __str__(self) -> str:
        """Return it in words."""
        kinds = ((self.versions, "versions"), (self.markers, "delete markers"), (self.uploads, "unfinished uploads"))
        return ", ".join(f"{count:,} {kind}" for count, kind in kinds if count) or "nothing"


def left_in(stores: list[Store]) -> Left:
    """Return what buckets hold, by their listings."""
    versions = markers = size = uploads = 0
    named: list[str] = []
    for store in stores:
        for version in store.versions():
            versions, markers = versions + (not version.marker), markers + version.marker
            size += version.size
            if len(named) < NAMED:
                kind = "delete marker of " if version.marker else ""
                named.append(f"{store.bucket}: {kind}{version.key!r} (version {version.id})")
        unfinished = store.uploads()
        uploads += len(unfinished)
        named += [f"{store.bucket}: unfinished upload of {key!r}" for key, _ in unfinished[: NAMED - len(named)]]
    return Left(versions, markers, uploads, size, tuple(named))


def judged(left: Left, delete_by: date, day: date) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is refused, sentence) about what is left on a day."""
    if left.empty:
        return
    days = (delete_by - day).days
    if days < 0:
        names = "; ".join(left.named)
        yield True, f"{left} are left at the source, and {delete_by} was the day by which it is empty: {names}"
    elif days <= WARNED[0]:
        urgency = next(limit for limit in reversed(WARNED) if days <= limit)
        yield (
            False,
            f"{left} are left at the source, which must be empty by {delete_by}: within {urgency} days ({days})",
        )
