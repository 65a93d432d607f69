"""The audit record: an entry is on the disk before the answer is given, and without the record there is no yes.

One thread writes. Whatever waits is written together and synced once (group commit), so many requests share one wait
for the disk. What fails once keeps failing until the authorizer starts again, which looks at the file first.
"""

from __future__ import annotations

import os
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.chain import Head, followed, line_of
from hosts.gateway.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST: Final = 512
"""Entries that are written together."""
ONLY_OURS: Final = 0o600


@dataclass(frozen=True)
class _Waiting:
    entry: Mapping[str, Any]
    done: Future[Head]


class Record:
    """One file that only grows."""

    def __init__(self, path: Path) -> None:
        """Raises RecordError where the file cannot be used or its chain is broken before its end."""
        self.path = path
        self._head, whole = _taken_up(path)
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, ONLY_OURS)
            if os.fstat(self._file).st_size != whole:
                os.ftruncate(self._file, whole)  # a line that a crash cut: nobody was told yes for it
            os.fsync(self._file)
        except OSError as error:
            raise RecordError(f"the record {path} cannot be written ({error.strerror}); make it writable") from None
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._broken = ""
        self._thread = threading.Thread(target=self._write, name="record", daemon=True)
        self._thread.start()

    @property
    def head(self) -> Head:
        """The end of the chain as it is on the disk."""
        return self._head

    @property
    def broken(self) -> str:
        """Why nothing is written any more; "" while all is well."""
        return self._broken

    def add(self, entry: Mapping[str, Any]) -> Future[Head]:
        """Queue an entry; the future is done once the entry is on the disk, or holds a RecordError."""
        done: Future[Head] = Future()
        self._queue.put(_Waiting(entry, done))
        return done

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
        heads: list[Head] = []
        if not self._broken:
            try:
                heads = self._appended(waiting)
            except OSError as error:
                # After a failed sync nobody knows what is on the disk; only a new start, which reads it, may go on.
                self._broken = f"the record {self.path} cannot be written ({error.strerror}); make room, then restart"
        if self._broken:
            for each in waiting:
                each.done.set_exception(RecordError(self._broken))
            return
        self._head = heads[-1]
        for each, head in zip(waiting, heads, strict=True):
            each.done.set_result(head)

    def _appended(self, waiting: list[_Waiting]) -> list[Head]:
        """Write and sync entries, and return the head that each of them made."""
        head, heads, lines = self._head, [], []
        for each in waiting:
            line, head = line_of(head, each.entry)
            lines.append(line)
            heads.append(head)
        write_all(self._file, b"".join(lines))
        os.fdatasync(self._file)
        return heads


def write_all(file: int, data: bytes) -> None:
    """Write all bytes to an open file, in as many steps as the system makes of it. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _taken_up(path: Path) -> tuple[Head, int]:
    """Return the head of a file's chain and the size of its whole lines; a last line that is cut does not count."""
    try:
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    except OSError as error:
        raise RecordError(f"the record {path} cannot be read ({error.strerror}); make it readable") from None
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    head, broken = followed(lines)
    if broken:
        raise RecordError(
            f"line {broken.line} of the record {path} does not follow from those before it: {broken.what}; "
            "keep the file as evidence, tell the inspector, and start with a new one"
        )
    return head, sum(map(len, lines))
