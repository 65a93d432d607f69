"""What is wrong with an argument of the command line."""

from __future__ import annotations

from dataclasses import dataclass

from located_yaml import Position, Problem, visible


@dataclass(frozen=True, order=True)
class ArgumentProblem(Problem):
    """What is wrong with an argument of the command line, which is no place in a file."""

    @classmethod
    def of(cls, argument: str, message: str) -> ArgumentProblem:
        """Return a problem with an argument."""
        return cls(Position(argument, 1, 1), message)

    def __str__(self) -> str:
        return visible(f"{self.position.file}: {self.message}")
