"""The journal of a wave: one line for each thing that is done, never changed, on the disk before the next begins."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from hosts.writing import write_all

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class BusyError(RuntimeError):
    """Somebody else works on the wave."""


class JournalError(RuntimeError):
    """A journal is not what was written: the file, the line's number, and what is wrong there and what to do."""

    def __init__(self, file: Path, line: int, wrong: str) -> None:
        """``wrong`` says it as the predicate of a sentence about the line."""
        self.file, self.line = file, line
        self.words = f"{wrong}, so it is no journal as `enclave wave` writes it; put back the file as it was"
        super().__init__(f"{file}:{line}: {self.words}")


class Journal:
    """An append-only file of JSON lines that one process writes at a time.

    Copiers inherit the lock (`handle`), so that one which outlives its master is waited for.
    """

    def __init__(self, file: Path, patience: float = 20) -> None:
        """``patience``: seconds to wait for whoever works on it."""
        self.file = file
        self._patience = patience
        self.handle = -1

    def __enter__(self) -> Self:
        """Take the lock, and cut off a line that a killed process left half written. Raises BusyError, OSError."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        until = time.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(self.handle)
                    raise BusyError(f"{self.file} is in use: another run of this wave is at work") from None
                time.sleep(0.1)
        whole = self.file.read_bytes()
        if not whole.endswith(b"\n"):
            os.ftruncate(self.handle, whole.rfind(b"\n") + 1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file."""
        os.close(self.handle)

    def write(self, step: str, **told: Any) -> None:
        """Add a line, and wait until the disk has it. Raises OSError; no part of the line stays then."""
        line = json.dumps({"step": step, "at": round(time.time(), 3), **told}, sort_keys=True)
        whole = os.fstat(self.handle).st_size
        try:
            write_all(self.handle, f"{line}\n".encode())
            os.fsync(self.handle)
        except OSError:
            with suppress(OSError):  # else the next start cuts it off
                os.ftruncate(self.handle, whole)
            raise


def lines(file: Path) -> list[dict[str, Any]]:
    """Return what a journal tells, without a last line that is half written; empty where there is none.

    Raises JournalError.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    whole = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
    return [_object(file, number, line) for number, line in enumerate(whole, 1)]


def _object(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise JournalError(file, number, "is no JSON") from None
    if not isinstance(found, dict):
        raise JournalError(file, number, "is no JSON object")
    return found
