"""The latest lines of a record, on the disk before the record itself is: one small file, written again and again.

Where a file grows, each sync makes the file system write its journal. This one has its full size from the start, so a
sync writes the lines alone. Lines stand in it from its start, each following from the one before. What comes behind
them is zeros, or left from an earlier turn, and does not follow.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import dataclass
from io import BytesIO
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from hosts.gateway.chain import Head, heads
from hosts.gateway.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SIZE: Final = 1_048_576
"""Bytes: some 1,500 entries between two syncs of the record."""
ONLY_OURS: Final = 0o600


@dataclass(frozen=True)
class Kept:
    """Lines, with the head that the first one follows and the head that each of them makes."""

    heads: Sequence[Head]
    lines: Sequence[bytes]


NOTHING: Final = Kept((Head(),), ())


class Ahead:
    """A file beside a record; whoever holds the record alone writes it."""

    def __init__(self, path: Path) -> None:
        """Raises RecordError where the file cannot be used."""
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, ONLY_OURS)
        except OSError as error:
            raise RecordError(
                f"{path}, beside the record, cannot be opened ({error.strerror}); make it writable"
            ) from None
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            os.close(self._file)
            raise RecordError(f"{path}, beside the record, is no plain file; move it away")
        self._at = 0

    def kept(self) -> Kept:
        """Return the lines. Raises OSError."""
        return _run(os.pread(self._file, SIZE, 0))

    def begin(self) -> None:
        """Start again, with a file of full size that holds no line. Raises OSError."""
        whole = os.fstat(self._file).st_size == SIZE
        self._put(bytes(1 if whole else SIZE), 0)
        os.ftruncate(self._file, SIZE)
        os.fsync(self._file)
        self._at = 0

    def keep(self, lines: bytes) -> bool:
        """Put lines on the disk, and return True; False where there is no room for them. Raises OSError."""
        if len(lines) > SIZE - self._at:
            return False
        self._put(lines, self._at)
        os.fdatasync(self._file)
        self._at += len(lines)
        return True

    def turn(self) -> None:
        """Write from the start again: all that was kept is in the record, and that is on the disk."""
        self._at = 0

    def take_back(self) -> None:
        """Take back the lines of a `keep` that failed. Raises OSError."""
        self._put(bytes(1), self._at)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _put(self, data: bytes, at: int) -> None:
        if os.pwrite(self._file, data, at) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _run(data: bytes) -> Kept:
    """Return the lines at the start of bytes that follow from each other."""
    try:
        first = json.loads(data.partition(b"\n")[0])
        before = Head(first["seq"], first["prev"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return NOTHING
    told = zip(BytesIO(data), heads(BytesIO(data), before), strict=False)
    made = [(line, head) for line, (head, _) in takewhile(lambda each: not each[1][1], told)]
    return Kept((before, *(head for _, head in made)), [line for line, _ in made]) if made else NOTHING
