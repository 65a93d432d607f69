"""A line on a terminal that says how far a long audit is; nothing where nobody looks, or where it is quick."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self, TypeVar

from console import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

Item = TypeVar("Item")
quick = 2_000_000  # bytes; what is read and judged in a moment
every = 500  # resources


class Progress:
    """Shows one line on stderr and wipes it at the end."""

    def __init__(self, size: int) -> None:
        self._shown = size > quick and sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.say("")

    def say(self, line: str) -> None:
        """Show what is being done now."""
        if self._shown:
            terminal.status(line)

    def count(self, items: Sequence[Item], doing: str) -> Iterator[Item]:
        """Yield the items, showing how many of them are done."""
        for number, item in enumerate(items):
            if number % every == 0:
                self.say(f"{doing} {number:,} of {len(items):,} …")
            yield item
