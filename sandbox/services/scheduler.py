"""kube-scheduler: places pods, so that spreading over the three buildings is really decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, answers, command, trusting

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "kube-scheduler"


def is_ready(place: Place) -> bool:
    """Tell whether the scheduler runs."""
    return answers(place.ports[NAME], "/healthz", trusting(place.layout.pki / "ca.crt"))


def service(place: Place, tools: Toolchain) -> Service:
    """Return the scheduler with its default profile."""
    pki, port = place.layout.pki, place.ports[NAME]
    flags = {
        "kubeconfig": pki / "scheduler.kubeconfig",
        "master": place.apiserver,
        "bind-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": pki / "components.crt",
        "tls-private-key-file": pki / "components.key",
        "leader-elect": "false",
        "profiling": "false",
    }
    return Service(NAME, command(tools.kube_scheduler, flags), port, lambda: is_ready(place))
