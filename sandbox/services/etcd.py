"""etcd: the memory of the Kubernetes API server, for it alone (mutual TLS with a CA of its own)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, answers, command, trusting

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "etcd"
PEER = "etcd-peer"


def is_ready(place: Place) -> bool:
    """Tell whether etcd takes writes."""
    pki = place.layout.pki
    return answers(place.ports[NAME], "/health", trusting(pki / "etcd-ca.crt", pki / "etcd"))


def service(place: Place, tools: Toolchain) -> Service:
    """Return a single-member etcd that keeps its data in the sandbox directory."""
    pki, port = place.layout.pki, place.ports[NAME]
    client, peer = f"https://{LOOPBACK}:{port}", f"https://{LOOPBACK}:{place.ports[PEER]}"
    flags = {
        "name": "sandbox",
        "data-dir": place.layout.etcd,
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"sandbox={peer}",
        "cert-file": pki / "etcd.crt",
        "key-file": pki / "etcd.key",
        "trusted-ca-file": pki / "etcd-ca.crt",
        "client-cert-auth": "true",
        "peer-cert-file": pki / "etcd.crt",
        "peer-key-file": pki / "etcd.key",
        "peer-trusted-ca-file": pki / "etcd-ca.crt",
        "peer-client-cert-auth": "true",
        "log-level": "warn",
    }
    return Service(NAME, command(tools.etcd, flags), port, lambda: is_ready(place))
