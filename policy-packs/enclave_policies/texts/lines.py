"""On which line of a file in a text a claim stands, for people who look for it there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclave_policies.resources.claim import Claim

LONGEST: Final = 1 << 16
"""Letters of a file in which lines are looked up; in a longer one, the key must do."""


def line_of(claim: Claim, text: str) -> int | None:
    """Return the line on which a claim's key and value stand, else its value alone; None where none is found."""
    value, key = str(claim.value or "").lower(), claim.key.lower()
    if not (value or key) or "\n" not in text or len(text) > LONGEST:
        return None
    lines = _lines(text)
    having = [number for number, line in enumerate(lines, 1) if value in line]
    return next((number for number in having if key in lines[number - 1]), having[0] if having else None)


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.lower().split("\n"))
