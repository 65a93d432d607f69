"""The stand-in for the site's load balancers: gives each declared Service its address, and carries no packet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, answers

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "balancer-stand-in"


def is_ready(place: Place) -> bool:
    """Tell whether it follows the API server's Services."""
    return answers(place.ports[NAME], "/healthz")


def service(place: Place, tools: Toolchain) -> Service:
    """Return the stand-in, which answers for its health on its port."""
    del tools  # it is a Python module beside us
    port = place.ports[NAME]
    arguments = (LOOPBACK, str(port), str(place.ports["kube-apiserver"]), str(place.layout.pki))
    command = (sys.executable, "-P", "-m", "sandbox.services.balancer_stand_in", *arguments)
    return Service(NAME, command, port, lambda: is_ready(place))
