"""The services of a sandbox, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from sandbox.services import apiserver, controller_manager, etcd, kwok, moto, scheduler

if TYPE_CHECKING:
    from sandbox.services.service import Place, Service
    from sandbox.toolchain import Toolchain


class ServiceModule(Protocol):
    """What each service's module offers."""

    NAME: str

    def is_ready(self, place: Place) -> bool:
        """Tell whether the service does its work."""

    def service(self, place: Place, tools: Toolchain) -> Service:
        """Return the process to keep."""


FOUNDATION = tuple(cast("ServiceModule", module) for module in (moto, etcd, apiserver))
COMPONENTS = tuple(cast("ServiceModule", module) for module in (controller_manager, scheduler, kwok))
MODULES = (*FOUNDATION, *COMPONENTS)
NAMES = tuple(module.NAME for module in MODULES)
PORT_NAMES = (*NAMES, etcd.PEER)
