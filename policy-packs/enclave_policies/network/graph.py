"""Everything that can reach something in a stack: its segments, the internet, people, and the hops between them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from enclave_policies.network.intent import ELSEWHERE, INTERNET, OUTSIDE, PERSON
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.network.path import Hop, Path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from enclave_policies.network.path import Zone

PRIVATE: Final = AddressSet.of(
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("224.0.0.0/3", "fc00::/7", "fe80::/10", "::1/128", "ff00::/8"),
)
"""Addresses that the internet routes to nobody (RFC 1918, 6598, 4193, 4291)."""
PUBLIC: Final = ANYWHERE.minus(PRIVATE)
SELF: Final = AddressSet.of("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")
"""Addresses of the host itself and of its own link, which no network carries (RFC 1122, 3927, 4291)."""


class Model(Protocol):
    """What one kind of network (AWS, Kubernetes) says of its own zones."""

    def zones(self) -> Sequence[Zone]:
        """Return the places that rules tell apart."""

    def between(self, source: Zone, target: Zone) -> Sequence[Hop]:
        """Return the direct connections from one zone to another."""

    def blocked(self, source: Zone, target: Zone) -> Sequence[str]:
        """Return why there are none."""

    def from_outside(self, addresses: AddressSet, target: Zone) -> Sequence[Hop]:
        """Return the connections that addresses outside the model can make to a zone."""

    def to_outside(self, source: Zone, addresses: AddressSet) -> Sequence[Hop]:
        """Return the connections that a zone can make to addresses outside the model."""


@dataclass(frozen=True)
class Graph:
    """Ends by name, and every hop by the end that it begins at.

    An end is ``internet``, ``person``, ``elsewhere`` or ``SITE/SEGMENT``; zones of one segment are one end, as whoever
    is in a segment may be in any part of it.
    """

    hops: Mapping[str, Sequence[Hop]]
    reasons: Callable[[str, str], Sequence[str]] = field(repr=False, compare=False)

    @property
    def ends(self) -> frozenset[str]:
        """Every end that a hop begins or ends at."""
        return frozenset(self.hops) | {hop.target for hops in self.hops.values() for hop in hops}

    def direct(self, source: str, target: str) -> list[Hop]:
        """Return the hops from one end to another."""
        return [hop for hop in self.hops.get(source, ()) if hop.target == target]

    def path(self, source: str, target: str, without: Callable[[str], bool] = lambda _end: False) -> Path | None:
        """Return a shortest path, None where there is none; ends of which ``without`` is true are not passed."""
        came: dict[str, Hop | None] = {source: None}
        waiting = deque([source])
        while waiting:
            end = waiting.popleft()
            for hop in self.hops.get(end, ()):
                if hop.target == target:
                    return Path((*_back(came, end), hop))
                if hop.target not in came and hop.target not in OUTSIDE and not without(hop.target):
                    came[hop.target] = hop
                    waiting.append(hop.target)
        return None

    def reachable(self, source: str) -> list[str]:
        """Return every end that can be reached, by however many hops, sorted."""
        found, waiting = {source}, [source]
        while waiting:
            for hop in self.hops.get(waiting.pop(), ()):
                if hop.target not in found:
                    found.add(hop.target)
                    waiting += [] if hop.target in OUTSIDE else [hop.target]
        return sorted(found - {source})


def _back(came: Mapping[str, Hop | None], target: str) -> tuple[Hop, ...]:
    hops: list[Hop] = []
    hop = came[target]
    while hop is not None:
        hops.append(hop)
        hop = came[hop.source]
    return tuple(reversed(hops))


def end_of(zone: Zone) -> str:
    """Return the end that a zone belongs to; one without a segment is an end of its own."""
    return f"{zone.site}/{zone.segment}" if zone.segment else f"{zone.site}/({zone.where})"


def graph_of(models: Iterable[Model], people: AddressSet, networks: Mapping[str, AddressSet]) -> Graph:
    """Return what all models say together; ``networks`` are the addresses of each segment, of whatever model.

    From a segment of one model into one of another a packet gets where the first lets it out and the second lets it in.
    """
    made = _Making()
    inside = NOWHERE.union(people, *networks.values())
    outside = {PERSON: people, INTERNET: PUBLIC.minus(people), ELSEWHERE: PRIVATE.minus(SELF).minus(inside)}
    for model in models:
        zones = model.zones()
        own = {end_of(zone) for zone in zones}
        foreign = {name: addresses for name, addresses in networks.items() if name not in own}
        for zone in zones:
            end = end_of(zone)
            for target in zones:
                made.within(model, zone, target)
            for name, addresses in outside.items():
                made.add(name, end, model.from_outside(addresses, zone) if addresses else ())
                made.add(end, name, model.to_outside(zone, addresses) if addresses else ())
            for name, addresses in foreign.items():
                made.outward.setdefault((end, name), []).extend(model.to_outside(zone, addresses))
                made.inward.setdefault((name, end), []).extend(model.from_outside(addresses, zone))
    made.join()
    return Graph({end: sorted(hops, key=_in_order) for end, hops in made.hops.items()}, made.reasons)


def _in_order(hop: Hop) -> tuple[str, str, tuple[str, ...]]:
    """Tell the same path of the same stack, in whatever order its resources come."""
    return hop.target, str(hop.ports), hop.because


@dataclass
class _Making:
    hops: dict[str, list[Hop]] = field(default_factory=dict)
    why: dict[tuple[str, str], list[Callable[[], Sequence[str]]]] = field(default_factory=dict)
    outward: dict[tuple[str, str], list[Hop]] = field(default_factory=dict)
    inward: dict[tuple[str, str], list[Hop]] = field(default_factory=dict)

    def within(self, model: Model, zone: Zone, target: Zone) -> None:
        source, end = end_of(zone), end_of(target)
        found = model.between(zone, target)
        if found:
            self.add(source, end, found)
        else:
            self.why.setdefault((source, end), []).append(partial(model.blocked, zone, target))

    def reasons(self, source: str, target: str) -> tuple[str, ...]:
        asked = (line for why in self.why.get((source, target), ()) for line in why())
        return tuple(dict.fromkeys(asked))

    def add(self, source: str, target: str, found: Iterable[Hop]) -> None:
        known = self.hops.setdefault(source, [])
        known.extend(Hop(source, target, hop.ports, hop.because) for hop in found if hop.ports)

    def join(self) -> None:
        for (source, target), leaving in self.outward.items():
            for out in leaving:
                for into in self.inward.get((source, target), ()):
                    ports = out.ports.intersect(into.ports)
                    self.add(source, target, [Hop(source, target, ports, (*out.because, *into.because))])
