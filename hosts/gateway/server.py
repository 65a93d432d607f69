"""The authorizer's server on a unix socket that only Envoy's user may open."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
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
GRACE: Final = 2.0
"""Seconds in which requests that have begun are answered."""


def serve(service: Service, path: Path) -> None:
    """Serve until SIGINT or SIGTERM. Raises GatewayError where the socket cannot be had."""
    try:
        check(path)
    except SocketError as error:
        raise GatewayError(str(error)) from None
    os.umask(stat.S_IRWXG | stat.S_IRWXO)
    asyncio.run(_serve(service, path))
    path.unlink(missing_ok=True)


async def _serve(service: Service, path: Path) -> None:
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", LARGEST)])
    server.add_generic_rpc_handlers((handlers(service), health.handlers(service.record)))
    try:
        server.add_insecure_port(f"unix://{path}")
    except RuntimeError as error:
        raise GatewayError(f"--socket {path}: cannot listen there ({error})") from None
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.start()
    await stop.wait()
    await server.stop(GRACE)
