"""moto's server: the stand-in for AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.services.ports import LOOPBACK
from sandbox.services.service import Plan, Service, answers

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "moto"
ACCOUNT = "111122223333"
_ENVIRONMENT: Mapping[str, str] = {
    "MOTO_ACCOUNT_ID": ACCOUNT,
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # a second of work per region for images that nobody starts
}


def service(plan: Plan) -> Service:
    """Return moto on its port, with an account of our own."""
    port = plan.ports[NAME]
    return Service(
        name=NAME,
        command=(str(plan.python), "-P", "-m", "sandbox.services.moto_server", LOOPBACK, str(port)),
        port=port,
        environment=_ENVIRONMENT,
        ready=lambda: answers(port, "/moto-api/"),
    )
