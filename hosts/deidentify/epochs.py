"""How long a gateway's pseudonyms stay equal: the name of the day or week (ISO 8601, UTC) in which they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from hosts.deidentify.flow import Epoch


def epoch_at(epoch: Epoch, gateway: str, now: datetime) -> str:
    """Return the name of a gateway's epoch at a time in UTC, the same for all its hosts: employees-2026-w49."""
    if epoch == "day":
        return f"{gateway}-{now.date().isoformat()}"
    year, week, _ = now.isocalendar()
    return f"{gateway}-{year}-w{week:02}"
