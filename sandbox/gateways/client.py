"""People and their clients: a device's certificate, a token, and a network that tells from where they come."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sandbox.certificates import issue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sandbox.certificates import Authority
    from sandbox.services.identity_provider import IdentityProvider

TIMEOUT: Final = 20.0  # seconds


@dataclass(frozen=True)
class Person:
    """Who asks, on a device of which country, and what for; by default somebody in Norway."""

    name: str = "kari"
    employer: str = "fjord"
    country: str = "NO"
    device: str = "NO"
    purpose: str = "support"

    def headers(self, identity: IdentityProvider, claims: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Return the headers of this person's requests; ``claims`` change the token."""
        said = {"employer": self.employer, "country": self.country, **(claims or {})}
        token = identity.token(self.name, said.pop("employer"), said.pop("country"), **said)
        return {"authorization": f"Bearer {token}", "enclave-purpose": self.purpose}


def device_of(folder: Path, devices: Authority, enclave: str, country: str) -> Path:
    """Return the certificate of a device that is registered in a country, made where there is none."""
    file = folder / f"device-{country}.pem"
    if not file.exists():
        issue(folder, file.stem, devices, names=[f"spiffe://{enclave}/device/{country}/laptop-1"])
    return file


@dataclass(frozen=True)
class Answer:
    """What a gateway says."""

    status: int
    reason: str
    body: str


@dataclass(frozen=True)
class Client:
    """Sends requests to one gateway; ``comes_from`` is what the network tells by the PROXY protocol (version 2)."""

    port: int
    authority: Path
    device: Path
    comes_from: str

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request. Raises OSError where there is none."""
        connection = self.connected()
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
            return Answer(answer.status, _reason(body), body)
        finally:
            connection.close()

    def connected(self) -> http.client.HTTPConnection:
        """Return a connection that was made. Raises OSError."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.device, self.device.with_suffix(".key"))
        plain = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.sendall(told(self.comes_from, self.port))
        made = http.client.HTTPConnection("localhost", self.port, timeout=TIMEOUT)
        made.sock = context.wrap_socket(plain, server_hostname="localhost")
        return made


def told(comes_from: str, port: int) -> bytes:
    """Return what a balancer writes before everything else (haproxy, "The PROXY protocol", version 2)."""
    addresses = socket.inet_aton(comes_from) + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 40000, port)
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes((0x21, 0x11)) + struct.pack("!H", len(addresses)) + addresses


def _reason(body: str) -> str:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("reason", "")) if isinstance(said, dict) else ""
