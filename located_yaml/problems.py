"""Problems with a user's file: each names the value, the limit and the next step, and all arrive at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from located_yaml.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with a file, and what to do about it."""

    position: Position
    message: str

    def __str__(self) -> str:
        return visible(f"{self.position}: {self.message}")


class ProblemsError(ValueError):
    """Every problem that was found in a user's files, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
