"""One line per step: what it does, how long it takes, how long it should take."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

REMINDER = 30.0
"""Seconds between two lines about the same step where no terminal shows it live."""

_SIGNS = {"running": ("…", "cyan"), "done": ("✓", "green"), "failed": ("✗", "red")}


def clock(seconds: float) -> str:
    """Elapsed time for people: `0.4 s`, `12 s`, `3:07`."""
    if seconds < 1:
        return f"{seconds:.1f} s"
    if seconds < 60:  # noqa: PLR2004
        return f"{int(seconds)} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@dataclass
class Step:
    """One running or finished step; `note` may be set at any time by whoever works on it."""

    title: str
    expect: str = ""
    note: str = ""
    state: str = "running"
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    reminded: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the step began, or that it took."""
        return (self.ended or time.monotonic()) - self.began

    def line(self) -> str:
        """The step in words, without its sign."""
        promise = f", {self.expect}" if self.expect and self.state == "running" else ""
        note = f" ({self.note})" if self.note else ""
        return f"{self.title}{promise}{note}"


class Progress:
    """Shows steps, of any number of threads, as a live table on a terminal and as plain lines elsewhere."""

    def __init__(self, stream: TextIO | None = None, *, live: bool | None = None) -> None:
        self._stream = stream or sys.stderr
        self._console = Console(file=self._stream, highlight=False)
        on_terminal = self._console.is_terminal and not self._console.is_dumb_terminal
        self._is_live = (on_terminal and not os.environ.get("CI")) if live is None else live
        self._lock = threading.RLock()
        self._steps: list[Step] = []
        self._over = threading.Event()
        self._reminder: threading.Thread | None = None
        self._display: Live | None = None

    def __enter__(self) -> Self:
        if self._is_live:
            self._display = Live(get_renderable=self._table, console=self._console, refresh_per_second=4)
            self._display.start()
        else:
            self._reminder = threading.Thread(target=self._remind, daemon=True)
            self._reminder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._display:
            self._display.stop()
        if self._reminder:
            self._reminder.join()

    @contextmanager
    def step(self, title: str, expect: str = "") -> Iterator[Step]:
        """Show a step while the block runs; `expect` is the expectation, such as `about 4 min on 2 cores`."""
        step = Step(title, expect)
        with self._lock:
            self._steps.append(step)
        self._print(f"{step.line()} …")
        try:
            yield step
        except BaseException:
            self._end(step, "failed")
            raise
        self._end(step, "done")

    def say(self, text: str) -> None:
        """Print one line above the running steps."""
        if self._is_live:
            self._console.print(Text(text))
        else:
            self._print(text)

    def _end(self, step: Step, state: str) -> None:
        with self._lock:
            step.ended, step.state = time.monotonic(), state
            sign = _SIGNS[state][0]
        self._print(f"{sign} {step.line()}: {clock(step.elapsed)}")

    def _print(self, text: str) -> None:
        if not self._is_live:
            with self._lock:
                # Not through rich: a line in a log must not be wrapped at 80 columns.
                self._stream.write(text + "\n")
                self._stream.flush()

    def _remind(self) -> None:
        while not self._over.wait(0.5):
            now = time.monotonic()
            with self._lock:
                due = [s for s in self._steps if s.state == "running" and now - s.reminded >= REMINDER]
            for step in due:
                step.reminded = now
                self._print(f"  {step.line()}: {clock(step.elapsed)} so far")

    def _table(self) -> Table:
        grid = Table.grid(padding=(0, 1))
        grid.add_column()
        grid.add_column(overflow="fold")
        grid.add_column(justify="right")
        with self._lock:
            for step in self._steps:
                sign, colour = _SIGNS[step.state]
                grid.add_row(Text(sign, style=colour), Text(step.line()), Text(clock(step.elapsed)))
        return grid
