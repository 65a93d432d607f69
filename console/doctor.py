"""`enclave doctor`: versions, where each tool came from, ports, health, and what to do about each problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from sandbox.services.status import RUNNING, STOPPED, status
from sandbox.toolchain import report

if TYPE_CHECKING:
    from pathlib import Path


def examine(folder: Path) -> int:
    """Print both tables; return 0 when nothing is wrong, 1 otherwise."""
    console = Console()
    problems = _tools(console) + _services(console, folder)
    for problem, remedy in problems:
        console.print(f"problem: {problem}; to do: {remedy}", soft_wrap=True, highlight=False)
    console.print("everything is well" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def _tools(console: Console) -> list[tuple[str, str]]:
    table = Table("tool", "version", "where it came from", "path", title="Tools")
    rows = report()
    for row in rows:
        table.add_row(row.name, row.version, row.origin, row.path)
    console.print(table)
    return [(f"{row.name}: {row.problem}", row.remedy) for row in rows if row.problem and row.remedy]


def _services(console: Console, folder: Path) -> list[tuple[str, str]]:
    table = Table("service", "state", "pid", "address", "log", title=f"Sandbox (stand-ins) in {folder}")
    services = status(folder)
    for service in services:
        address = f"127.0.0.1:{service.port}" if service.port else "-"
        table.add_row(service.name, service.state, str(service.pid or "-"), address, str(service.log))
    console.print(table)
    if all(service.state == STOPPED for service in services):
        return []
    return [
        (f"{service.name} is {service.state}", "run `make up`: it starts what is missing")
        for service in services
        if service.state != RUNNING
    ]
