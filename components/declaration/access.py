"""What a gateway's table must fulfil: everything that it names is declared, and its routes lead where paths lead."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from components.declaration.needs import minutes_of
from components.declaration.words import listed, names_in, undeclared
from hosts.gateway.grant_terms import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration
    from components.declaration.ports import PortRange

AUTHORIZER: Final = "authorizer"
DEIDENTIFIER: Final = "deidentifier"
NOBODY: Final = "nobody"
"""A cluster without a host: whatever is given to it is refused."""
OWN_CLUSTERS: Final = (AUTHORIZER, DEIDENTIFIER, NOBODY)
"""What Envoy calls the clusters of a gateway that are no routes; each route is a cluster, too."""


def check_access(declaration: Declaration, names: Mapping[str, Any], *, whole: bool) -> Iterator[Found]:
    """Yield what is wrong with routes and tables.

    ``names`` is the declaration as it was written, ``whole`` whether every path could be read.
    """
    yield from _routes(declaration, names, whole=whole)
    known = {
        "employer": ("entity", names_in(names, "entities")),
        "class_": ("data class", names_in(names, "data_classes")),
        "purpose": ("purpose", names_in(names, "purposes")),
    }
    for gateway, declared in declaration.gateways.items():
        for index, row in enumerate(declared.decide):
            at = ("gateways", gateway, "decide", index)
            for field, (what, declared_names) in known.items():
                for number, name in enumerate(getattr(row, field)):
                    if name not in declared_names:
                        yield (*at, field.rstrip("_"), number), undeclared(what, name, declared_names)
            for number, need in enumerate(row.needs):
                if (minutes_of(need) or 0) > LONGEST:
                    message = (
                        f"grants last for {LONGEST // 60} h at most, and '{need}' says more; write 'ttl<=4h' or less"
                    )
                    yield (*at, "needs", number), message
            if row.result == "deny" and row.needs:
                yield (*at, "needs"), "a row that denies needs nothing; remove 'needs', or let the row allow"


def _routes(declaration: Declaration, names: Mapping[str, Any], *, whole: bool) -> Iterator[Found]:
    taken: dict[str, str] = {}
    known = {
        "class_": ("data class", names_in(names, "data_classes")),
        "segment": ("segment", names_in(names, "segments")),
    }
    by_segment = _opened(declaration)
    opened = {gateway: by_segment[declared.segment] for gateway, declared in declaration.gateways.items()}
    for name, route in declaration.routes.items():
        at: Keys = ("routes", name)
        for field, (what, declared_names) in known.items():
            if getattr(route, field) not in declared_names:
                yield (*at, field.rstrip("_")), undeclared(what, getattr(route, field), declared_names)
        if name in OWN_CLUSTERS:
            yield (
                at,
                f"'{name}' is what each gateway calls a part of its own ({listed(OWN_CLUSTERS)}); rename the route",
            )
        first = taken.setdefault(route.prefix, name)
        if first != name:
            yield (*at, "prefix"), f"route '{first}' has the prefix {route.prefix} already; give each its own"
        cut_off = [gateway for gateway, ports in opened.items() if not _opens(ports[route.segment], route.port)]
        if cut_off and whole:
            message = (
                f"no path leads from the segment of gateway {listed(cut_off)} to '{route.segment}' on tcp "
                f"{route.port}; declare the path, or correct the route"
            )
            yield (*at, "port"), message


def _opened(declaration: Declaration) -> Mapping[str, Mapping[str, list[PortRange]]]:
    """Return the ports that paths open over TCP, by the segment that they lead from and the one that they lead to."""
    opened: dict[str, dict[str, list[PortRange]]] = defaultdict(lambda: defaultdict(list))
    for path in declaration.paths:
        for source in path.from_ if path.protocol == "tcp" else ():
            opened[source][path.to] += path.ports
    return opened


def _opens(ports: Iterable[PortRange], port: int) -> bool:
    return any(each.first <= port <= each.last for each in ports)
