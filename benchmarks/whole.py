"""Whole processes: how long a command takes from its start to its end, and how much memory at most."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.errors import NotMeasuredError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_launcher = str(Path(__file__).with_name("launcher.py"))
_shown = 1500  # characters
_patience = 1800.0  # seconds


@dataclass
class Whole:
    """A command that is run again and again; ``check`` raises when its output is not that of the work to be done.

    ``codes``: the exit codes of a run that did its work. ``seconds`` and ``peaks`` (MB) get a sample per run.
    """

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    check: Callable[[str], object]
    codes: Collection[int] = (0,)
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    def __call__(self) -> None:
        """Run it once; NotMeasuredError with what it said when it did something else than its work."""
        result, output = self.folder / f"{self.name}.result", self.folder / f"{self.name}.out"
        result.unlink(missing_ok=True)
        command = [sys.executable, "-I", "-S", _launcher, str(result), str(output), *self.command]
        try:
            subprocess.run(command, cwd=self.folder, env=self.environment, check=False, timeout=_patience)
        except subprocess.TimeoutExpired:
            raise NotMeasuredError(f"{self.name} was not done after {_patience:.0f} s") from None
        if not result.exists():
            raise NotMeasuredError(f"{self.name} could not be started: {self.command[0]}")
        code, seconds, peak = result.read_text(encoding="utf-8").split()
        if int(code) not in self.codes:
            raise NotMeasuredError(f"{self.name} ended with {code}: {self._said(output)}")
        try:
            self.check(output.read_text(encoding="utf-8"))
        except (ValueError, KeyError, IndexError, TypeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise NotMeasuredError(f"{self.name} did not do its work ({problem}): {self._said(output)}") from error
        self.seconds.append(float(seconds))
        self.peaks.append(float(peak) * 1024 / 1e6)

    def _said(self, output: Path) -> str:
        errors = output.with_name(f"{output.name}.errors").read_text(encoding="utf-8", errors="replace").strip()
        return (errors or output.read_text(encoding="utf-8", errors="replace").strip())[-_shown:] or "it said nothing"


def in_turns(commands: Sequence[Whole], rounds: int, note: Callable[[str], object]) -> None:
    """Run each command ``rounds`` times, in turns; every other round goes backwards, against drift."""
    for number in range(rounds):
        for command in commands[:: 1 if number % 2 == 0 else -1]:
            note(f"round {number + 1} of {rounds}, {command.name}")
            command()
