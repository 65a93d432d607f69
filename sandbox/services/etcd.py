"""etcd: the memory of the Kubernetes API server, for it alone (mutual TLS with a CA of its own)."""

from __future__ import annotations

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Plan, Service, answers, trusting

NAME = "etcd"
PEER = "etcd-peer"


def service(plan: Plan) -> Service:
    """Return a single-member etcd that keeps its data in the sandbox directory."""
    pki, port = plan.layout.pki, plan.ports[NAME]
    client, peer = f"https://{LOOPBACK}:{port}", f"https://{LOOPBACK}:{plan.ports[PEER]}"
    context = trusting(pki / "etcd-ca.crt", pki / "etcd")
    flags = {
        "name": "sandbox",
        "data-dir": plan.layout.etcd,
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
    return Service(
        name=NAME,
        command=(str(plan.tools[NAME]), *(f"--{name}={value}" for name, value in flags.items())),
        port=port,
        ready=lambda: answers(port, "/health", context()),
    )
