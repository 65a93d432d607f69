"""kube-scheduler: places pods, so that spreading over the three buildings is really decided."""

from __future__ import annotations

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Plan, Service, answers, trusting

NAME = "kube-scheduler"


def service(plan: Plan) -> Service:
    """Return the scheduler with its default profile."""
    pki, port = plan.layout.pki, plan.ports[NAME]
    context = trusting(pki / "ca.crt")
    flags = {
        "kubeconfig": pki / "scheduler.kubeconfig",
        "master": plan.apiserver,
        "bind-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": pki / "components.crt",
        "tls-private-key-file": pki / "components.key",
        "leader-elect": "false",
        "profiling": "false",
    }
    return Service(
        name=NAME,
        command=(str(plan.tools[NAME]), *(f"--{name}={value}" for name, value in flags.items())),
        port=port,
        ready=lambda: answers(port, "/healthz", context()),
    )
