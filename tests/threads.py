"""The threads of a running process: the kernel may give a signal to each of them, and the main one must hear of it."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal

_LIBC = ctypes.CDLL(None, use_errno=True)


def signal_a_worker(process: int, number: signal.Signals) -> None:
    """Send a signal as the kernel may give it: to another thread than the main one."""
    deadline = time.monotonic() + 30
    while not (workers := _workers(process)):
        assert time.monotonic() < deadline, "it has one thread only"
        time.sleep(0.05)
    assert _LIBC.tgkill(process, workers[-1], int(number)) == 0, os.strerror(ctypes.get_errno())


def main_thread_alone_hears(process: int, number: signal.Signals) -> bool:
    """Whether there are other threads, and none of them can be given a signal."""
    workers, bit = _workers(process), 1 << (number - 1)
    return bool(workers) and all(_held(process, thread) & bit for thread in workers)


def _workers(process: int) -> list[int]:
    threads = (int(each.name) for each in Path(f"/proc/{process}/task").iterdir())
    return [each for each in threads if each != process]


def _held(process: int, thread: int) -> int:
    status = Path(f"/proc/{process}/task/{thread}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:")), 16)
