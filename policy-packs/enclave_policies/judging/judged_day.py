"""The day that is judged for: another than today for a preview alone, as nothing is to be made under its law."""

from __future__ import annotations

import os
from datetime import date
from typing import Final

from located_yaml import Position, Problem, ProblemsError

DAY: Final = "ENCLAVE_AS_OF"
"""The environment variable that names the day; where it is not set, today's law is asked."""
ONLY_PLANS: Final = (
    f"what is changed is judged as of today; {DAY} names another day, which is for a preview alone: unset it"
)


def named_day() -> date | None:
    """Return the day that the environment names, None for today. Raises ProblemsError for what is no day."""
    text = os.environ.get(DAY)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = "it is no day; write one such as 2026-11-29"
        raise ProblemsError([Problem(Position.without_line(DAY), message)]) from None


def judged_day(*, dry_run: bool) -> date | None:
    """Return the day that a program is judged for, None for today. Raises ProblemsError outside of a preview."""
    day = named_day()
    if day is not None and not dry_run:
        raise ProblemsError([Problem(Position.without_line(DAY), ONLY_PLANS)])
    return day
