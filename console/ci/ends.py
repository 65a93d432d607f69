"""What a record says will end, by how urgent that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.renderers.ending import endings

if TYPE_CHECKING:
    from evidence.record.model import Record
    from evidence.renderers.ending import Ending

STAGES: Final = (7, 30, 90)
"""Days before an end at which people are told, each time more urgently."""


def soon(record: Record) -> tuple[Ending, ...]:
    """Return what ends within the last stage, the soonest first; what is over is told by the verdict."""
    return tuple(one for one in endings(record) if 0 <= one.days <= STAGES[-1])


def stage(days: int) -> str:
    """Return how urgent it is when so many days are left, in words."""
    return f"within {next(each for each in STAGES if days <= each)} days"
