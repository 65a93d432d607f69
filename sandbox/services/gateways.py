"""Which gateways of a sandbox run as services, and how each of their processes is: what a list in a file says."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.files import read_whole, write_whole
from sandbox.services import ports, process, supervisor
from sandbox.sockets import AUTHORIZER, clear, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from sandbox.layout import Layout

PARTS: Final = ("upstream", "authorizer", "envoy")
SHIPPER: Final = "shipper"
RECEIVER: Final = "receiver"
WATCH: Final = "watch"
FOLLOWED: Final = "followed"
"""A file in a watch's folder: its stand-in has looked for pods, and run the one that was there."""
DELIVERED: Final = "delivered"
"""A file in a record's folder: its shipper has delivered something since it began."""
DIGITS: Final = 16
"""Of a digest in the name of a folder and in a message."""
_GRACE: Final = 5.0  # seconds


@dataclass(frozen=True)
class Started:
    """A gateway that runs on this machine: what its hosts insisted on when it began, and where people reach it.

    ``ships``: its record goes to the inspector, and ``delivers``: to the stand-in of a receiver outside AWS.
    ``watches``: the watch that its site runs by itself stands beside it, as it stands beside one gateway of each site.
    """

    site: str
    gateway: str
    digest: str
    port: int
    ships: bool = False
    delivers: bool = False
    watches: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Its processes."""
        return (*PARTS, *[RECEIVER] * self.delivers, *[SHIPPER] * self.ships, *[WATCH] * self.watches)

    @property
    def name(self) -> str:
        """What tells it from the others of a sandbox."""
        return f"{self.site}-{self.gateway}"


def service_name(gateway: str, part: str) -> str:
    """Return what one process of a gateway is called."""
    return f"gateway-{gateway}-{part}"


def service_names(layout: Layout) -> tuple[str, ...]:
    """Return the names of all processes of gateways that were started here."""
    return tuple(service_name(name, part) for name, each in started(layout).items() for part in each.parts)


def started(layout: Layout) -> dict[str, Started]:
    """Return the gateways that were started here, by name."""
    try:
        content = json.loads(read_whole(_list(layout)))
        return {name: Started(**each) for name, each in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(layout: Layout, now: Mapping[str, Started]) -> None:
    """Remember which gateways run."""
    _list(layout).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(_list(layout), json.dumps({name: vars(each) for name, each in now.items()}, indent=1) + "\n")


def stop(layout: Layout) -> None:
    """End all gateways; their records stay."""
    end(layout, started(layout))


def end(layout: Layout, names: Iterable[str]) -> None:
    """End these gateways."""
    names = tuple(names)
    parts = [service_name(name, part) for name in names for part in (*PARTS, RECEIVER, SHIPPER, WATCH)]
    process.end([record for name in parts if (record := supervisor.running(layout, name))], _GRACE)
    for name in parts:
        supervisor.record_path(layout, name).unlink(missing_ok=True)
    for name in names:
        (layout.gateways / name / "record" / DELIVERED).unlink(missing_ok=True)
    clear_sockets(layout, names)


def clear_sockets(layout: Layout, names: Iterable[str]) -> None:
    """Remove what these gateways, which have ended, left outside the sandbox: sockets of every bundle that they had."""
    for name in names:
        for bundle in (layout.gateways / name).glob("*"):
            clear(bundle / AUTHORIZER)


def folder_of(layout: Layout, known: Started) -> Path:
    """Return the folder of a gateway's bundle and of what runs by it; another bundle has another one."""
    return layout.gateways / known.name / known.digest[:DIGITS]


def is_ready(layout: Layout, gateway: str, part: str) -> bool:
    """Return whether one process of a gateway does its work, asked without changing anything."""
    known = started(layout)[gateway]
    folder = watch_folder(layout, known.site) if part == WATCH else folder_of(layout, known)
    return readiness(folder, part, port_of(layout, gateway, part))()


def watch_folder(layout: Layout, site: str) -> Path:
    """Return the folder of the watch that a site runs by itself."""
    return layout.gateways / f"{WATCH}-{site}"


def port_of(layout: Layout, gateway: str, part: str) -> int | None:
    """Return the port of one process of a gateway; None for the authorizer, which has a unix socket."""
    return ports.read(port_file(layout)).get(service_name(gateway, part))


def readiness(folder: Path, part: str, port: int | None) -> Callable[[], bool]:
    """Return what tells whether one process of a gateway does its work."""
    from hosts.gateway.health import is_ready as can_say_yes  # noqa: PLC0415  gRPC takes its time

    if part == "authorizer":
        where = short(folder / AUTHORIZER)
        return lambda: where.exists() and can_say_yes(where)
    if part == WATCH:
        return (folder / FOLLOWED).exists
    if part == SHIPPER:
        return (folder.parent / "record" / DELIVERED).exists
    return lambda: port is not None and _listens(port)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ports.LOOPBACK, port)) == 0


def port_file(layout: Layout) -> Path:
    """Return where the ports of all gateways are remembered."""
    return layout.gateways / "ports.json"


def _list(layout: Layout) -> Path:
    return layout.gateways / "running.json"
