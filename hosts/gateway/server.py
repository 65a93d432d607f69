"""The servers of authorizer and de-identifier, each on a unix socket that only Envoy's user may open."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import grpc  # type: ignore[import-untyped]

from hosts.ending import await_end
from hosts.gateway import health
from hosts.gateway.errors import GatewayError
from hosts.gateway.service import handlers
from hosts.gateway.starting import DEIDENTIFIER
from hosts.unix_socket import SocketError, check

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.gateway.awaited import Beside
    from hosts.gateway.service import Service

LARGEST: Final = 262_144
"""Bytes of a question: Envoy takes 32 KB of headers, and adds a token's claims."""
GRACE: Final = 2.0
"""Seconds in which requests that have begun are answered; new ones are refused meanwhile."""
AT_ONCE: Final = 16
"""Questions that are answered at the same time; most of that time they share one wait for the disk."""
MOST: Final = 1_000
"""Questions that may be here; whoever comes then is refused at once."""


LARGEST_PART: Final = 4 * 2**20
"""Bytes of a part of an answer: Envoy reads up to a megabyte at once."""
ANSWERS_AT_ONCE: Final = 8
"""Answers that come in at the same time; they are treated one after the other."""


def serve(service: Service, path: Path, beside: Beside | None = None) -> None:
    """Serve until a signal that `hold_signals` holds. Raises GatewayError where a socket cannot be had.

    ``beside`` is what answers leave through, on a socket of its own in the same folder.
    """
    os.umask(stat.S_IRWXG | stat.S_IRWXO)
    servers = {}
    if beside:  # before anybody gets a yes
        other = path.with_name(PurePosixPath(DEIDENTIFIER).name)
        servers[other] = _started(other, (beside.handlers,), ANSWERS_AT_ONCE, LARGEST_PART)
    servers[path] = _started(path, (handlers(service), health.handlers(service.unready)), AT_ONCE, LARGEST)
    await_end()
    for each in [server.stop(GRACE) for server in servers.values()]:
        each.wait()
    for each in servers:
        each.unlink(missing_ok=True)


def _started(path: Path, served: tuple[Any, ...], at_once: int, largest: int) -> grpc.Server:
    """Return a server that has begun, with at most so many threads and bytes of a message."""
    try:
        check(path)
    except SocketError as error:
        raise GatewayError(str(error)) from None
    server = grpc.server(
        ThreadPoolExecutor(at_once, "check"),
        options=[("grpc.max_receive_message_length", largest)],
        maximum_concurrent_rpcs=MOST,
    )
    server.add_generic_rpc_handlers(served)
    try:
        server.add_insecure_port(f"unix://{path}")
    except RuntimeError as error:
        raise GatewayError(f"--socket {path}: cannot listen there ({error})") from None
    server.start()
    return server
