"""`enclave doctor`: versions, where each tool came from, ports, health, and what to do about each problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console import terminal
from console.document import document
from console.exit_codes import GOOD, REFUSED
from sandbox.services.status import RUNNING, STOPPED, status
from sandbox.toolchain import report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sandbox.services.status import ServiceStatus
    from sandbox.toolchain.doctor import Row

WELL: Final = "everything is well"
IDLE: Final = "the tools are well, and no sandbox is running here; `make up` starts it (a real stack needs none)"


def examine(folder: Path, *, json: bool = False) -> int:
    """Print both tables, or the document of them; return GOOD when nothing is wrong, REFUSED otherwise."""
    if json:
        return _document(folder)
    found = status(folder)
    problems = _tools() + services(folder, found)
    terminal.out(f"problem: {problem}; to do: {remedy}" for problem, remedy in problems)
    runs = any(service.state != STOPPED for service in found)
    terminal.out([f"{len(problems)} problems" if problems else WELL if runs else IDLE])
    return REFUSED if problems else GOOD


def _document(folder: Path) -> int:
    tools, services = report(), status(folder)
    problems = [*_problems_of_tools(tools), *_problems_of_services(services)]
    terminal.document(
        document(
            "doctor",
            {
                "verdict": "problems" if problems else "well",
                "tools": [
                    {"name": row.name, "version": row.version, "origin": row.origin, "path": row.path} for row in tools
                ],
                "sandbox": str(folder),
                "services": [
                    {"name": one.name, "state": one.state, "pid": one.pid, "port": one.port, "log": str(one.log)}
                    for one in services
                ],
                "problems": [f"{problem}; to do: {remedy}" for problem, remedy in problems],
            },
        )
    )
    return REFUSED if problems else GOOD


def _tools() -> list[tuple[str, str]]:
    rows = report()
    cells = [(row.name, row.version, row.origin, row.path) for row in rows]
    terminal.out(table("Tools", ("tool", "version", "where it came from", "path"), cells))
    return _problems_of_tools(rows)


def _problems_of_tools(rows: Iterable[Row]) -> list[tuple[str, str]]:
    return [(f"{row.name}: {row.problem}", row.remedy) for row in rows if row.problem and row.remedy]


def services(folder: Path, found: Sequence[ServiceStatus]) -> list[tuple[str, str]]:
    """Print the table of a sandbox's services; return each problem with its remedy."""
    cells = [
        (
            service.name,
            service.state,
            str(service.pid or "-"),
            f"127.0.0.1:{service.port}" if service.port else "-",
            str(service.log),
        )
        for service in found
    ]
    terminal.out(table(f"Sandbox (stand-ins) in {folder}", ("service", "state", "pid", "address", "log"), cells))
    return _problems_of_services(found)


def _problems_of_services(services: Sequence[ServiceStatus]) -> list[tuple[str, str]]:
    if all(service.state == STOPPED for service in services):
        return []
    return [
        (f"{service.name} is {service.state}", "run `make up`: it starts what is missing")
        for service in services
        if service.state != RUNNING
    ]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table's lines, each column as wide as its widest cell, and an empty line behind it."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    yield title
    for row in (head, *rows):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
