"""A real Envoy in front passes a connection on, whole, and says first from where it comes."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from hosts.gateway.front import GATEWAY, front_configuration
from sandbox.gateways.client import told
from sandbox.gateways.localised import localised
from sandbox.gateways.station import envoy, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GREETING = b"\x16\x03\x01 whatever a client says"
HEAD, TAIL = 16, 12
"""Bytes of the PROXY protocol's version 2 before the addresses, and of two addresses of version 4 with their ports."""


@contextlib.contextmanager
def passed_on(folder: Path, told_of: bool = True) -> Iterator[tuple[bytes, int]]:
    """Yield what a gateway gets of a client that greets a front, and the client's own port."""
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        gateway.settimeout(10)
        port = free_port()
        config = front_configuration(443, "employees.enclave-gateway.svc.cluster.local")
        if not told_of:
            del config["static_resources"]["clusters"][0]["transport_socket"]
        ports = {"people": port, GATEWAY: gateway.getsockname()[1]}
        file = folder / "front.json"
        file.write_text(localised(json.dumps(config), ports, {}), encoding="utf-8")
        flags = ["--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]
        with subprocess.Popen([envoy(), "--config-path", str(file), *flags]) as front:
            try:
                with _asking(port) as client:
                    client.sendall(GREETING)
                    answering, _ = gateway.accept()
                    with answering:
                        answering.settimeout(10)
                        wanted = len(GREETING) + (HEAD + TAIL if told_of else 0)
                        got = b""
                        while len(got) < wanted and (more := answering.recv(4096)):
                            got += more
                        yield got, client.getsockname()[1]
            finally:
                front.terminate()


def _asking(port: int) -> socket.socket:
    until = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            assert time.monotonic() < until, "the front does not listen"
            time.sleep(0.05)


def test_the_gateway_hears_from_where_somebody_comes_and_then_every_byte(tmp_path: Path) -> None:
    with passed_on(tmp_path) as (got, port):
        head = got[: HEAD + TAIL]
        assert head[:HEAD] == told("127.0.0.1", 443)[:HEAD]
        assert head[HEAD : HEAD + 4] == socket.inet_aton("127.0.0.1")
        assert int.from_bytes(head[HEAD + 8 : HEAD + 10], "big") == port
        assert got[HEAD + TAIL :] == GREETING


def test_a_seeded_front_that_tells_nothing_is_caught(tmp_path: Path) -> None:
    """The seeded bug of this family."""
    with passed_on(tmp_path, told_of=False) as (got, _), pytest.raises(AssertionError):
        assert got[:HEAD] == told("127.0.0.1", 443)[:HEAD]
