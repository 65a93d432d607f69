"""All gateways of a sandbox, whichever cloud holds them."""

from __future__ import annotations

from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.gateways import aws_host, cluster_host
from sandbox.register import NoSandboxError
from sandbox.register import read as read_register
from sandbox.services.kubernetes_api import KubernetesApi

if TYPE_CHECKING:
    from sandbox.gateways.running import Running
    from sandbox.layout import Layout


def gateways(layout: Layout) -> tuple[Running, ...]:
    """Return the gateways of a sandbox by their names. Raises NoSandboxError, also where a stand-in is silent."""
    register = read_register(layout.register)
    try:
        found = [*aws_host.gateways(register.aws_endpoint)]
        for cluster in register.kubernetes.values():
            found += cluster_host.gateways(KubernetesApi(urlsplit(cluster.server).port or 0, layout.pki))
    except (OSError, HTTPException, BotoCoreError, ClientError) as error:
        raise NoSandboxError(
            f"a stand-in of the sandbox in {layout.root} does not answer ({type(error).__name__}); "
            "start it with `make up`."
        ) from None
    return tuple(sorted(found, key=lambda each: each.name))
