"""What a gateway's table must fulfil: everything that it names is declared, and its routes lead where paths lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.declaration.words import listed, undeclared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration


def check_access(declaration: Declaration, names: Mapping[str, Any], *, whole: bool) -> Iterator[Found]:
    """Yield what is wrong with routes and tables.

    ``names`` is the declaration as it was written, ``whole`` whether every path could be read.
    """
    yield from _routes(declaration, names, whole=whole)
    known = {
        "employer": ("entity", _names(names, "entities")),
        "class_": ("data class", _names(names, "data_classes")),
        "purpose": ("purpose", _names(names, "purposes")),
    }
    for gateway, declared in declaration.gateways.items():
        for index, row in enumerate(declared.decide):
            at = ("gateways", gateway, "decide", index)
            for field, (what, declared_names) in known.items():
                for number, name in enumerate(getattr(row, field)):
                    if name not in declared_names:
                        yield (*at, field.rstrip("_"), number), undeclared(what, name, declared_names)
            if row.result == "deny" and row.needs:
                yield (*at, "needs"), "a row that denies needs nothing; remove 'needs', or let the row allow"


def _routes(declaration: Declaration, names: Mapping[str, Any], *, whole: bool) -> Iterator[Found]:
    taken: dict[str, str] = {}
    for name, route in declaration.routes.items():
        at: Keys = ("routes", name)
        for field, what, section in (("class_", "data class", "data_classes"), ("segment", "segment", "segments")):
            declared_names = _names(names, section)
            if getattr(route, field) not in declared_names:
                yield (*at, field.rstrip("_")), undeclared(what, getattr(route, field), declared_names)
        first = taken.setdefault(route.prefix, name)
        if first != name:
            yield (*at, "prefix"), f"route '{first}' has the prefix {route.prefix} already; give each its own"
        cut_off = [gateway for gateway in declaration.gateways if not _leads(declaration, gateway, name)]
        if cut_off and whole:
            message = (
                f"no path leads from the segment of gateway {listed(cut_off)} to '{route.segment}' on tcp "
                f"{route.port}; declare the path, or correct the route"
            )
            yield (*at, "port"), message


def _leads(declaration: Declaration, gateway: str, name: str) -> bool:
    route, segment = declaration.routes[name], declaration.gateways[gateway].segment
    return any(
        segment in path.from_
        and path.to == route.segment
        and path.protocol == "tcp"
        and any(ports.first <= route.port <= ports.last for ports in path.ports)
        for path in declaration.paths
    )


def _names(names: Mapping[str, Any], section: str) -> Collection[str]:
    written = names.get(section)
    return [name for name in written if isinstance(name, str)] if isinstance(written, dict | list) else ()
