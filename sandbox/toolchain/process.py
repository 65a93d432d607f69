"""Run a build command with its full output in a log file."""

from __future__ import annotations

import os
import subprocess
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_TAIL = 15
_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True)
class Result:
    """How a command ended; `tail` holds its last lines, standard error included."""

    code: int
    tail: tuple[str, ...]

    @property
    def last_line(self) -> str:
        """The last line that says something, else the exit code."""
        return next((line for line in reversed(self.tail) if line), f"exit code {self.code}")


def run_logged(
    command: Sequence[str],
    log: Path,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Result:
    """Run `command`, write all its output to `log` and hand each line on; the child is ended if we are."""
    log.parent.mkdir(parents=True, exist_ok=True)
    tail: deque[str] = deque(maxlen=_TAIL)
    with (
        log.open("w", encoding="utf-8", errors="replace") as file,
        subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment if environment is not None else os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as child,
    ):
        _running.add(child)
        try:
            for line in child.stdout or ():
                file.write(line)
                tail.append(line.rstrip())
                if on_line:
                    on_line(line.rstrip())
        except BaseException:
            child.terminate()
            raise
        finally:
            _running.discard(child)
    return Result(child.returncode, tuple(tail))


def stop_all() -> None:
    """End every command that `run_logged` still runs, in whatever thread: the set-up is over."""
    for child in tuple(_running):
        child.terminate()
