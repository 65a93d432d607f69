"""kube-controller-manager: makes pods out of Deployments, default service accounts, and namespaces that end completely."""

from __future__ import annotations

from sandbox.services import apiserver
from sandbox.services.kubernetes_api import KubernetesApi
from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Plan, Service, answers, trusting

NAME = "kube-controller-manager"
_FIRST_WORK = "/api/v1/namespaces/default/serviceaccounts/default"  # no pod is admitted before it is there


def service(plan: Plan) -> Service:
    """Return the controller manager with its default controllers, each under its own service account."""
    pki, port = plan.layout.pki, plan.ports[NAME]
    context = trusting(pki / "ca.crt")
    api = KubernetesApi(plan.ports[apiserver.NAME], pki)
    flags = {
        "kubeconfig": pki / "controller-manager.kubeconfig",
        "master": plan.apiserver,
        "bind-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": pki / "components.crt",
        "tls-private-key-file": pki / "components.key",
        "root-ca-file": pki / "ca.crt",
        "service-account-private-key-file": pki / "service-account.key",
        "use-service-account-credentials": "true",
        "leader-elect": "false",
        "profiling": "false",
    }
    return Service(
        name=NAME,
        command=(str(plan.tools[NAME]), *(f"--{name}={value}" for name, value in flags.items())),
        port=port,
        ready=lambda: answers(port, "/healthz", context()) and api.answers(_FIRST_WORK),
    )
