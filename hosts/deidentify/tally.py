"""What a run did, in numbers alone: no name of a field and no value, as both may tell of somebody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(slots=True)
class Tally:
    """``dropped`` counts values of fields that the flow does not list; ``refused`` records by their reason.

    ``beyond`` are records that a person had more than may count of each; ``left`` is what is left of the budget.
    """

    read: int = 0
    written: int = 0
    dropped: int = 0
    suppressed: int = 0
    beyond: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left: Decimal | None = None

    def line(self, flow: str) -> str:
        """Return all of it on one line."""
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(self.refused.items()))
        parts = [
            f"{self.read} records read",
            f"{self.written} written",
            f"{self.refused.total()} refused" + (f" ({reasons})" if reasons else ""),
            f"{self.dropped} values of unlisted fields dropped",
        ]
        if self.suppressed:
            parts.append(f"{self.suppressed} groups suppressed")
        if self.beyond:
            parts.append(f"{self.beyond} records beyond what counts of a person")
        if self.left is not None:
            parts.append(f"{self.left} of the budget left")
        return f"{flow}: " + "; ".join(parts)
