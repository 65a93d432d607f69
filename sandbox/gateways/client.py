"""A person's client: it has a device's certificate, and the network before the gateway tells from where it comes."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIMEOUT: Final = 20.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What a gateway says."""

    status: int
    reason: str
    body: str


@dataclass(frozen=True)
class Client:
    """Sends requests to one gateway; ``comes_from`` is what the network tells by the PROXY protocol (version 1)."""

    port: int
    authority: Path
    device: Path
    comes_from: str

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request. Raises OSError where there is none."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.device, self.device.with_suffix(".key"))
        plain = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        plain.sendall(f"PROXY TCP4 {self.comes_from} 127.0.0.1 40000 {self.port}\r\n".encode())
        connection = http.client.HTTPConnection("localhost", self.port, timeout=TIMEOUT)
        connection.sock = context.wrap_socket(plain, server_hostname="localhost")
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
            return Answer(answer.status, _reason(body), body)
        finally:
            connection.close()


def _reason(body: str) -> str:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("reason", "")) if isinstance(said, dict) else ""
