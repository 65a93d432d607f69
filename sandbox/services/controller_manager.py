"""kube-controller-manager: makes pods of Deployments and service accounts, ends namespaces completely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.services import apiserver
from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, answers, command, trusting

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "kube-controller-manager"
_FIRST_WORK = "/api/v1/namespaces/default/serviceaccounts/default"  # no pod is admitted before it is there


def is_ready(place: Place) -> bool:
    """Tell whether the controllers run and have done their first work."""
    healthy = answers(place.ports[NAME], "/healthz", trusting(place.layout.pki / "ca.crt"))
    return healthy and apiserver.api(place).answers(_FIRST_WORK)


def service(place: Place, tools: Toolchain) -> Service:
    """Return the controller manager with its default controllers, each under its own service account."""
    pki, port = place.layout.pki, place.ports[NAME]
    flags = {
        "kubeconfig": pki / "controller-manager.kubeconfig",
        "master": place.apiserver,
        "bind-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": pki / "components.crt",
        "tls-private-key-file": pki / "components.key",
        "root-ca-file": pki / "ca.crt",
        "service-account-private-key-file": pki / "service-account.key",
        "use-service-account-credentials": "true",
        "leader-elect": "false",
        # Between two heartbeats of kwok a node would count as dead, and kwok never mends the pods' readiness.
        "node-monitor-grace-period": "24h",
        "profiling": "false",
    }
    return Service(NAME, command(tools.kube_controller_manager, flags), port, lambda: is_ready(place))
