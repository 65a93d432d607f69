"""moto's server: the stand-in for AWS."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Service, answers

if TYPE_CHECKING:
    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "moto"
ACCOUNT = "111122223333"
_ENVIRONMENT = {
    "MOTO_ACCOUNT_ID": ACCOUNT,
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # a second of work per region for images that nobody starts
}


def is_ready(place: Place) -> bool:
    """Tell whether moto answers."""
    return answers(place.ports[NAME], "/moto-api/")


def service(place: Place, tools: Toolchain) -> Service:
    """Return moto on its port, with an account of our own."""
    del tools  # it is a Python package beside us
    port = place.ports[NAME]
    return Service(
        NAME,
        (sys.executable, "-P", "-m", "sandbox.services.moto_server", LOOPBACK, str(port)),
        port,
        lambda: is_ready(place),
        environment=_ENVIRONMENT,
    )
