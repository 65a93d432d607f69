"""What a declaration's invariants must fulfil: known ends, and no contradiction with each other or with the paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from components.declaration.ports import PortRange, highest, lowest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from components.declaration.model import Crossing, Declaration, Invariant

Place = tuple[str | int, ...]
Found = tuple[Place, str]

outside = ("internet", "person")
"""Ends that are no segment: anybody, and people who come over the declared entries."""
_every_port = PortRange(lowest, highest)
_protocols = ("tcp", "udp")


class Way(NamedTuple):
    """One direct connection between two ends: ``internet``, ``person`` or ``SITE/SEGMENT``."""

    source: str
    target: str
    protocol: str
    ports: PortRange

    def meets(self, other: Way) -> bool:
        """Return whether some packet belongs to both."""
        return self[:3] == other[:3] and self.ports.overlaps(other.ports)


def check_invariants(
    declaration: Declaration, segments: Sequence[str], sites: Sequence[str], gateways: Sequence[str]
) -> Iterator[Found]:
    """Yield (path, message) for each problem; the names are those that the file declares, malformed ones included."""
    invariants = declaration.invariants
    named: Mapping[str, Sequence[Invariant | Crossing]] = {
        "must_deny": invariants.must_deny,
        "must_permit": invariants.must_permit,
        "must_cross": invariants.must_cross,
    }
    known = True
    for section, entries in named.items():
        for index, entry in enumerate(entries):
            for side, ends in (("from", entry.from_), ("to", entry.to)):
                for number, end in enumerate(ends):
                    problem = _unknown_end(end, segments, sites, side)
                    if problem:
                        known = False
                        yield ("invariants", section, index, side, number), problem
    for index, crossing in enumerate(invariants.must_cross):
        yield from _crossing(declaration, index, crossing, gateways)
    if known:
        yield from _contradictions(declaration, sites)


def check_ports(declaration: Declaration) -> Iterator[Found]:
    """Yield (path, message) for ports that one list names twice."""
    lists: list[tuple[Place, Sequence[PortRange]]] = [
        *((("paths", index, "ports"), way.ports) for index, way in enumerate(declaration.paths)),
        *((("entries", index, "ports"), way.ports) for index, way in enumerate(declaration.entries)),
        *(
            (("invariants", "must_deny", n, "ports"), way.ports)
            for n, way in enumerate(declaration.invariants.must_deny)
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
    for place, ports in lists:
        for number, one in enumerate(ports):
            twin = next((other for other in ports[:number] if other.overlaps(one)), None)
            if twin is not None:
                yield (*place, number), f"{one} overlaps {twin} of the same list; name each port once"


def _unknown_end(end: str, segments: Sequence[str], sites: Sequence[str], side: str) -> str | None:
    if end in outside:
        return f"'{end}' is outside the enclave, where nothing ends; name a segment" if side == "to" else None
    site, slash, segment = end.rpartition("/")
    if slash and site not in sites:
        return f"site '{site}' is not declared; declared: {', '.join(sites) or 'none'}"
    if segment not in segments:
        return f"segment '{segment}' is not declared; declared: {', '.join((*segments, *outside))}"
    return None


def _crossing(declaration: Declaration, index: int, crossing: Crossing, gateways: Sequence[str]) -> Iterator[Found]:
    place = ("invariants", "must_cross", index)
    gateway = declaration.gateways.get(crossing.gateway)
    if crossing.gateway not in gateways:
        known = ", ".join(gateways) or "none"
        yield (*place, "gateway"), f"gateway '{crossing.gateway}' is not declared; declared: {known}"
    elif gateway is not None:
        for side, ends in (("from", crossing.from_), ("to", crossing.to)):
            for number, end in enumerate(ends):
                if end.rpartition("/")[2] == gateway.segment:
                    message = f"'{end}' is where gateway '{crossing.gateway}' itself stands; name another segment"
                    yield (*place, side, number), message


def _contradictions(declaration: Declaration, sites: Sequence[str]) -> Iterator[Found]:
    denied = [
        (index, way)
        for index, entry in enumerate(declaration.invariants.must_deny)
        for way in ways(entry.from_, entry.to, entry.protocol, entry.ports, sites)
    ]
    declared = list(declared_ways(declaration, sites))
    for index, deny in denied:
        opened = next((place for place, way in declared if way.meets(deny)), None)
        if opened:
            yield ("invariants", "must_deny", index), f"{_words(deny)} must be denied, and {opened} opens it; drop one"
    for index, entry in enumerate(declaration.invariants.must_permit):
        place = ("invariants", "must_permit", index)
        for way in ways(entry.from_, entry.to, entry.protocol, entry.ports, sites):
            if any(way.meets(deny) for _, deny in denied):
                yield place, f"{_words(way)} must be permitted and must be denied; drop one of the invariants"
                break
            if not any(other.meets(way) for _, other in declared):
                yield place, f"{_words(way)} must be permitted, and no path, entry or link opens it; declare the path"
                break


def ways(
    sources: Iterable[str],
    targets: Iterable[str],
    protocol: str | None,
    ports: Sequence[PortRange],
    sites: Sequence[str],
) -> Iterator[Way]:
    """Yield each connection that an invariant is about, on one site after the other."""
    for source in sources:
        for target in targets:
            for one in _on_sites(source, sites):
                for other in _on_sites(target, sites):
                    if (
                        source not in outside
                        and "/" not in source + target
                        and one.split("/")[0] != other.split("/")[0]
                    ):
                        continue  # a segment's name alone means that of the same site
                    for each in (protocol,) if protocol else _protocols:
                        for span in ports or (_every_port,):
                            yield Way(one, other, each, span)


def declared_ways(declaration: Declaration, sites: Sequence[str]) -> Iterator[tuple[str, Way]]:
    """Yield what the paths, entries and links open on the sites, each with the words for where it is declared."""
    for index, path in enumerate(declaration.paths):
        for way in ways(path.from_, [path.to], path.protocol, path.ports, sites):
            yield f"paths[{index}]", way
    for index, entry in enumerate(declaration.entries):
        for way in ways(["person"], [entry.to], entry.protocol, entry.ports, sites):
            yield f"entries[{index}]", way
    for name, link in declaration.links.items():
        for index, crossing in enumerate(link.paths):
            for way in ways(crossing.from_, [crossing.to], crossing.protocol, crossing.ports, sites):
                yield f"links.{name}.paths[{index}]", way


def _on_sites(end: str, sites: Sequence[str]) -> list[str]:
    return [end] if end in outside or "/" in end else [f"{site}/{end}" for site in sites]


def _words(way: Way) -> str:
    ports = "" if way.ports == _every_port else f" on {way.protocol} {way.ports}"
    return f"{way.source} -> {way.target}{ports}"
