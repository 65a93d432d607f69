"""How each service of a sandbox is, asked without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.layout import Layout
from sandbox.services import ports, process, supervisor
from sandbox.services.catalog import PORT_NAMES, ServiceModule, modules
from sandbox.services.service import Place

if TYPE_CHECKING:
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
    return tuple(_status_of(module, place) for module in modules(layout))


def _status_of(module: ServiceModule, place: Place) -> ServiceStatus:
    name, layout = module.NAME, place.layout
    record = process.read(supervisor.record_path(layout, name))
    alive = record is not None and record.process() is not None
    if record is None:
        state = STOPPED
    elif not alive:
        state = DEAD
    else:
        state = RUNNING if module.is_ready(place) else NOT_ANSWERING
    pid = record.pid if record and alive else None
    return ServiceStatus(name, state, pid, place.ports.get(name) or None, supervisor.log_path(layout, name))
