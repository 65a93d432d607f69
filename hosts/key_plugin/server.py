"""The plugin's server on a unix socket that only its own user may open."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc  # type: ignore[import-untyped]

from hosts.key_plugin.errors import RefusedError
from hosts.key_plugin.service import Service, handlers

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.key_plugin.vault import Vault

_WORKERS = 8
_GRACE = 1.0  # seconds
_LONGEST = 107  # bytes; the kernel's limit for a socket's path
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def check(path: Path) -> None:
    """Make sure that the plugin can listen at `path`, and only it.

    Raises:
        RefusedError: somebody else listens there or could.
    """
    if not path.is_absolute() or len(os.fsencode(path)) > _LONGEST:
        raise RefusedError(f"--socket {path}: an absolute path of at most {_LONGEST} bytes is needed")
    try:
        folder = path.parent.stat()
    except OSError as error:
        raise RefusedError(
            f"--socket {path}: its folder cannot be used ({error.strerror}); create it, mode 0700"
        ) from None
    if folder.st_mode & _OTHERS or folder.st_uid not in (os.geteuid(), 0):
        raise RefusedError(f"--socket {path}: others may write to its folder; chown it to this user and chmod it 0700")
    if os.path.lexists(path) and not stat.S_ISSOCK(path.lstat().st_mode):
        raise RefusedError(f"--socket {path}: there is a file that is no socket; remove it or choose another path")
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.connect(str(path))
        raise RefusedError(f"--socket {path}: another process serves there; stop it first")


def serve(vault: Vault, path: Path) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        RefusedError: the socket cannot be had.
    """
    check(path)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the PIN and seeds
    os.umask(stat.S_IRWXG | stat.S_IRWXO)
    server = grpc.server(ThreadPoolExecutor(_WORKERS))
    server.add_generic_rpc_handlers((handlers(Service(vault)),))
    try:
        server.add_insecure_port(f"unix://{path}")
    except RuntimeError as error:
        raise RefusedError(f"--socket {path}: cannot listen there ({error})") from None
    server.start()
    stop.wait()
    server.stop(_GRACE).wait()
    vault.token.close()
    path.unlink(missing_ok=True)
