"""What is wrong with an argument of the command line."""

from __future__ import annotations

from located_yaml import Position, Problem


def argument_problem(argument: str, message: str) -> Problem:
    """Return a problem with an argument of the command line, which is no place in a file."""
    return Problem(Position.without_line(argument), message)
