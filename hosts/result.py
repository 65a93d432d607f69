"""What a command found, on standard output."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable


class ResultError(Exception):
    """What was found cannot be written; the text is for the user."""


def tell(lines: Iterable[str]) -> None:
    """Write lines to standard output at once.

    Raises ResultError where they cannot be written; a reader that has gone (`| head`) is no fault.
    """
    if sys.stdout is None:  # closed before this program began
        raise ResultError("standard output is closed, so the result cannot be shown; open it, or send it to a file")
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    except OSError as error:
        silence(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            problem = f"the result cannot be written: {error.strerror or error}; make room for it"
            raise ResultError(problem) from None


def silence(stream: TextIO) -> None:
    """Let what is still to be flushed go nowhere: Python would complain when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
