"""The connections that a declaration is about, between ``internet``, ``person``, ``inspector`` and ``SITE/SEGMENT``."""

from __future__ import annotations

from bisect import bisect_right
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from components.declaration.arrivals import dial_ins
from components.declaration.ports import PortRange, highest, lowest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from components.declaration.model import Declaration, Receiver, Wave, WaveJob

inspector = "inspector"
api_server = "api-server"
"""The API servers of clusters, which a watch alone asks; no declaration names this end."""
wave_source, wave_storage = "wave-source", "wave-storage"
"""The private endpoints at which workers of waves read, and the sites' own stores; no declaration names these ends."""
api_server_ports = (443, 6443)
https = 443
outside = ("internet", "person", inspector)
"""Ends that are no segment: anybody, people who come over the declared entries, and the inspector's receivers."""
every_port = PortRange(lowest, highest)
_protocols = ("tcp", "udp")


class Connection(NamedTuple):
    """One direct connection between two ends: one of ``outside`` or ``SITE/SEGMENT``."""

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
    """Yield what paths, entries, links and receivers open on the sites, each with where it is declared, in words."""
    for index, path in enumerate(declaration.paths):
        for connection in connections(path.from_, [path.to], path.protocol, path.ports, sites):
            yield f"paths[{index}]", connection
    for index, entry in enumerate(declaration.entries):
        for connection in connections(["person"], [entry.to], entry.protocol, entry.ports, sites):
            yield f"entries[{index}]", connection
    yield from _dialled_in(declaration, sites)
    for name, link in declaration.links.items():
        for index, crossing in enumerate(link.paths):
            for connection in connections(crossing.from_, [crossing.to], crossing.protocol, crossing.ports, sites):
                yield f"links.{name}.paths[{index}]", connection
    for site, receiver in receivers_of(declaration).items():
        for segment in gateway_segments(declaration) if site in sites else ():
            ports = PortRange(receiver.port, receiver.port)
            yield f"inspector.receivers.{site}", Connection(f"{site}/{segment}", inspector, "tcp", ports)
    yield from (("inspector.watch", each) for each in _of_watches(declaration, sites))
    yield from _of_waves(declaration, sites)


def _of_waves(declaration: Declaration, sites: Collection[str]) -> Iterator[tuple[str, Connection]]:
    """Yield the ways of workers: to the source's endpoint, and to the site's own store."""
    for name, (wave, job) in wave_jobs(declaration).items():
        for end, store in ((wave_source, job.source), (wave_storage, job.storage)) if wave.to in sites else ():
            way = Connection(f"{wave.to}/{job.segment}", end, "tcp", PortRange(store.port, store.port))
            yield f"waves.{name}.job", way


def wave_jobs(declaration: Declaration, site: str | None = None) -> dict[str, tuple[Wave, WaveJob]]:
    """Return the waves that workers on a site bring in, and how; of all sites where none is named."""
    found = {name: (wave, wave.job) for name, wave in declaration.waves.items() if wave.job is not None}
    return {name: each for name, each in found.items() if site in (None, each[0].to)}


def _of_watches(declaration: Declaration, sites: Collection[str]) -> Iterator[Connection]:
    for site, watched in watches(declaration).items():
        if site in sites:
            yield from _of_watch(site, watched)


def _of_watch(site: str, watched: Watched) -> Iterator[Connection]:
    for target, ports in ((inspector, watched.ports), (api_server, api_server_ports)):
        for port in ports:
            yield Connection(f"{site}/{watched.segment}", target, "tcp", PortRange(port, port))


class Watched(NamedTuple):
    """The watch of a site of our own: where it stands, and the receiver that hears of its runs."""

    segment: str
    receiver: Receiver

    @property
    def ports(self) -> tuple[int, ...]:
        """The inspector's ports that it needs: the receiver's, and that of the address for alerts."""
        return tuple(sorted({self.receiver.port, https}))


def watches(declaration: Declaration) -> dict[str, Watched]:
    """Return the sites of our own that a scheduled watch runs on."""
    declared = declaration.inspector.watch if declaration.inspector else None
    if declared is None:
        return {}
    return {name: Watched(declared.segment, receiver) for name, receiver in receivers_of(declaration).items()}


def _dialled_in(declaration: Declaration, sites: Collection[str]) -> Iterator[tuple[str, Connection]]:
    """Yield what lets people on from a Client VPN: they ask from within the segment, by an address of it."""
    for one, _ in dial_ins(declaration):
        end = f"{one.site}/{one.entry.to}"
        for ports in one.entry.ports if one.site in sites else ():
            yield f"entries[{one.number}]", Connection(end, end, one.entry.protocol, ports)


def receivers_of(declaration: Declaration) -> dict[str, Receiver]:
    """Return the inspector's receivers by the site whose gateways deliver there."""
    return declaration.inspector.receivers if declaration.inspector else {}


def gateway_segments(declaration: Declaration) -> list[str]:
    """Return the segments in which gateways stand."""
    return sorted({gateway.segment for gateway in declaration.gateways.values()})


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
