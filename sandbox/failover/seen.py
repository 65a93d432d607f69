"""Where programs on this machine connect to: this process by its own hook, others by looks at the kernel's tables."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

End = tuple[str, int]
"""An address and a port."""
EVERY: Final = 0.02
"""Seconds between two looks: a connection that is shorter may stay unseen."""
_LISTENS: Final = "0A"


class Own:
    """What this process asks for while it is on: every connection, and every name that is looked up."""

    def __init__(self) -> None:
        self.connected: set[End] = set()
        self.looked_up: set[str] = set()
        self._on = False
        sys.addaudithook(self._heard)  # cannot be taken away again

    def __enter__(self) -> Self:
        """Begin to note."""
        self._on = True
        return self

    def __exit__(self, *_: object) -> None:
        """Note nothing any more."""
        self._on = False

    def _heard(self, event: str, given: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "socket.connect" and isinstance(given[1], tuple):
            self.connected.add((str(given[1][0]), int(given[1][1])))
        elif event == "socket.getaddrinfo" and given[0] is not None:
            self.looked_up.add(given[0].decode() if isinstance(given[0], bytes) else str(given[0]))


class Others:
    """What other processes are connected to, as often as the tables are looked at (Linux: /proc)."""

    def __init__(self, pids: Callable[[], Iterable[int]]) -> None:
        """``pids`` are asked for at each look, as processes come and go."""
        self.connected: set[End] = set()
        self.looks = 0
        self._pids, self._over = pids, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            own = {inode for pid in self._pids() for inode in _sockets(pid)}
            self.connected |= outgoing(own, [line for name in ("tcp", "tcp6", "udp", "udp6") for line in _table(name)])
            self.looks += 1


def outgoing(own: set[str], lines: Iterable[str]) -> set[End]:
    """Return the remote ends of sockets, by their inodes, that somebody of them opened; ``lines`` are the kernel's.

    A socket whose local port one of them listens on was opened by the other end.
    """
    rows = [line.split() for line in lines]
    listening = {row[1].rpartition(":")[2] for row in rows if row[3] == _LISTENS and row[9] in own}
    open_ = [row for row in rows if row[9] in own and row[3] != _LISTENS and not row[2].endswith(":0000")]
    return {_end(row[2]) for row in open_ if row[1].rpartition(":")[2] not in listening}


def outside(ends: Iterable[End], declared: Iterable[End]) -> set[End]:
    """Return the ends that nobody declared; the loopback counts as well, as everything here is on it."""
    known = {(_plain(host), port) for host, port in declared}
    return {(host, port) for host, port in ends if (_plain(host), port) not in known}


def _plain(host: str) -> str:
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return str(mapped or address)
    return host


def _sockets(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(handle.readlink())
                if target.startswith("socket:["):
                    yield target[len("socket:[") : -1]


def _table(name: str) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]
    return []


def _end(text: str) -> End:
    """Return an end as the kernel writes it: hex digits of 32-bit words in the machine's order, then the port."""
    host, _, port = text.partition(":")
    words = b"".join(struct.pack("=I", int(host[at : at + 8], 16)) for at in range(0, len(host), 8))
    family = socket.AF_INET if len(words) == 4 else socket.AF_INET6  # noqa: PLR2004 (bytes of an IPv4 address)
    return socket.inet_ntop(family, words), int(port, 16)
