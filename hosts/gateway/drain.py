"""Lets Envoy end without cutting anybody off: it takes no new connections, and ends the ones it has.

Envoy ends at once when it is told to by a signal, even between a yes and the request that it was for. Draining comes
first, over its admin interface (Envoy 1.40, "Administration interface": `drain_listeners`, `stats`).
"""

from __future__ import annotations

import http.client
import socket
import time
from typing import TYPE_CHECKING, Final

from hosts.gateway.errors import DrainError

if TYPE_CHECKING:
    from pathlib import Path

SAY_GOODBYE: Final = "/drain_listeners?graceful&skip_exit"
CLOSE: Final = "/drain_listeners"
CONNECTIONS: Final = "http.people.downstream_cx_active"
TIMEOUT: Final = 2.0  # seconds for one answer
EVERY: Final = 0.05  # seconds


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(str(self._path))


def drain(admin: Path, seconds: float) -> int:
    """Drain Envoy for some seconds at most, and return how many connections are left. Raises DrainError."""
    until = time.monotonic() + seconds
    try:
        _asked(admin, "POST", SAY_GOODBYE)  # from now on each answer ends its connection
        _asked(admin, "POST", CLOSE)
        while left := _connections(admin):
            if time.monotonic() >= until:
                break
            time.sleep(EVERY)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DrainError(f"--admin {admin}: Envoy cannot be told to drain ({error}); look whether it runs") from None
    return left


def _connections(admin: Path) -> int:
    name, _, number = _asked(admin, "GET", f"/stats?filter=^{CONNECTIONS}$").strip().partition(": ")
    if name != CONNECTIONS:
        raise ValueError(f"it counts no {CONNECTIONS}")
    return int(number)


def _asked(admin: Path, method: str, path: str) -> str:
    connection = _OverSocket(admin)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status != http.client.OK:
            raise ValueError(f"{path} was answered by {answer.status}")
        return body
    finally:
        connection.close()
