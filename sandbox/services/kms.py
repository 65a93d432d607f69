"""kms: our KMS v2 plugin (`hosts.key_plugin`), which has the HSM wrap the API server's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hosts.key_plugin import client
from sandbox.services import hsm
from sandbox.services.service import Service

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME = "kms"
_TIMEOUT = 20.0  # seconds
_PATIENCE = 1.0  # seconds


def is_ready(place: Place) -> bool:
    """Tell whether the plugin answers and its token encrypts."""
    return client.health(hsm.socket(place.layout), _PATIENCE).ok


def service(place: Place, tools: Toolchain) -> Service:
    """Return the plugin on this sandbox's token; only for a toolchain with a SoftHSM2."""
    layout = place.layout
    library: Path | None = tools.softhsm
    if library is None:
        raise ValueError("this sandbox has no HSM")
    where = hsm.socket(layout)
    return Service(
        NAME,
        (*hsm.plugin(layout, library, "serve"), f"--socket={where}"),
        None,
        lambda: is_ready(place),
        environment=hsm.environment(layout),
        timeout=_TIMEOUT,
    )
