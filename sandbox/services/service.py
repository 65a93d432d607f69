"""What every service of a sandbox is: a command, and a way to tell that it does its work."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sandbox.layout import Layout

_TIMEOUT = 2.0  # seconds
_OK = 200


@dataclass(frozen=True)
class Place:
    """Where one sandbox is: its directory and its ports by service name."""

    layout: Layout
    ports: Mapping[str, int]

    @property
    def apiserver(self) -> str:
        """The address of the Kubernetes API."""
        return f"https://{LOOPBACK}:{self.ports['kube-apiserver']}"


@dataclass(frozen=True)
class Service:
    """One process to keep; `ready` is asked until it is true, `timeout` is in seconds, no `port`: a unix socket."""

    name: str
    command: tuple[str, ...]
    port: int | None
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 60.0


def command(program: Path, flags: Mapping[str, object]) -> tuple[str, ...]:
    """Return a command line in the manner of Go programs."""
    return (str(program), *(f"--{name}={value}" for name, value in flags.items()))


def answers(port: int, path: str, context: ssl.SSLContext | None = None) -> bool:
    """Tell whether a GET of `path` on a loopback port gives 200; over TLS when there is a `context`."""
    connection = (
        http.client.HTTPSConnection(LOOPBACK, port, timeout=_TIMEOUT, context=context)
        if context
        else http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT)
    )
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def trusting(authority: Path, client: Path | None = None) -> ssl.SSLContext:
    """Return a TLS context that trusts only `authority` and shows the certificate `client` (a path without suffix)."""
    context = ssl.create_default_context(cafile=str(authority))
    if client:
        context.load_cert_chain(client.with_suffix(".crt"), client.with_suffix(".key"))
    return context
