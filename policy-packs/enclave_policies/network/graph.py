"""Everything that can reach something in a stack: its segments, the internet, people, and the hops between them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from enclave_policies.network.halves import halved
from enclave_policies.network.intent import ELSEWHERE, INTERNET, OUTSIDE
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.network.path import Hop, Path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from enclave_policies.network.path import Microsegment

PRIVATE: Final = AddressSet.of(
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("224.0.0.0/3", "fc00::/7", "fe80::/10", "::1/128", "ff00::/8"),
)
"""Addresses that the internet routes to nobody (RFC 1918, 6598, 4193, 4291)."""
PUBLIC: Final = ANYWHERE.minus(PRIVATE)
SELF: Final = AddressSet.of("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")
"""Addresses of the host itself and of its own link, which no network carries (RFC 1122, 3927, 4291)."""
MOST_REASONS: Final = 24
"""Reasons why nothing passes that anybody reads."""


class Model(Protocol):
    """What one kind of network (AWS, Kubernetes) says of its own zones."""

    def zones(self) -> Sequence[Microsegment]:
        """Return the places that rules tell apart."""

    def meetings(self) -> Iterable[tuple[Sequence[Microsegment], Sequence[Microsegment]]]:
        """Yield zones that may meet: any of the first any of the second; no others do.

        Where several zones of a segment meet others by the same rules, one of them may stand for all.
        """

    @property
    def is_sure_of_crowds(self) -> bool:
        """Whether any two of many zones that are told together do get through; else they only may."""

    def between(self, source: Microsegment, target: Microsegment) -> Sequence[Hop]:
        """Return the direct connections from one zone to another."""

    def blocked(self, source: Microsegment, target: Microsegment) -> Sequence[str]:
        """Return why there are none."""

    def from_outside(self, addresses: AddressSet, target: Microsegment) -> Sequence[Hop]:
        """Return the connections that addresses outside the model can make to a zone."""

    def to_outside(self, source: Microsegment, addresses: AddressSet) -> Sequence[Hop]:
        """Return the connections that a zone can make to addresses outside the model."""


@dataclass(frozen=True)
class Crowd:
    """Ends that meet others in whatever pairs; ``hops`` tells what there is between two of them.

    ``sure``: there is something between any two; else there may be.
    """

    sources: frozenset[str]
    targets: frozenset[str]
    hops: Callable[[str, str], list[Hop]] = field(repr=False, compare=False)
    sure: bool = True

    @property
    def certain(self) -> Crowd:
        """The same without the hops that rest on what nobody knows."""
        return replace(self, hops=lambda *ends: [hop for hop in self.hops(*ends) if hop.is_certain], sure=False)


@dataclass(frozen=True)
class Graph:
    """Ends by name, and every hop by the end that it begins at.

    An end is one of those outside (`intent.OUTSIDE`) or ``SITE/SEGMENT``; zones of one segment are one end, as whoever
    is in a segment may be in any part of it. ``crowds``: hops between ends without a segment, where there are many.
    """

    hops: Mapping[str, Sequence[Hop]]
    reasons: Callable[[str, str], Sequence[str]] = field(repr=False, compare=False)
    crowds: Sequence[Crowd] = ()

    @property
    def ends(self) -> frozenset[str]:
        """Every end that a hop begins or ends at."""
        found = {hop.target for hops in self.hops.values() for hop in hops}
        return frozenset(self.hops).union(found, *(crowd.sources | crowd.targets for crowd in self.crowds))

    @property
    def certain(self) -> Graph:
        """The same without the hops that rest on what nobody knows, and without crowds that are entered unasked."""
        sure = {end: [hop for hop in hops if hop.is_certain] for end, hops in self.hops.items()}
        return Graph(sure, self.reasons, [crowd.certain for crowd in self.crowds if not crowd.sure])

    def direct(self, source: str, target: str) -> list[Hop]:
        """Return the hops from one end to another, in order."""
        found = self._between.get((source, target), [])
        more = [crowd for crowd in self._crowds_of.get(source, ()) if target in crowd.targets]
        if not more:
            return found
        met = (hop for crowd in more for hop in crowd.hops(source, target))
        return sorted(dict.fromkeys((*found, *met)), key=_in_order)

    @cached_property
    def _between(self) -> Mapping[tuple[str, str], list[Hop]]:
        found: dict[tuple[str, str], list[Hop]] = {}
        for source, hops in self.hops.items():
            for hop in hops:
                found.setdefault((source, hop.target), []).append(hop)
        return found

    @cached_property
    def _crowds_of(self) -> Mapping[str, list[Crowd]]:
        found: dict[str, list[Crowd]] = {}
        for crowd in self.crowds:
            for source in crowd.sources:
                found.setdefault(source, []).append(crowd)
        return found

    def after(self, end: str, known: Collection[str], left: dict[int, Collection[str]]) -> set[str]:
        """Return where hops from an end lead; through crowds to what is not known only.

        ``left``: where each crowd may lead on to. One that is sure is entered once, as everybody in it goes on to all.
        """
        found = {hop.target for hop in self.hops.get(end, ())}
        for crowd in self._crowds_of.get(end, ()):
            new = [target for target in left.get(id(crowd), crowd.targets) if target not in known]
            met = new if crowd.sure else [target for target in new if crowd.hops(end, target)]
            left[id(crowd)] = () if crowd.sure else new
            found.update(met)
        return found

    def path(self, source: str, target: str, without: Callable[[str], bool] = lambda _end: False) -> Path | None:
        """Return a shortest path, None where there is none; it passes no end for which ``without`` is true."""
        return self.paths(source, without)(target)

    def paths(self, source: str, without: Callable[[str], bool] = lambda _end: False) -> Callable[[str], Path | None]:
        """Return what tells a shortest path from one end to any other, as `path` does; the graph is walked once."""
        before: dict[str, str] = {}
        passed, waiting = {source}, deque([source])
        left: dict[int, Collection[str]] = {}
        while waiting:
            end = waiting.popleft()
            for then in sorted(self.after(end, before.keys(), left)):
                before.setdefault(then, end)
                if then not in passed and then not in OUTSIDE and not without(then):
                    passed.add(then)
                    waiting.append(then)

        def path(target: str) -> Path | None:
            hops: list[Hop] = []
            while (target != source or not hops) and target in before:
                hops.append(self.direct(before[target], target)[0])
                target = before[target]
            return Path(tuple(reversed(hops))) if hops else None

        return path

    def reachable(self, source: str) -> list[str]:
        """Return every end that can be reached, by however many hops, sorted."""
        found, waiting = {source}, [source]
        left: dict[int, Collection[str]] = {}
        while waiting:
            new = self.after(waiting.pop(), found, left) - found
            found |= new
            waiting += sorted(new - OUTSIDE)  # in an order that does not change from run to run
        return sorted(found - {source})


def end_of(zone: Microsegment) -> str:
    """Return the end that a zone belongs to; one without a segment is an end of its own."""
    return f"{zone.site}/{zone.segment}" if zone.segment else f"{zone.site}/({zone.where})"


def graph_of(
    models: Iterable[Model],
    outsiders: Mapping[str, AddressSet],
    networks: Mapping[str, AddressSet],
    others: Mapping[str, AddressSet] = MappingProxyType({}),
) -> Graph:
    """Return what all models say together; ``networks`` are the addresses of each segment, of whatever model.

    ``outsiders``: the ends outside whose addresses are declared (`Intent.outsiders`).

    From a segment of one model into one of another a packet gets where the first lets it out and the second lets it in.
    ``others``: addresses outside that are ends of their own, too, besides what else they are.
    """
    made = _Making(networks)
    known = NOWHERE.union(*outsiders.values())
    strange = PRIVATE.minus(SELF).minus(NOWHERE.union(known, *networks.values()))
    outside = {**outsiders, INTERNET: PUBLIC.minus(known), ELSEWHERE: strange, **others}
    for model in models:
        zones = model.zones()
        made.within(model, zones)
        for zone in zones:
            end = made.end(zone)
            for name, addresses in outside.items():
                made.add(name, end, model.from_outside(addresses, zone) if addresses else ())
                made.add(end, name, model.to_outside(zone, addresses) if addresses else ())
    made.join()
    return Graph({end: sorted(hops, key=_in_order) for end, hops in made.hops.items()}, made.reasons, made.crowds)


def _in_order(hop: Hop) -> tuple[str, str, tuple[str, ...]]:
    """Tell the same path of the same stack, in whatever order its resources come."""
    return hop.target, str(hop.ports), hop.because


@dataclass
class _Making:
    networks: Mapping[str, AddressSet]
    hops: dict[str, dict[Hop, None]] = field(default_factory=dict)
    crowds: list[Crowd] = field(default_factory=list)
    zones: list[tuple[Model, dict[str, list[Microsegment]]]] = field(default_factory=list)
    left: dict[tuple[str, str], list[Hop]] = field(default_factory=dict)
    named: dict[Microsegment, str] = field(default_factory=dict)

    def end(self, zone: Microsegment) -> str:
        """Return the end of a zone: one text for all of its hops, as it may name thousands of groups."""
        if zone not in self.named:
            self.named[zone] = end_of(zone)
        return self.named[zone]

    def within(self, model: Model, zones: Sequence[Microsegment]) -> None:
        """Add the hops of a model among its own zones."""
        of_end: dict[str, list[Microsegment]] = {}
        for zone in zones:
            of_end.setdefault(self.end(zone), []).append(zone)
        self.zones.append((model, of_end))
        for sources, targets in model.meetings():
            if len(sources) == len(targets) == 1:
                (source,), (target,) = sources, targets
                self.add(self.end(source), self.end(target), model.between(source, target))
            else:
                here, there = ({self.end(zone): zone for zone in zones} for zones in (sources, targets))
                hops = partial(_among, model, here, there)
                self.crowds.append(Crowd(frozenset(here), frozenset(there), hops, model.is_sure_of_crowds))

    def reasons(self, source: str, target: str) -> tuple[str, ...]:
        """Return why nothing passes between zones of two ends, as much as anybody reads of it."""
        told: dict[str, None] = {}
        for model, of_end in self.zones:
            for here in of_end.get(source, ()):
                for there in of_end.get(target, ()):
                    told.update(dict.fromkeys(model.blocked(here, there)))
                    if len(told) >= MOST_REASONS:
                        return tuple(told)
        return tuple(told)

    def add(self, source: str, target: str, found: Iterable[Hop]) -> None:
        known = self.hops.setdefault(source, {})
        known.update((Hop(source, target, hop.ports, hop.because), None) for hop in found if hop.ports)

    def join(self) -> None:
        """Add the hops from segments of one model into those of another."""
        for receiving, own in self.zones:
            names = [
                name for name in self.networks if name not in own and any(name in of_end for _, of_end in self.zones)
            ]
            tree = halved([(name, self.networks[name]) for name in names])
            for end, zones in own.items():
                for zone in zones if end in self.networks else ():
                    for name, entering in tree.asked(partial(_entering, receiving, zone)):
                        self._meet(name, end, entering)

    def _meet(self, source: str, target: str, entering: Iterable[Hop]) -> None:
        leaving = self._leaving(source, target)
        for out in leaving:
            for into in entering:
                ports = out.ports.intersect(into.ports)
                self.add(source, target, [Hop(source, target, ports, (*out.because, *into.because))])

    def _leaving(self, source: str, target: str) -> list[Hop]:
        """Return what any model lets out from its own zones of an end to the addresses of another's; asked once."""
        if (source, target) not in self.left:
            self.left[source, target] = [
                hop
                for model, of_end in self.zones
                if target not in of_end
                for zone in of_end.get(source, ())
                for hop in model.to_outside(zone, self.networks[target])
            ]
        return self.left[source, target]


def _entering(model: Model, zone: Microsegment, addresses: AddressSet) -> Sequence[Hop]:
    return model.from_outside(addresses, zone)


def _among(
    model: Model, sources: Mapping[str, Microsegment], targets: Mapping[str, Microsegment], source: str, target: str
) -> list[Hop]:
    found = model.between(sources[source], targets[target])
    return [Hop(source, target, hop.ports, hop.because) for hop in found if hop.ports]
