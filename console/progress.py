"""How far a long command is, as "n of N" with the time left: in place on a terminal, a line a while elsewhere."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Final, Self, TypeVar

from console import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

Item = TypeVar("Item")
quick = 2_000_000  # bytes; what is read and judged in a moment
every = 500  # items of a sequence between two looks at the clock
PERIOD: Final = 10.0
"""Seconds between two lines where they are not written over each other."""
TOO_EARLY: Final = 2.0
"""Seconds before which a rate says nothing."""
A_MINUTE: Final = 60


def words(doing: str, done: int, total: int, elapsed: float) -> str:
    """Return how far something is; ``total`` 0 where nobody knows it, ``elapsed`` in seconds.

    The time left is what the rest takes at the rate so far.
    """
    if total < max(done, 1):
        return f"{doing} {done:,} so far"
    if done in {0, total} or elapsed < TOO_EARLY:
        return f"{doing} {done:,} of {total:,}"
    return f"{doing} {done:,} of {total:,}, {_time((total - done) * elapsed / done)} left"


def _time(seconds: float) -> str:
    if seconds < A_MINUTE:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / A_MINUTE)} min"


class Progress:
    """Shows one line on standard error: rewritten and wiped at the end, or a new one each ``period`` seconds."""

    def __init__(self, *, in_place: bool, shown: bool = True, period: float = PERIOD) -> None:
        self._in_place, self._period = in_place, period
        self._shown = shown and sys.stderr is not None
        self._began = self._last = monotonic()

    @classmethod
    def of_a_file(cls, size: int) -> Self:
        """Return the progress of a command that reads ``size`` bytes: on a terminal a quick one shows nothing."""
        on_terminal = sys.stderr is not None and sys.stderr.isatty()
        return cls(in_place=on_terminal, shown=size > quick)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._shown and self._in_place:
            terminal.status("")

    def say(self, line: str) -> None:
        """Show what is being done now, where it is time to."""
        now = monotonic()
        if not self._shown:
            return
        if self._in_place:
            terminal.status(line)
        elif now - self._last >= self._period:
            self._last = now
            terminal.err(line)

    def far(self, doing: str, done: int, total: int) -> None:
        """Show how much of it is done."""
        self.say(words(doing, done, total, monotonic() - self._began))

    def count(self, items: Sequence[Item], doing: str) -> Iterator[Item]:
        """Yield the items, showing how many of them are done."""
        for number, item in enumerate(items):
            if number % every == 0:
                self.far(doing, number, len(items))
            yield item
