"""The services of a sandbox, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from sandbox.services import (
    apiserver,
    balancer,
    controller_manager,
    encryption,
    etcd,
    kms,
    kwok,
    moto,
    scheduler,
    volumes,
)

if TYPE_CHECKING:
    from sandbox.layout import Layout
    from sandbox.services.service import Place, Service
    from sandbox.toolchain import Toolchain


class ServiceModule(Protocol):
    """What each service's module offers."""

    NAME: str

    def is_ready(self, place: Place) -> bool:
        """Tell whether the service does its work."""

    def service(self, place: Place, tools: Toolchain) -> Service:
        """Return the process to keep."""


KEYS = tuple(cast("ServiceModule", module) for module in (kms,))
FOUNDATION = tuple(cast("ServiceModule", module) for module in (moto, etcd, apiserver))
COMPONENTS = tuple(cast("ServiceModule", module) for module in (controller_manager, scheduler, kwok, volumes, balancer))
NAMES = tuple(module.NAME for module in (*KEYS, *FOUNDATION, *COMPONENTS))
PORT_NAMES = (*(name for name in NAMES if name not in (kms.NAME, volumes.NAME)), etcd.PEER)
"""kms has a unix socket, and nobody asks the storage."""


def keys(layout: Layout) -> tuple[ServiceModule, ...]:
    """Return what must run before the API server: the plugin of its HSM, where there is one."""
    return KEYS if encryption.is_on(layout) else ()


def modules(layout: Layout) -> tuple[ServiceModule, ...]:
    """Return every service that belongs to this sandbox, in the order of their start."""
    return (*keys(layout), *FOUNDATION, *COMPONENTS)
