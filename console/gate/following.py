"""Follows the engine's event log while it is written, and says how many of the resources are done."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from console.progress import PERIOD, Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DONE: Final = b'"resOutputsEvent":{'
"""What the engine writes once for each resource that it has planned or changed (pulumi 3.259, events.go)."""
LOOK: Final = 0.5  # seconds between two looks at the log


class Count:
    """Counts the resources that a growing log says are done; a line that is half written counts when it is whole."""

    def __init__(self, log: Path) -> None:
        self._log, self._read, self.done = log, 0, 0

    def look(self) -> int:
        """Read what was written since the last look, and return how many resources are done by now."""
        try:
            with self._log.open("rb") as file:
                file.seek(self._read)
                new = file.read()
        except OSError:
            return self.done  # the engine has not begun to write
        whole = new.rfind(b"\n") + 1
        self._read += whole
        self.done += new.count(DONE, 0, whole)
        return self.done


@contextmanager
def followed(log: Path, doing: str, expected: int, period: float = PERIOD) -> Iterator[None]:
    """Say every ``period`` seconds, while the block runs, how many of ``expected`` resources are done (0: unknown)."""
    over = threading.Event()

    def follow() -> None:
        # Lines, also on a terminal: the engine writes lines of its own in between.
        progress, count = Progress(in_place=False, period=period), Count(log)
        while not over.wait(min(LOOK, period)):
            progress.far(doing, count.look(), expected)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
