"""kwok: plays the nodes, so that pods become ready without a container being run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, answers, command

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "kwok"


def is_ready(place: Place) -> bool:
    """Tell whether kwok runs; that its nodes are ready is asked of the API server."""
    return answers(place.ports[NAME], "/healthz")


def service(place: Place, tools: Toolchain) -> Service:
    """Return kwok in charge of all nodes, with its fast stages."""
    port = place.ports[NAME]
    flags = {
        "kubeconfig": place.layout.pki / "kwok.kubeconfig",
        "master": place.apiserver,
        "manage-all-nodes": "true",
        "cidr": "10.244.0.0/16",
        "node-ip": LOOPBACK,
        # Heartbeats instead of leases: a new kwok would wait 40 s for the lease of one that was killed.
        "node-lease-duration-seconds": 0,
        "server-address": f"{LOOPBACK}:{port}",
    }
    return Service(NAME, command(tools.kwok, flags), port, lambda: is_ready(place))
