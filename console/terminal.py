"""The one place that writes to a terminal: nothing in a line hides or acts, and a reader may have gone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final, TextIO

from hosts.result import silence, tell
from located_yaml import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


LONGEST_ERROR: Final = 2_000
"""Letters of a line on standard error: what a message repeats may have any length."""


NARROWEST: Final = 20
"""Columns below which a width is no width: help would lose its words."""
STDOUT: Final = "stdout"
_written: set[str] = set()


def out(lines: Iterable[str]) -> None:
    """Write lines to standard output.

    Raises ResultError where they cannot be written; a reader that has gone (`| head`) is no fault.
    """
    tell(_noted(lines))


def _noted(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield _encodable(line, sys.stdout)
        _written.add(STDOUT)  # asked for the next one, the last one is written


def begin() -> None:
    """Forget what was written before, and a width that `COLUMNS` gives and nothing fits in: a command begins."""
    _written.clear()
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) < NARROWEST:
        del os.environ["COLUMNS"]


def has_written() -> bool:
    """Return whether anything went to standard output."""
    return STDOUT in _written


def document(text: str) -> None:
    """Write a document of several lines, such as JSON, to standard output."""
    out(text.split("\n"))


def err(*lines: str) -> None:
    """Write lines to standard error, where there is one."""
    if sys.stderr is None:
        return
    try:
        for line in lines:
            shown = line if len(line) <= LONGEST_ERROR else f"{line[:LONGEST_ERROR]} … ({len(line):,} letters)"
            sys.stderr.write(f"{_encodable(shown, sys.stderr)}\n")
        sys.stderr.flush()
    except OSError:  # nobody is left to be told
        silence(sys.stderr)


def errors_go_to() -> int | TextIO:
    """Return where a process that we start writes its errors, as `subprocess` takes it."""
    return sys.stderr or subprocess.DEVNULL


def pass_on(line: bytes) -> None:
    """Write what another program said to standard error as it is, where there is one; that nobody reads is no fault."""
    if sys.stderr is None:
        return
    try:
        os.write(sys.stderr.fileno(), line)
    except (OSError, ValueError):  # ValueError: a stream without a file
        return


def status(line: str) -> None:
    """Show one line on standard error in the place of the last one; none wipes it."""
    sys.stderr.write(f"\r\033[K{visible(line)}")
    sys.stderr.flush()


def _encodable(line: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return visible(line).encode(encoding, "backslashreplace").decode(encoding)
