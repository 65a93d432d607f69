"""kwok: plays the nodes, so that pods become ready without a container being run."""

from __future__ import annotations

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Plan, Service, answers

NAME = "kwok"


def service(plan: Plan) -> Service:
    """Return kwok in charge of all nodes, with its fast stages."""
    port = plan.ports[NAME]
    flags = {
        "kubeconfig": plan.layout.pki / "kwok.kubeconfig",
        "master": plan.apiserver,
        "manage-all-nodes": "true",
        "cidr": "10.244.0.0/16",
        "node-ip": LOOPBACK,
        "node-lease-duration-seconds": 40,
        "server-address": f"{LOOPBACK}:{port}",
    }
    return Service(
        name=NAME,
        command=(str(plan.tools[NAME]), *(f"--{name}={value}" for name, value in flags.items())),
        port=port,
        ready=lambda: answers(port, "/healthz"),
    )
