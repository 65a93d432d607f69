"""The locks of a stack whose state is kept in files: a run that was killed leaves its own behind.

Source: engine 3.259, pkg/backend/diy/lock.go: one file a lock, ``.pulumi/locks/organization/PROJECT/STACK/*.json``.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLACK: Final = 5.0  # seconds; clocks of the boot time are no better
ENGINE: Final = "pulumi"


@dataclass(frozen=True)
class Lock:
    """A lock: its file, who holds it, and whether that process of this machine has ended."""

    file: Path
    pid: int
    user: str
    host: str
    since: str
    dead: bool

    def __str__(self) -> str:
        """Return the lock in words."""
        return f"process {self.pid} of {self.user} at {self.host}, since {self.since}"


def locks(state: Path, project: str, stack: str) -> Iterator[Lock]:
    """Yield the locks of a stack; one that cannot be read counts as held."""
    for file in sorted((state / ".pulumi" / "locks" / "organization" / project / stack).glob("*.json")):
        try:
            told: Any = json.loads(file.read_text(encoding="utf-8"))
            pid, since = int(told["pid"]), str(told["timestamp"])
            host, user = str(told["hostname"]), str(told["username"])
        except (OSError, ValueError, KeyError, TypeError):
            yield Lock(file, 0, "nobody known", f"a lock that cannot be read ({file})", "an unknown time", dead=False)
            continue
        yield Lock(file, pid, user, host, since, dead=host == socket.gethostname() and not _holds(pid, since))


def _holds(pid: int, since: str) -> bool:
    """Return whether the process that took a lock is still there: not a later one that got its number."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith(ENGINE):
            return False
        return process.create_time() <= datetime.fromisoformat(since).timestamp() + SLACK
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, ValueError):
        return True
