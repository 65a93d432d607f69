"""What a figure depends on besides the code: the machine, and what else it is doing."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from console.gate.stack import project

_busy = 1.0
_gibibyte = 2**30


@dataclass(frozen=True)
class Machine:
    """The machine at the start of a run; ``load`` is the mean number of waiting processes over 1, 5 and 15 minutes."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    commit: str
    at: str
    load: tuple[float, float, float]

    @property
    def warning(self) -> str | None:
        """What to know before believing the figures."""
        if self.load[0] <= _busy:
            return None
        return f"the load was {self.load[0]:.1f} at the start: others are at work here, seconds are too high"


def look() -> Machine:
    """Return the facts of this machine, now."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory_gib=round(psutil.virtual_memory().total / _gibibyte, 1),
        system=platform.platform(terse=True),
        python=platform.python_version(),
        commit=_commit(),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        load=os.getloadavg(),
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        found = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
