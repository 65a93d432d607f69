"""How a service that has threads is ended: by SIGINT or SIGTERM, which its main thread alone takes.

A handler is not enough. Python runs it in the main thread, and a main thread that waits for a lock wakes up for
it only where the kernel gave the signal to that very thread.
"""

from __future__ import annotations

import signal
from typing import Final

ENDS: Final = (signal.SIGINT, signal.SIGTERM)


def hold_signals() -> None:
    """Let SIGINT and SIGTERM wait until the main thread takes them: before there are threads, else one of those does.

    Processes that are started after it hold them too.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)


def await_end(seconds: float | None = None) -> bool:
    """Wait for a signal that `hold_signals` holds, at most so many seconds; return whether it came."""
    if seconds is None:
        return bool(signal.sigwait(ENDS))
    return signal.sigtimedwait(ENDS, seconds) is not None
