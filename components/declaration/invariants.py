"""What a declaration's invariants must fulfil: known ends, and no contradiction with each other or with the paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.connections import (
    ByEnds,
    connections,
    declared_connections,
    every_port,
    inspector,
    number_of_connections,
    outside,
)
from components.declaration.ports import twins
from components.declaration.words import undeclared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from components.declaration.connections import Connection
    from components.declaration.found import Found, Keys
    from components.declaration.model import Crossing, Declaration, Invariant
    from components.declaration.ports import PortRange


most_connections = 200_000
"""What is worked out in about a second; 200 sites of the shipped shape name 40,000."""


def check_invariants(
    declaration: Declaration,
    segments: Collection[str],
    sites: Collection[str],
    gateways: Collection[str],
    *,
    whole: bool,
) -> Iterator[Found]:
    """Yield (path, message) for each problem; the names are those that the file declares, malformed ones included.

    ``whole``: every path, entry and link of the file could be read.
    """
    invariants = declaration.invariants
    named: Mapping[str, Sequence[Invariant | Crossing]] = {
        "must_deny": invariants.must_deny,
        "must_permit": invariants.must_permit,
        "must_cross": invariants.must_cross,
    }
    known = True
    ends_known = [*segments, *outside]
    for section, entries in named.items():
        for index, entry in enumerate(entries):
            for side, ends in (("from", entry.from_), ("to", entry.to)):
                for number, end in enumerate(ends):
                    problem = _unknown_end(end, side, segments, sites, ends_known)
                    if problem:
                        known = False
                        yield ("invariants", section, index, side, number), problem
    for index, crossing in enumerate(invariants.must_cross):
        yield from _crossing(declaration, index, crossing, gateways)
    many = _too_many(declaration, len(sites))
    if many:
        yield many
    elif known:
        yield from _contradictions(declaration, sites, whole=whole)


def _too_many(declaration: Declaration, sites: int) -> Found | None:
    """Return the entry with which a declaration has more connections than are worked out, None where it has not."""
    total = 0
    for at, number in _counted(declaration, sites):
        total += number
        if total > most_connections:
            message = (
                f"with this entry the declaration names more than {most_connections:,} connections (ends, times ports, "
                "times sites); merge ports into ranges, or split the enclave"
            )
            return at, message
    return None


def _counted(declaration: Declaration, sites: int) -> Iterator[tuple[Keys, int]]:
    for index, path in enumerate(declaration.paths):
        yield ("paths", index), number_of_connections(path.from_, [path.to], path.protocol, path.ports, sites)
    for index, entry in enumerate(declaration.entries):
        yield ("entries", index), number_of_connections(["person"], [entry.to], entry.protocol, entry.ports, sites)
    for name, link in declaration.links.items():
        for index, connection in enumerate(link.paths):
            number = number_of_connections(
                connection.from_, [connection.to], connection.protocol, connection.ports, sites
            )
            yield ("links", name, "paths", index), number
    invariants = declaration.invariants
    for section, promises in (("must_deny", invariants.must_deny), ("must_permit", invariants.must_permit)):
        for index, promise in enumerate(promises):
            number = number_of_connections(promise.from_, promise.to, promise.protocol, promise.ports, sites)
            yield ("invariants", section, index), number
    for index, crossing in enumerate(invariants.must_cross):
        yield ("invariants", "must_cross", index), number_of_connections(crossing.from_, crossing.to, "any", (), sites)


def check_ports(declaration: Declaration) -> Iterator[Found]:
    """Yield (path, message) for ports that one list names twice."""
    lists: list[tuple[Keys, Sequence[PortRange]]] = [
        *((("paths", index, "ports"), connection.ports) for index, connection in enumerate(declaration.paths)),
        *((("entries", index, "ports"), connection.ports) for index, connection in enumerate(declaration.entries)),
        *(
            (("invariants", "must_deny", n, "ports"), connection.ports)
            for n, connection in enumerate(declaration.invariants.must_deny)
        ),
        *(
            (("invariants", "must_permit", n, "ports"), w.ports)
            for n, w in enumerate(declaration.invariants.must_permit)
        ),
        *(
            (("links", name, "paths", n, "ports"), w.ports)
            for name, link in declaration.links.items()
            for n, w in enumerate(link.paths)
        ),
    ]
    for at, ports in lists:
        for number, twin in twins(ports):
            yield (*at, number), f"{ports[number]} overlaps {twin} of the same list; name each port once"


def _unknown_end(
    end: str, side: str, segments: Collection[str], sites: Collection[str], ends: Collection[str]
) -> str | None:
    if end in outside:
        wrong = side == "to" and end != inspector
        return f"'{end}' is outside the enclave, where nothing ends; name a segment" if wrong else None
    site, slash, segment = end.rpartition("/")
    if slash and site not in sites:
        return undeclared("site", site, sites)
    if segment not in segments:
        return undeclared("segment", segment, ends)
    return None


def _crossing(declaration: Declaration, index: int, crossing: Crossing, gateways: Collection[str]) -> Iterator[Found]:
    at = ("invariants", "must_cross", index)
    gateway = declaration.gateways.get(crossing.gateway)
    if crossing.gateway not in gateways:
        yield (*at, "gateway"), undeclared("gateway", crossing.gateway, gateways)
    elif gateway is not None:
        for side, ends in (("from", crossing.from_), ("to", crossing.to)):
            for number, end in enumerate(ends):
                if end.rpartition("/")[2] == gateway.segment:
                    message = f"'{end}' is where gateway '{crossing.gateway}' itself stands; name another segment"
                    yield (*at, side, number), message


def _contradictions(declaration: Declaration, sites: Collection[str], *, whole: bool) -> Iterator[Found]:
    declared = ByEnds(declared_connections(declaration, sites))
    denied = ByEnds(
        (f"must_deny[{index}]", connection)
        for index, entry in enumerate(declaration.invariants.must_deny)
        for connection in connections(entry.from_, entry.to, entry.protocol, entry.ports, sites)
    )
    for index, entry in enumerate(declaration.invariants.must_deny):
        for deny in connections(entry.from_, entry.to, entry.protocol, entry.ports, sites):
            opened = declared.by(deny)
            if opened:
                message = f"{_words(deny)} must be denied, and {opened} opens it; drop one"
                yield ("invariants", "must_deny", index), message
    for index, entry in enumerate(declaration.invariants.must_permit):
        at = ("invariants", "must_permit", index)
        for connection in connections(entry.from_, entry.to, entry.protocol, entry.ports, sites):
            if denied.by(connection):
                yield at, f"{_words(connection)} must be permitted and must be denied; drop one of the invariants"
                break
            if whole and not declared.by(connection):
                yield (
                    at,
                    f"{_words(connection)} must be permitted, and no path, entry or link opens it; declare the path",
                )
                break


def _words(connection: Connection) -> str:
    ports = "" if connection.ports == every_port else f" on {connection.protocol} {connection.ports}"
    return f"{connection.source} -> {connection.target}{ports}"
