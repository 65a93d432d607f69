"""The plugin's server on a unix socket that only its own user may open."""

from __future__ import annotations

import os
import resource
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc  # type: ignore[import-untyped]

from hosts.ending import await_end, hold_signals
from hosts.key_plugin.errors import RefusedError
from hosts.key_plugin.service import Service, handlers
from hosts.unix_socket import SocketError, check

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.key_plugin.vault import Vault

_WORKERS = 8
_GRACE = 1.0  # seconds


def serve(vault: Vault, path: Path) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        RefusedError: the socket cannot be had.
    """
    try:
        check(path)
    except SocketError as error:
        raise RefusedError(str(error)) from None
    hold_signals()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the PIN and seeds
    os.umask(stat.S_IRWXG | stat.S_IRWXO)
    server = grpc.server(ThreadPoolExecutor(_WORKERS))
    server.add_generic_rpc_handlers((handlers(Service(vault)),))
    try:
        server.add_insecure_port(f"unix://{path}")
    except RuntimeError as error:
        raise RefusedError(f"--socket {path}: cannot listen there ({error})") from None
    server.start()
    await_end()
    server.stop(_GRACE).wait()
    vault.token.close()
    path.unlink(missing_ok=True)
