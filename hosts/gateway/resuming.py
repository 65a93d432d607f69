"""Takes up a record where a process left it: its whole lines, and those that perhaps only the file beside it has."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hosts.gateway.chain import CUT, Head, timed_heads
from hosts.gateway.errors import RecordError
from hosts.writing import write_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from hosts.gateway.ahead import Ahead, Kept

_LOG = logging.getLogger(__name__)
KEEP: Final = "keep its folder as evidence, tell the inspector, and start with an empty one"


@dataclass(frozen=True)
class Followed:
    """A chain: its head, the bytes of its whole lines, the latest time that any of them tells.

    ``met`` says of heads that were asked for how many bytes lead to them.
    """

    head: Head
    size: int
    latest: datetime | None
    met: Mapping[Head, int]


def resumed(path: Path, file: int, ahead: Ahead, seen: Head) -> Followed:
    """Return what a record holds, once its open ``file`` ends with its last whole line and is on the disk.

    ``seen`` is the head that was signed last. Raises RecordError for what is no record or does not lead there, OSError.
    """
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise RecordError(f"the record {path} is no plain file; give the path of one")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RecordError(f"another process writes the record {path}; stop it first") from None
    kept = ahead.kept()
    found = _followed(path, {seen, kept.heads[0], kept.heads[-1]})
    if kept.heads[-1] not in found.met:
        _write_again(path, file, _begin(path, ahead, found, kept), kept.lines)
        found = _followed(path, {seen})
    if seen not in found.met:
        raise RecordError(
            f"the record {path} has {found.head.size} lines and does not lead to the last checkpoint, which has "
            f"{seen.size}: it was cut or replaced; {KEEP}"
        )
    if os.fstat(file).st_size != found.size:
        os.ftruncate(file, found.size)  # a line that a crash cut: nobody was told yes for it
    os.fsync(file)
    _sync_names(path.parent)
    ahead.begin()
    return found


def _begin(path: Path, ahead: Ahead, found: Followed, kept: Kept) -> int:
    """Return the byte at which kept lines begin in the record. Raises RecordError where they are not of it."""
    if kept.heads[0] not in found.met or found.head not in kept.heads:
        raise RecordError(
            f"the record {path} has {found.head.size} lines, and those in {ahead.path} do not follow from them: one of "
            f"the two was cut or replaced; {KEEP}"
        )
    return found.met[kept.heads[0]]


def _write_again(path: Path, file: int, begin: int, lines: Sequence[bytes]) -> None:
    """Write lines to a record from a byte on, also those that it has: nobody knows whether the disk has them."""
    os.ftruncate(file, begin)
    write_all(file, b"".join(lines))
    _LOG.warning("the record %s was not closed; its last %s lines were written again", path, len(lines))


def _followed(path: Path, asked: set[Head]) -> Followed:
    """Follow a file's chain to its end; a last line that is cut does not count. Raises RecordError."""
    head, size, latest = Head(), 0, None
    met = {head: 0} if head in asked else {}
    with path.open("rb") as lines:
        for head, time, wrong in timed_heads(lines):
            if wrong == CUT:  # only the last one can be
                break
            if wrong:
                raise RecordError(
                    f"line {head.size + 1} of the record {path} does not follow from those before it: {wrong}; {KEEP}"
                )
            size = lines.tell()
            if head in asked:
                met[head] = size
            latest = max((each for each in (latest, time) if each), default=None)
    return Followed(head, size, latest, met)


def _sync_names(folder: Path) -> None:
    """Let the names of new files outlive a crash."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
