"""Problems with a user's file: each names the value, the limit and the next step, and all arrive at once."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from located_yaml.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column count from 1, and are 0 where the source has no lines."""

    file: str
    line: int
    column: int

    @classmethod
    def without_line(cls, source: str) -> Position:
        """Return where something stands that is no file: a variable of the environment, standard input, an argument."""
        return cls(source, 0, 0)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with a file, and what to do about it."""

    position: Position
    message: str

    def __str__(self) -> str:
        return visible(f"{self.position}: {self.message}")


MOST: Final = 100
"""Problems that anybody reads at once."""


class ProblemsError(ValueError):
    """Every problem that was found in a user's files, sorted by position; of very many the first, and how many more."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = set(problems)
        shown = nsmallest(MOST, found, key=_order)
        if len(found) > MOST:
            shown.append(Problem(shown[-1].position, f"and {len(found) - MOST:,} more problems; mend these first"))
        self.problems = tuple(shown)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _order(problem: Problem) -> tuple[str, int, int, str]:
    position = problem.position
    return position.file, position.line, position.column, problem.message
