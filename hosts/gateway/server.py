"""The authorizer's server on a unix socket that only Envoy's user may open."""

from __future__ import annotations

import os
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import grpc  # type: ignore[import-untyped]

from hosts.gateway import health
from hosts.gateway.errors import GatewayError
from hosts.gateway.service import handlers
from hosts.unix_socket import SocketError, check

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.gateway.service import Service

LARGEST: Final = 262_144
"""Bytes of a question: Envoy takes 32 KB of headers, and adds a token's claims."""
ENDS: Final = (signal.SIGINT, signal.SIGTERM)
GRACE: Final = 2.0
"""Seconds in which requests that have begun are answered; new ones are refused meanwhile."""
AT_ONCE: Final = 16
"""Questions that are answered at the same time; most of that time they share one wait for the disk."""
MOST: Final = 1_000
"""Questions that may be here; whoever comes then is refused at once."""


def hold_signals() -> None:
    """Let SIGINT and SIGTERM wait until `serve` takes them: before there are threads, else one of those gets them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)


def serve(service: Service, path: Path) -> None:
    """Serve until a signal that `hold_signals` holds. Raises GatewayError where the socket cannot be had."""
    try:
        check(path)
    except SocketError as error:
        raise GatewayError(str(error)) from None
    os.umask(stat.S_IRWXG | stat.S_IRWXO)
    server = _started(service, path)
    signal.sigwait(ENDS)
    server.stop(GRACE).wait()
    path.unlink(missing_ok=True)


def _started(service: Service, path: Path) -> grpc.Server:
    server = grpc.server(
        ThreadPoolExecutor(AT_ONCE, "check"),
        options=[("grpc.max_receive_message_length", LARGEST)],
        maximum_concurrent_rpcs=MOST,
    )
    server.add_generic_rpc_handlers((handlers(service), health.handlers(service.unready)))
    try:
        server.add_insecure_port(f"unix://{path}")
    except RuntimeError as error:
        raise GatewayError(f"--socket {path}: cannot listen there ({error})") from None
    server.start()
    return server
