"""A background process that outlives the command that started it, and the record by which it is found again."""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from sandbox.files import read_whole, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PRIVATE = 0o600
_PAUSE = 0.05  # seconds
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
            # A zombie whose other threads are still ending holds its ports and locks.
            if same and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1):
                return process
        except psutil.Error:
            pass
        return None


def read(path: Path) -> ProcessRecord | None:
    """Return the record in `path`; None when there is none, it is unusable, or it came here with a copied directory."""
    try:
        content = json.loads(read_whole(path))
        original = Path(content["path"])
        # The original of a copy is still there and its processes are its own; that of a moved directory is gone.
        if original.exists() and not original.samefile(path):
            return None
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
    write_whole(record, json.dumps({**asdict(started), "path": str(record)}, indent=2) + "\n")
    return started


def end(records: Iterable[ProcessRecord], grace: float) -> None:
    """End the processes: politely, and after `grace` seconds hard."""
    remaining = tuple(record for record in records if record.process())
    for action in (psutil.Process.terminate, psutil.Process.kill):
        for process in filter(None, map(ProcessRecord.process, remaining)):
            with contextlib.suppress(psutil.NoSuchProcess):
                action(process)
        remaining = _after(remaining, grace)


def _after(records: Iterable[ProcessRecord], patience: float) -> tuple[ProcessRecord, ...]:
    """Return the records that are still alive when all others have ended or patience is over."""
    deadline = time.monotonic() + patience
    while (alive := tuple(r for r in records if r.process())) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    for record in records:
        with contextlib.suppress(ChildProcessError):  # reap it if it was ours
            os.waitpid(record.pid, os.WNOHANG)
    return alive
