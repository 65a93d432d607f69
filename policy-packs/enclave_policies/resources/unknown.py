"""One explicit value for what a judge cannot know."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final


class Unknown(Enum):
    """The type of UNKNOWN; an enum, so that a type checker understands ``is UNKNOWN``."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that this judge cannot know: computed later by the engine, or a secret that it cannot read."""


def is_told(value: Any, *kinds: type) -> bool:
    """Return whether a value that chooses a place is absent or of a kind that can be judged; all else is unknown."""
    return value is None or isinstance(value, kinds or (str,))
