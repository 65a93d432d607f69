"""What fits into a consumer's limit, and the sentence about the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def bounded(parts: Iterable[bytes], limit: int, between: int = 1) -> int:
    """Return how many of the parts, from the first on, fit into a number of bytes with some between them."""
    size = kept = 0
    for part in parts:
        size += len(part) + between
        if size > limit:
            break
        kept += 1
    return kept


def cut_words(left_out: int, what: str, where: str) -> str:
    """Return that something was left out, how much of it, and where it is."""
    return f"{left_out:,} more {what} are left out here, as this form takes no more; {where}"
