"""Stand-ins for a broken authorizer on its socket: they answer Envoy with whatever a test wants."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]

from hosts.gateway import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

YES: bytes = protocol.allowed({"enclave-decision": "allow"}, ()).SerializeToString()
SILENT: bytes = protocol.allowed({}, ()).SerializeToString()
"""A yes that does not say of what."""

DEIDENTIFIED: bytes = protocol.allowed({"enclave-decision": "pseudonymise"}, (), {"ticket": "0"}).SerializeToString()


@contextmanager
def over_grpc(path: Path, answer: Callable[[bytes, Any], bytes]) -> Iterator[None]:
    """Serve the check with raw bytes, in and out."""
    method = grpc.unary_unary_rpc_method_handler(answer)
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(protocol.SERVICE, {protocol.METHOD: method}),)
    )
    server.add_insecure_port(f"unix://{path}")
    server.start()
    try:
        yield
    finally:
        server.stop(0).wait()
        path.unlink(missing_ok=True)


@contextmanager
def over_bytes(path: Path, answer: bytes | None) -> Iterator[None]:
    """Take connections and send bytes that are no gRPC; None keeps them open without a word."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    taken: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                taken.append(connection)
                if answer is not None:
                    with suppress(OSError):
                        connection.recv(65_536)
                        connection.sendall(answer)
                    connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for each in taken:
            each.close()
        thread.join(30)
        path.unlink(missing_ok=True)


def late_yes(_request: bytes, _context: Any) -> bytes:
    """Say yes after Envoy has given up."""
    time.sleep(3)
    return YES


def aborting(code: str) -> Callable[[bytes, Any], bytes]:
    """Return an answer that is a status of gRPC."""

    def answer(_request: bytes, context: Any) -> bytes:
        context.abort(getattr(grpc.StatusCode, code), "seeded")
        raise AssertionError

    return answer
