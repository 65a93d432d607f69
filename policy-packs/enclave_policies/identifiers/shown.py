"""What of a value may be shown in a message."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 80


def shown(value: str) -> str:
    """Return a value for a message: quoted, on one line, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]}...'"
