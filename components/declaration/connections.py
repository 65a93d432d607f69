"""The connections that a declaration is about, between ``internet``, ``person`` and ``SITE/SEGMENT``."""

from __future__ import annotations

from bisect import bisect_right
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from components.declaration.ports import PortRange, highest, lowest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from components.declaration.model import Declaration

outside = ("internet", "person")
"""Ends that are no segment: anybody, and people who come over the declared entries."""
every_port = PortRange(lowest, highest)
_protocols = ("tcp", "udp")


class Connection(NamedTuple):
    """One direct connection between two ends: ``internet``, ``person`` or ``SITE/SEGMENT``."""

    source: str
    target: str
    protocol: str
    ports: PortRange


def connections(
    sources: Iterable[str],
    targets: Iterable[str],
    protocol: str | None,
    ports: Sequence[PortRange],
    sites: Collection[str],
) -> Iterator[Connection]:
    """Yield each connection that an entry is about, on one site after the other."""
    for one, other in _ends(sources, targets, sites):
        for each in (protocol,) if protocol else _protocols:
            for span in ports or (every_port,):
                yield Connection(one, other, each, span)


def declared_connections(declaration: Declaration, sites: Collection[str]) -> Iterator[tuple[str, Connection]]:
    """Yield what the paths, entries and links open on the sites, each with the words for where it is declared."""
    for index, path in enumerate(declaration.paths):
        for connection in connections(path.from_, [path.to], path.protocol, path.ports, sites):
            yield f"paths[{index}]", connection
    for index, entry in enumerate(declaration.entries):
        for connection in connections(["person"], [entry.to], entry.protocol, entry.ports, sites):
            yield f"entries[{index}]", connection
    for name, link in declaration.links.items():
        for index, crossing in enumerate(link.paths):
            for connection in connections(crossing.from_, [crossing.to], crossing.protocol, crossing.ports, sites):
                yield f"links.{name}.paths[{index}]", connection


def number_of_connections(
    sources: Sequence[str], targets: Sequence[str], protocol: str | None, ports: Sequence[PortRange], sites: int
) -> int:
    """Return how many connections `connections` yields, without working them out."""
    own, others = _parted(sources)
    bare, rest = _parted(targets)
    pairs = (own * (bare + rest) + others * bare) * sites + others * rest
    return pairs * (1 if protocol else len(_protocols)) * max(len(ports), 1)


def _parted(ends: Sequence[str]) -> tuple[int, int]:
    bare = sum(map(_is_bare, ends))
    return bare, len(ends) - bare


def _ends(sources: Iterable[str], targets: Iterable[str], sites: Collection[str]) -> Iterator[tuple[str, str]]:
    for source, target in product(sources, targets):
        if _is_bare(source) and _is_bare(target):  # the name of a segment alone means that of the same site
            yield from ((f"{site}/{source}", f"{site}/{target}") for site in sites)
        else:
            yield from product(_on_sites(source, sites), _on_sites(target, sites))


def _on_sites(end: str, sites: Collection[str]) -> list[str]:
    return [f"{site}/{end}" for site in sites] if _is_bare(end) else [end]


def _is_bare(end: str) -> bool:
    return end not in outside and "/" not in end


class ByEnds:
    """Connections by their ends and protocol, so that a question takes no longer where there are many."""

    def __init__(self, named: Iterable[tuple[str, Connection]]) -> None:
        found: dict[tuple[str, str, str], list[tuple[PortRange, str]]] = {}
        for name, connection in named:
            found.setdefault(connection[:3], []).append((connection.ports, name))
        self._spans = {key: _furthest(spans) for key, spans in found.items()}

    def by(self, connection: Connection) -> str | None:
        """Return the name of a connection that has a packet in common with this one."""
        spans = self._spans.get(connection[:3], [])
        before = bisect_right(spans, connection.ports.last, key=lambda span: span[0])
        return spans[before - 1][2] if before and spans[before - 1][1] >= connection.ports.first else None


def _furthest(spans: list[tuple[PortRange, str]]) -> list[tuple[int, int, str]]:
    """Return (first port, last port, name) by first port; the last is the furthest of all ranges up to there."""
    result: list[tuple[int, int, str]] = []
    for ports, name in sorted(spans, key=lambda span: span[0]):
        last, owner = ports.last, name
        if result and result[-1][1] >= last:
            _first, last, owner = result[-1]
        result.append((ports.first, last, owner))
    return result
