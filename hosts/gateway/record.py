"""The audit record: an entry is on the disk before the answer is given, and without the record there is no yes.

Whoever comes first writes, and whoever comes meanwhile waits for the next turn: one of those then writes all of theirs
together and syncs once (group commit), so many requests share one wait for the disk, and no thread stands between. What
is synced is a small file beside the record (`ahead`), which is faster; the record itself is once a second, before a
checkpoint tells of it. What fails once keeps failing until the authorizer starts again, which looks at both files.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.ahead import ONLY_OURS, Ahead
from hosts.gateway.chain import Head, body_of, line_of
from hosts.gateway.errors import RecordError, RecordSlowError
from hosts.gateway.resuming import resumed
from hosts.writing import write_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_WAITING: Final = 4_096
"""Entries that may wait while a disk hangs; whoever comes then is refused at once."""
HANGS: Final = 2.0
"""Seconds after which a write that is not done counts as a disk that hangs."""


def _taken() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Waiting:
    """An entry, and what became of it: its head, or why there is none, or that its thread writes next."""

    body: bytes
    woken: threading.Lock = field(default_factory=_taken)
    head: Head | None = None
    writes: bool = False
    gone: bool = False


class Record:
    """One file that only grows, and that one process at a time writes."""

    def __init__(self, path: Path, seen: Head | None = None) -> None:
        """``seen`` is the head that was signed last: a record that does not lead to it was cut or replaced.

        Raises RecordError where the file cannot be used or its chain is broken before its end.
        """
        self.path = path
        with ExitStack() as undone:
            try:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, ONLY_OURS)
                undone.callback(os.close, self._file)
                self._ahead = Ahead(path.with_name(f"{path.name}.ahead"))
                undone.callback(self._ahead.close)
                found = resumed(path, self._file, self._ahead, seen or Head())
            except OSError as error:
                raise RecordError(
                    f"the record {path} cannot be opened or written ({error.strerror}); make it writable"
                ) from None
            undone.pop_all()
        self._head, self._whole, self.latest = found.head, found.size, found.latest
        self._waiting: list[_Waiting] = []
        self._alone = threading.Lock()
        self._turn = threading.Lock()
        self._began: float | None = None
        self._broken = ""
        self._closed = False
        self._settling = threading.Lock()
        self._settled = self._head

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

    def add(self, entry: Mapping[str, Any], patience: float | None = None) -> Head:
        """Write an entry, and return the head that it made once it is on the disk. Raises RecordError.

        RecordSlowError after ``patience`` seconds: the entry is written later, or was written too late. With a patience
        of 0 nobody waits for others. Raises ValueError or TypeError for an entry that is no JSON, so that one entry
        never harms those of others.
        """
        asked = time.monotonic()
        waiting = _Waiting(body_of(entry))
        with self._alone:
            if self._broken:
                raise RecordError(self._broken)
            if len(self._waiting) >= MOST_WAITING:
                raise RecordError(f"{MOST_WAITING} entries wait for the record {self.path}")
            self._waiting.append(waiting)
            waiting.writes = self._turn.acquire(blocking=False)
        if not waiting.writes:
            self._wait(waiting, 0 if self.broken else patience)
        if waiting.writes:
            self._write(waiting)
        if waiting.head is None:
            raise RecordError(self._broken)
        if patience and time.monotonic() - asked > patience:
            raise RecordSlowError(f"the record {self.path} took an entry later than in {patience} s")
        return waiting.head

    def settled(self) -> Head:
        """Return the head that the record itself has on the disk. Raises OSError; then nothing is written any more."""
        with self._settling:
            head = self._head
            if not self._closed:
                try:
                    os.fdatasync(self._file)
                except OSError as error:
                    self._broken = self._broken or self._unwritable(error)
                    raise
                self._settled = head
            return self._settled

    def close(self) -> None:
        """Let who writes come to an end, and close the files."""
        self._turn.acquire()  # for ever
        if not self._broken:  # else the next start writes again what stands in the file beside it
            with contextlib.suppress(OSError):
                self.settled()
                self._ahead.begin()
        with self._settling:
            self._broken, self._closed = f"the record {self.path} is closed", True
            self._ahead.close()
            os.close(self._file)

    def _wait(self, waiting: _Waiting, patience: float | None) -> None:
        """Wait until an entry was written, or has the turn to be. Raises RecordSlowError."""
        if waiting.woken.acquire(timeout=-1 if patience is None else patience):
            return
        with self._alone:
            waiting.gone = waiting.woken.locked()  # else it was woken just now
        if waiting.gone:
            raise RecordSlowError(f"the record {self.path} did not take an entry within {patience} s")

    def _write(self, own: _Waiting) -> None:
        """Write what waits, and give the turn to the first who has come meanwhile and still waits."""
        following: _Waiting | None = None
        left = True
        while left and following is None:
            with self._alone:
                together, self._waiting = self._waiting, []
            self._commit(together)
            with self._alone:
                for each in together:
                    if each is not own:
                        each.woken.release()
                left = bool(self._waiting)
                following = next((each for each in self._waiting if not each.gone), None)
                if following:
                    following.writes = True
                    following.woken.release()
                elif not left:
                    self._turn.release()

    def _commit(self, waiting: list[_Waiting]) -> None:
        """Write entries, and tell each its head; where that fails, none has one."""
        if self._broken:
            return
        try:
            self._began = time.monotonic()
            made = self._appended(waiting)
        except OSError as error:
            # After a failed sync nobody knows what is on the disk; only a new start, which reads it, may go on.
            self._broken = self._unwritable(error)
            with contextlib.suppress(OSError):  # none of these was answered: the next start need not find them
                self._ahead.take_back()
                os.ftruncate(self._file, self._whole)
            return
        finally:
            self._began = None
        self._head = made[-1]
        for each, head in zip(waiting, made, strict=True):
            each.head = head

    def _unwritable(self, error: OSError) -> str:
        return f"the record {self.path} cannot be written ({error.strerror}); make room, then restart"

    def _appended(self, waiting: list[_Waiting]) -> list[Head]:
        """Write and sync entries, and return the head that each of them made."""
        head, made, lines = self._head, [], []
        for each in waiting:
            line, head = line_of(head, each.body)
            lines.append(line)
            made.append(head)
        data = b"".join(lines)
        write_all(self._file, data)
        if not self._ahead.keep(data):
            os.fdatasync(self._file)  # this and all before it: nothing needs to stand ahead of it
            self._ahead.turn()
        self._whole += len(data)
        return made
