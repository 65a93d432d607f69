"""Everything that differs between two records of one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.comparison.answers import answers
from evidence.comparison.change import by_gravity
from evidence.comparison.grounds import grounds
from evidence.comparison.proofs import proofs

if TYPE_CHECKING:
    from evidence.comparison.change import Change
    from evidence.record.model import Record


def compared(old: Record, new: Record) -> tuple[Change, ...]:
    """Return what differs, what got worse first."""
    return by_gravity((*answers(old, new), *proofs(old, new), *grounds(old, new)))
