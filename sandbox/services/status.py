"""How each service of a sandbox is, asked without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sandbox.layout import Layout
from sandbox.services import gateways, ports, process, supervisor
from sandbox.services.catalog import PORT_NAMES, modules
from sandbox.services.service import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUNNING = "running"
NOT_ANSWERING = "not answering"
DEAD = "dead"
STOPPED = "stopped"


@dataclass(frozen=True)
class ServiceStatus:
    """How one service is: a `dead` one should run and does not; `port` is None if it never ran or has none."""

    name: str
    state: str
    pid: int | None
    port: int | None
    log: Path


def status(directory: Path | str) -> tuple[ServiceStatus, ...]:
    """Return the status of every service, in the order of their start."""
    layout = Layout.of(directory)
    place = Place(layout, dict.fromkeys(PORT_NAMES, 0) | ports.read(layout.ports))
    own = tuple(
        _status_of(layout, module.NAME, place.ports.get(module.NAME), partial(module.is_ready, place))
        for module in modules(layout)
    )
    return own + tuple(
        _status_of(layout, gateways.service_name(name, part), gateways.port_of(layout, name, part), ready)
        for name, each in gateways.started(layout).items()
        for part in each.parts
        for ready in (partial(gateways.is_ready, layout, name, part),)
    )


def _status_of(layout: Layout, name: str, port: int | None, is_ready: Callable[[], bool]) -> ServiceStatus:
    record = process.read(supervisor.record_path(layout, name))
    alive = record is not None and record.process() is not None
    if record is None:
        state = STOPPED
    elif not alive:
        state = DEAD
    else:
        state = RUNNING if is_ready() else NOT_ANSWERING
    pid = record.pid if record and alive else None
    return ServiceStatus(name, state, pid, port or None, supervisor.log_path(layout, name))
