"""kube-apiserver: the real one, with TLS, RBAC and the default admission (Pod Security among it)."""

from __future__ import annotations

from sandbox.services import etcd
from sandbox.services.kubernetes_api import KubernetesApi
from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Plan, Service

NAME = "kube-apiserver"


def service(plan: Plan) -> Service:
    """Return the API server, known by the certificate of the sandbox's own CA."""
    pki, port = plan.layout.pki, plan.ports[NAME]
    flags = {
        "etcd-servers": f"https://{LOOPBACK}:{plan.ports[etcd.NAME]}",
        "etcd-cafile": pki / "etcd-ca.crt",
        "etcd-certfile": pki / "etcd.crt",
        "etcd-keyfile": pki / "etcd.key",
        "bind-address": LOOPBACK,
        "advertise-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": pki / "apiserver.crt",
        "tls-private-key-file": pki / "apiserver.key",
        "client-ca-file": pki / "ca.crt",
        "anonymous-auth": "false",
        "authorization-mode": "Node,RBAC",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": pki / "service-account.pub",
        "service-account-signing-key-file": pki / "service-account.key",
        "service-cluster-ip-range": "10.96.0.0/16",
        # The endpoint of the service `kubernetes` may not be a loopback address, and no fake pod calls it.
        "endpoint-reconciler-type": "none",
        "profiling": "false",
    }
    api = KubernetesApi(port, pki)
    return Service(
        name=NAME,
        command=(str(plan.tools[NAME]), *(f"--{name}={value}" for name, value in flags.items())),
        port=port,
        ready=lambda: api.answers("/readyz"),
        timeout=90.0,
    )
