"""Brings each service to life: keeps what is healthy, replaces what is not, waits until it does its work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.services import process
from sandbox.services.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sandbox.layout import Layout
    from sandbox.services.process import ProcessRecord
    from sandbox.services.service import Service

_PAUSE = 0.05  # seconds between two questions
_PATIENCE = 3.0  # seconds that a running service may take before it counts as stuck
_GRACE = 5.0  # seconds to end politely
_TAIL = 15  # lines


def record_path(layout: Layout, name: str) -> Path:
    """Return where the process record of a service lies."""
    return layout.pids / f"{name}.json"


def log_path(layout: Layout, name: str) -> Path:
    """Return where a service writes its log."""
    return layout.logs / f"{name}.log"


def running(layout: Layout, name: str) -> ProcessRecord | None:
    """Return the record of a service whose process is alive."""
    record = process.read(record_path(layout, name))
    return record if record and record.process() else None


def launch(layout: Layout, service: Service) -> ProcessRecord:
    """Return the service's process: the running one if it is as wanted and answers, else a new one."""
    record = running(layout, service.name)
    if record:
        if record.command == service.command and _still_answers(record, service):
            return record
        process.end([record], _GRACE)
    return process.spawn(
        service.name,
        service.command,
        service.environment,
        log_path(layout, service.name),
        record_path(layout, service.name),
    )


def bring_up(layout: Layout, services: Sequence[Service]) -> dict[str, ProcessRecord]:
    """Launch the services side by side and wait until all do their work; returns their records by name.

    Raises:
        SandboxError: one ended or took longer than its timeout; the end of its log is in the text.
    """
    records = {service.name: launch(layout, service) for service in services}
    began = time.monotonic()
    waiting = list(services)
    while waiting:
        for service in tuple(waiting):
            if not records[service.name].process():
                raise _failure(layout, service, "ended while starting")
            if service.ready():
                waiting.remove(service)
            elif time.monotonic() - began > service.timeout:
                raise _failure(layout, service, f"is not ready after {service.timeout:.0f} s")
        time.sleep(_PAUSE if waiting else 0)
    return records


def _failure(layout: Layout, service: Service, what: str) -> SandboxError:
    log = log_path(layout, service.name)
    where = f" on port {service.port}" if service.port else ""
    return SandboxError(
        f"{service.name} {what}{where}. The end of {log}:\n{tail(log)}\nRead the log, then run `make up` again."
    )


def tail(log: Path) -> str:
    """Return the last lines of a log, indented."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
    except OSError as error:
        lines = [f"(unreadable: {error})"]
    return "\n".join(f"    {line[:300]}" for line in lines or ["(empty)"])


def _still_answers(record: ProcessRecord, service: Service) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while record.process():
        if service.ready():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return False
