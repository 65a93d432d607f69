"""The day that is judged for, as every command takes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day(text: str) -> date:
    """Return the day that a text such as 2026-11-22 names; ValueError for every other form, week dates too."""
    if not FORM.fullmatch(text):
        raise ValueError(f"'{text}' is no day such as 2026-11-22")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None
