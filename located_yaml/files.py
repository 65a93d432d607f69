"""Read a user's file, whatever stands in its place: a folder, a pipe, a device, a link that leads nowhere."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from located_yaml.problems import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS: Final[tuple[tuple[Callable[[int], bool], str], ...]] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
LARGEST_FILE: Final = 4_000_000
"""Bytes of a file that people write: as many as its loader takes letters, of up to four bytes each."""


def read_text(path: Path, file: str, largest: int = LARGEST_FILE) -> str:
    """Return the text of a regular file of UTF-8, of up to ``largest`` bytes. ``file`` is what messages call it.

    Raises ProblemsError for everything else, and waits for nobody.
    """
    content = read_bytes(path, file, largest)
    try:
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise _problem(file, f"is not UTF-8 (byte {error.start}); save the file as UTF-8") from None


def read_bytes(path: Path, file: str, largest: int = LARGEST_FILE) -> bytes:
    """Return what a regular file holds, up to ``largest`` bytes. ``file`` is what messages call it.

    Raises ProblemsError for everything else, and waits for nobody.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would be waited for
        try:
            kind = _kind(os.fstat(descriptor).st_mode)
            content = b"" if kind else _read(descriptor, largest + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        raise _problem(file, f"cannot be read: {reason}") from None
    if kind:
        raise _problem(file, f"is {kind} and no file; put a file in its place")
    if len(content) > largest:
        raise _problem(file, f"holds more than {largest:,} bytes; split it, or leave out what nobody needs")
    return content


def _read(descriptor: int, most: int) -> bytes:
    parts: list[bytes] = []
    while most > 0 and (part := os.read(descriptor, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _kind(mode: int) -> str | None:
    return next((words for is_kind, words in KINDS if is_kind(mode)), None)


def _problem(file: str, message: str) -> ProblemsError:
    return ProblemsError([Problem(Position(file, 1, 1), message)])
