"""The programs and packs that the host runs, each in a process group of its own, none of which outlives the host."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_BOUND = str(Path(__file__).with_name("bound.py"))
_GRACE = 2.0  # seconds between the polite and the hard end; the engine allows the host 5
_CHUNK = 64 * 1024  # bytes


class Children:
    """All running children; closing ends every one of them, and no new one starts afterwards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def start(
        self, command: Sequence[str], directory: str, environment: Mapping[str, str], *, capture: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start `command`; its output goes to the host's own streams, or to pipes with `capture`."""
        output = subprocess.PIPE if capture else None
        bound = [sys.executable, "-I", "-S", _BOUND, str(os.getpid()), *command]
        with self._lock:
            if self._closed:
                raise RuntimeError("the language host is shutting down")
            child = subprocess.Popen(
                bound,
                cwd=directory or None,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Not the host's group: the engine sends SIGINT there, and the child would print a trace of it.
                process_group=0,
            )
            self._running.add(child)
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Return the child's exit code once it has ended, by itself or through `end`."""
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return code

    def close(self) -> None:
        """End every child and refuse new ones."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for child in running:
            _signal(child, signal.SIGTERM)
        for child in running:
            end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and what it started: politely, then hard."""
    _signal(child, signal.SIGTERM)
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _signal(child, signal.SIGKILL)


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)


def output(child: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield `("stdout" | "stderr", bytes)` as the child writes, until both streams are closed."""
    chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def pump(name: str, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                chunks.put((name, chunk))
        chunks.put((name, b""))

    streams = {name: stream for name in ("stdout", "stderr") if (stream := getattr(child, name)) is not None}
    for name, stream in streams.items():
        threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    still_open = len(streams)
    while still_open:
        name, chunk = chunks.get()
        if chunk:
            yield name, chunk
        else:
            still_open -= 1
