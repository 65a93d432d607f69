"""A background process that outlives the command that started it, and the record by which it is found again."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import psutil

from sandbox.services.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

_PRIVATE = 0o600
_CLOCK = 1.0  # seconds by which two readings of one process's start time may differ


@dataclass(frozen=True)
class ProcessRecord:
    """One started process; `started` is its start time by the system's clock, `identity` is new for each start."""

    name: str
    pid: int
    started: float
    command: tuple[str, ...]
    identity: str

    def process(self) -> psutil.Process | None:
        """Return the running process; None when it ended, even if its number now belongs to another one."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        except psutil.Error:
            pass
        return None


def read(path: Path) -> ProcessRecord | None:
    """Return the record in `path`; None when there is none or it is unusable."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return ProcessRecord(
            name=str(content["name"]),
            pid=int(content["pid"]),
            started=float(content["started"]),
            command=tuple(content["command"]),
            identity=str(content["identity"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def spawn(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, record: Path) -> ProcessRecord:
    """Start `command` in a session of its own, its output in `log`, and note it in `record`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    # Not subprocess: nobody here waits for the child, which belongs to the system from now on.
    pid = os.posix_spawnp(
        command[0],
        list(command),
        {**os.environ, **environment},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, flags, _PRIVATE),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    started = ProcessRecord(name, pid, psutil.Process(pid).create_time(), tuple(command), uuid.uuid4().hex)
    write_whole(record, json.dumps(asdict(started), indent=2) + "\n")
    return started


def end(records: Iterable[ProcessRecord], grace: float) -> None:
    """End the processes: politely, and after `grace` seconds hard."""
    processes = [process for record in records if (process := record.process())]
    for process in processes:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=grace)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=grace)


def _quietly(action: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        action()
