"""Loopback ports: chosen once, remembered, and kept as long as nobody else has taken them."""

from __future__ import annotations

import json
import random
import socket
from typing import TYPE_CHECKING

from sandbox.files import read_whole, write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

LOOPBACK = "127.0.0.1"
# Below the ephemeral range of Linux (32768) and macOS (49152): nobody's outgoing connection takes one by chance.
_RANGE = range(20000, 32000)
_ATTEMPTS = 200


class NoPortError(RuntimeError):
    """No free loopback port was found."""


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` of the loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(names: Collection[str], remembered: Mapping[str, int], running: Collection[str]) -> dict[str, int]:
    """Return a port for each name: its remembered one if its own server holds it or nobody does, else a free one."""
    chosen = {name: port for name, port in remembered.items() if name in names and (name in running or is_free(port))}
    for name in names:
        if name not in chosen:
            chosen[name] = _free(set(chosen.values()))
    return chosen


def _free(taken: Collection[int]) -> int:
    for port in random.sample(_RANGE, _ATTEMPTS):
        if port not in taken and is_free(port):
            return port
    raise NoPortError(
        f"{_ATTEMPTS} ports between {_RANGE.start} and {_RANGE.stop} of {LOOPBACK} are all taken; "
        "stop what listens there (`ss -ltnp`) and start again."
    )


def read(path: Path) -> dict[str, int]:
    """Return the remembered ports; none when nothing usable was remembered."""
    try:
        content = json.loads(read_whole(path))
        return {str(name): int(port) for name, port in content.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def write(path: Path, ports: Mapping[str, int]) -> None:
    """Remember `ports` for the next start."""
    write_whole(path, json.dumps(dict(ports), indent=2) + "\n")
