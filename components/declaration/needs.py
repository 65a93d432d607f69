"""What a row of a gateway's table needs of a grant, read from its short form."""

from __future__ import annotations

import re
from typing import Final

MINUTES: Final = {"m": 1, "h": 60}
TTL: Final = re.compile(r"ttl<=(\d+)(m|h)")


def minutes_of(need: str) -> int | None:
    """Return how long a grant may last in minutes, None for a need that says nothing of it."""
    limit = TTL.fullmatch(need)
    return int(limit[1]) * MINUTES[limit[2]] if limit else None
