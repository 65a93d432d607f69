"""What every service of a sandbox is: a command, and a way to tell that it does its work."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.services.layout import Layout
from sandbox.services.ports import LOOPBACK

_TIMEOUT = 2.0  # seconds
_OK = 200


@dataclass(frozen=True)
class Service:
    """One process to keep; `ready` is asked until it is true, `timeout` is in seconds, `port` is its loopback port."""

    name: str
    command: tuple[str, ...]
    port: int
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 60.0


@dataclass(frozen=True)
class Plan:
    """What the services are made from: places, ports by name, tools by name, and the Python that runs moto."""

    layout: Layout
    ports: Mapping[str, int]
    tools: Mapping[str, Path]
    python: Path

    @property
    def apiserver(self) -> str:
        """The address of the Kubernetes API."""
        return f"https://{LOOPBACK}:{self.ports['kube-apiserver']}"


def answers(port: int, path: str, context: ssl.SSLContext | None = None) -> bool:
    """Tell whether a GET of `path` on a loopback port gives 200."""
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


def trusting(authority: Path, client: Path | None = None) -> Callable[[], ssl.SSLContext]:
    """Return a maker of TLS contexts that trust only `authority` and show `client` (a path without suffix)."""

    def make() -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(authority))
        if client:
            context.load_cert_chain(client.with_suffix(".crt"), client.with_suffix(".key"))
        return context

    return make
