"""The audit record: an entry is on the disk before the answer is given, and without the record there is no yes.

One thread writes. Whatever waits is written together and synced once (group commit), so many requests share one wait
for the disk. What fails once keeps failing until the authorizer starts again, which looks at the file first.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import stat
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.chain import CUT, Head, body_of, heads, line_of
from hosts.gateway.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST: Final = 512
"""Entries that are written together."""
MOST_WAITING: Final = 20_000
"""Entries that may wait while a disk hangs; whoever comes then is refused at once."""
HANGS: Final = 2.0
"""Seconds after which a write that is not done counts as a disk that hangs."""
ONLY_OURS: Final = 0o600


@dataclass(frozen=True)
class _Waiting:
    body: bytes
    done: Future[Head]


class Record:
    """One file that only grows, and that one process at a time writes."""

    def __init__(self, path: Path, seen: Head | None = None) -> None:
        """``seen`` is the head that was signed last: a record that does not lead to it was cut or replaced.

        Raises RecordError where the file cannot be used or its chain is broken before its end.
        """
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, ONLY_OURS)
        except OSError as error:
            raise RecordError(f"the record {path} cannot be opened ({error.strerror}); make it writable") from None
        try:
            self._head, self._whole = self._taken_up(seen or Head())
        except RecordError:
            os.close(self._file)
            raise
        except OSError as error:
            os.close(self._file)
            raise RecordError(f"the record {path} cannot be written ({error.strerror}); make it writable") from None
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._broken = ""
        self._began: float | None = None
        self._thread = threading.Thread(target=self._write, name="record", daemon=True)
        self._thread.start()

    @property
    def head(self) -> Head:
        """The end of the chain as it is on the disk."""
        return self._head

    @property
    def broken(self) -> str:
        """Why nothing is written any more, or for some seconds; "" while all is well."""
        began = self._began
        if not self._broken and began is not None and time.monotonic() - began > HANGS:
            return f"the record {self.path} does not answer; look at its disk"
        return self._broken

    def add(self, entry: Mapping[str, Any]) -> Future[Head]:
        """Queue an entry; the future is done once the entry is on the disk, or holds a RecordError.

        Raises ValueError or TypeError for an entry that is no JSON, so that one entry never harms those of others.
        """
        waiting = _Waiting(body_of(entry), Future())
        waiting.done.set_running_or_notify_cancel()  # nobody may cancel it: the thread that writes would stumble
        if self._queue.qsize() >= MOST_WAITING:
            waiting.done.set_exception(RecordError(f"{MOST_WAITING} entries wait for the record {self.path}"))
        else:
            self._queue.put(waiting)
        return waiting.done

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._queue.put(None)
        self._thread.join()
        os.close(self._file)

    def _write(self) -> None:
        while True:
            waiting, last = self._next()
            if waiting:
                self._commit(waiting)
            if last:
                return

    def _next(self) -> tuple[list[_Waiting], bool]:
        """Wait for an entry, and return it with all that have come since; True where the end is near."""
        found: list[_Waiting] = []
        first = self._queue.get()
        while first is not None:
            found.append(first)
            if len(found) == MOST:
                return found, False
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return found, False
        return found, True

    def _commit(self, waiting: list[_Waiting]) -> None:
        made: list[Head] = []
        if not self._broken:
            try:
                self._began = time.monotonic()
                made = self._appended(waiting)
                self._began = None
            except OSError as error:
                # After a failed sync nobody knows what is on the disk; only a new start, which reads it, may go on.
                self._broken = f"the record {self.path} cannot be written ({error.strerror}); make room, then restart"
                with contextlib.suppress(OSError):  # none of these was answered: the next start need not find them
                    os.ftruncate(self._file, self._whole)
        if self._broken:
            for each in waiting:
                each.done.set_exception(RecordError(self._broken))
            return
        self._head = made[-1]
        for each, head in zip(waiting, made, strict=True):
            each.done.set_result(head)

    def _appended(self, waiting: list[_Waiting]) -> list[Head]:
        """Write and sync entries, and return the head that each of them made."""
        head, made, lines = self._head, [], []
        for each in waiting:
            line, head = line_of(head, each.body)
            lines.append(line)
            made.append(head)
        data = b"".join(lines)
        write_all(self._file, data)
        os.fdatasync(self._file)
        self._whole += len(data)
        return made

    def _taken_up(self, seen: Head) -> tuple[Head, int]:
        """Return the head of the file's chain and the size of its whole lines, with which the file then ends."""
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            raise RecordError(f"the record {self.path} is no plain file; give the path of one")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordError(f"another process writes the record {self.path}; stop it first") from None
        head, whole = _followed(self.path, seen)
        if os.fstat(self._file).st_size != whole:
            os.ftruncate(self._file, whole)  # a line that a crash cut: nobody was told yes for it
        os.fsync(self._file)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # the file's name must outlive a crash, too
        finally:
            os.close(folder)
        return head, whole


def write_all(file: int, data: bytes) -> None:
    """Write all bytes to an open file, in as many steps as the system makes of it. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _followed(path: Path, seen: Head) -> tuple[Head, int]:
    """Return the head of a file's chain and the size of its whole lines; a last line that is cut does not count."""
    head, whole, met = Head(), 0, seen == Head()
    with path.open("rb") as lines:
        for head, wrong in heads(lines):
            if wrong == CUT:  # only the last one can be
                break
            if wrong:
                raise RecordError(
                    f"line {head.size + 1} of the record {path} does not follow from those before it: {wrong}; "
                    "keep the file as evidence, tell the inspector, and start with a new one"
                )
            whole = lines.tell()
            met = met or head == seen
    if not met:
        raise RecordError(
            f"the record {path} has {head.size} lines and does not lead to the last checkpoint, which has {seen.size}: "
            "it was cut or replaced; keep both files as evidence, tell the inspector, and start with new ones"
        )
    return head, whole
