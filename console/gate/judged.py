"""A run of the engine, and what the gate decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.gate.record import RunRecord
    from console.gate.verdict import Verdict


@dataclass(frozen=True)
class Judged:
    """A run of the engine, and what was decided about it; ``phase`` is ``plan`` or ``done``."""

    phase: str
    record: RunRecord
    verdict: Verdict
