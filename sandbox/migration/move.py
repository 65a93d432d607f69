"""A wave to show: the bucket that it empties, the one that it fills, and what it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.migration.data import Planned


@dataclass(frozen=True)
class Move:
    """A wave to show, the bucket that it empties, the one that it fills, and what it moves."""

    wave: str
    site: str
    source: str
    target: str
    objects: Sequence[Planned]

    @property
    def versions(self) -> int:
        """Return how many versions it moves, delete markers among them."""
        return sum(each.versions for each in self.objects)

    @property
    def bytes(self) -> int:
        """Return how many bytes it moves."""
        return sum(each.bytes for each in self.objects)
