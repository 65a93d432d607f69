"""kube-apiserver: the real one, with TLS, RBAC and the default admission (Pod Security among it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.services import encryption, etcd
from sandbox.services.kubernetes_api import KubernetesApi
from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, command

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "kube-apiserver"
_TIMEOUT = 90.0  # seconds; on a busy machine with 2 cores it took 20


def api(place: Place) -> KubernetesApi:
    """Return the administrator's access to the API server."""
    return KubernetesApi(place.ports[NAME], place.layout.pki)


def is_ready(place: Place) -> bool:
    """Tell whether the API server is complete: storage, RBAC roles and all."""
    return api(place).answers("/readyz")


def service(place: Place, tools: Toolchain) -> Service:
    """Return the API server, known by the certificate of the sandbox's own CA."""
    pki, port = place.layout.pki, place.ports[NAME]
    flags = {
        "etcd-servers": f"https://{LOOPBACK}:{place.ports[etcd.NAME]}",
        "etcd-cafile": pki / "etcd-ca.crt",
        "etcd-certfile": pki / "etcd.crt",
        "etcd-keyfile": pki / "etcd.key",
        "bind-address": LOOPBACK,
        "advertise-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": pki / "apiserver.crt",
        "tls-private-key-file": pki / "apiserver.key",
        "client-ca-file": pki / "ca.crt",
        "allow-privileged": "true",  # so that it is Pod Security which refuses, as in clusters that kubeadm makes
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
    if encryption.is_on(place.layout):
        flags |= {
            "encryption-provider-config": place.layout.encryption,
            "encryption-provider-config-automatic-reload": "true",
        }
    return Service(NAME, command(tools.kube_apiserver, flags), port, lambda: is_ready(place), timeout=_TIMEOUT)
