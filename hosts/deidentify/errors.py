"""What can go wrong: each text names the cause and the next step, and never a value of somebody's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class DeidentifyError(Exception):
    """Nothing leaves: what was asked for is wrong, and asking again does not help."""


class ProblemsError(DeidentifyError):
    """All problems of a file at once, one line each: FILE:LINE: what is wrong; what to do."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class UnavailableError(DeidentifyError):
    """Nothing leaves, as a key or the ledger cannot be had; it may be there later."""


class OddError(Exception):
    """One record has a shape that nobody declared; the text is the reason, one of a fixed few."""
