"""Which zones can meet: a few pairs that stand for all, without holding every zone against every other.

What lets a packet through is one rule of a security group at each end. Zones of a segment whose groups say the same,
and that others name in the same way, are taken as one; then rules are held against rules, each by the zones that carry
and that it names (see joining). Addresses count as far as some subnet, route or network ACL tells them apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.aws.zones import Place, stands
from enclave_policies.network.bits import bits_of, numbers_in
from enclave_policies.network.joining import Offer, joined
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.network.aws.elements import Rule, Vpc
    from enclave_policies.network.aws.routing import Routing
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.ports import PortSet


Spans = tuple[tuple[int, int, int], ...]
"""Family of addresses, and between which of its boundaries they begin and end."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What rules say alike: ports, and the other end by its group (``keys``) or by where its addresses lie."""

    ports: PortSet
    keys: frozenset[str] = frozenset()
    spans: Spans = ()


class _Says(NamedTuple):
    """What the groups of a place say, each way, and by which of its keys others name it."""

    outward: frozenset[_Kind]
    inward: frozenset[_Kind]
    keys: frozenset[str]


def neighbours(places: Sequence[Place], routing: Routing) -> Iterator[tuple[Place, Place]]:
    """Yield two places for all that may meet by the same rules; a place may be made of several that are alike."""
    yield from _Neighbours(places, routing).pairs()


class _Neighbours:
    def __init__(self, places: Sequence[Place], routing: Routing) -> None:
        self._routing = routing
        self._cuts = _Cuts(_telling_apart(places, routing))
        self._outward: dict[_Kind, AddressSet] = {}
        self._inward: dict[_Kind, AddressSet] = {}
        groups = dict.fromkeys(group for place in places for group in place.groups)
        of_group = {
            group: (self._kinds(group.egress, self._outward), self._kinds(group.ingress, self._inward))
            for group in groups
        }
        named = frozenset(key for kinds in (self._outward, self._inward) for kind in kinds for key in kind.keys)
        alike: dict[tuple[object, Vpc, _Says], list[Place]] = defaultdict(list)
        for place in places:
            outward = frozenset(kind for group in place.groups for kind in of_group[group][0])
            inward = frozenset(kind for group in place.groups for kind in of_group[group][1])
            end = (place.zone.site, place.zone.segment) if place.zone.segment else place.zone
            alike[end, place.vpc, _Says(outward, inward, place.keys & named)].append(place)
        self._says = [says for _, _, says in alike]
        self._all = [_together(same) for same in alike.values()]
        self._ranges = Ranges([NOWHERE.union(*(stand.addresses for stand in place.stands)) for place in self._all])
        self._carrying: dict[str, list[int]] = defaultdict(list)
        self._of_vpc: dict[Vpc, int] = defaultdict(int)
        for number, (place, says) in enumerate(zip(self._all, self._says, strict=True)):
            for key in says.keys:
                self._carrying[key].append(number)
            self._of_vpc[place.vpc] |= 1 << number

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield each pair once."""
        told: set[tuple[int, int]] = set()
        for source, target in self._numbers():
            if (source, target) not in told:
                told.add((source, target))
                yield self._all[source], self._all[target]

    def _numbers(self) -> Iterator[tuple[int, int]]:
        reach = [self._reached(place) for place in self._all]
        for number, place in enumerate(self._all):
            # Who sees other addresses than the sender's may let in whom no rule seems to name.
            if any(self._routing.translates(stand.table, place.vpc) for stand in place.stands):
                yield from ((number, other) for other in numbers_in(reach[number]))
        outward = self._offers(self._outward, [says.outward for says in self._says])
        inward = self._offers(self._inward, [says.inward for says in self._says])
        for out, into, sources, targets in joined(outward, inward):
            if out.what.intersect(into.what):
                for source in self._one_of_each(sources):
                    yield from ((source, target) for target in self._one_of_each(targets & reach[source]))

    def _one_of_each(self, places: int) -> Iterator[int]:
        """Yield one place of those that stand in the same subnets."""
        seen = set()
        for number in numbers_in(places):
            if (subnets := self._all[number].subnets) not in seen:
                seen.add(subnets)
                yield number

    def _reached(self, place: Place) -> int:
        """Return the places in whose VPC packets of a place may arrive."""
        found = self._of_vpc[place.vpc]
        for table in {stand.table for stand in place.stands}:
            others = self._routing.leads_to(table, place.vpc)
            if others is None:
                return (1 << len(self._all)) - 1
            for vpc in others:
                found |= self._of_vpc.get(vpc, 0)
        return found

    def _kinds(self, rules: Iterable[Rule], known: dict[_Kind, AddressSet]) -> frozenset[_Kind]:
        found = set()
        for rule in rules:
            if rule.groups:
                kind = _Kind(rule.ports, rule.groups)
                known.setdefault(kind, NOWHERE)
                found.add(kind)
            if spans := self._cuts.spans(rule.addresses):
                kind = _Kind(rule.ports, frozenset(), spans)
                known.setdefault(kind, rule.addresses)
                found.add(kind)
        return frozenset(found)

    def _offers(self, kinds: Mapping[_Kind, AddressSet], said: Sequence[frozenset[_Kind]]) -> list[Offer[PortSet]]:
        bound: dict[_Kind, list[int]] = defaultdict(list)
        for number, mine in enumerate(said):
            for kind in mine:
                bound[kind].append(number)
        found = []
        for kind, addresses in kinds.items():
            named = self._ranges.meeting(addresses)
            named |= bits_of(number for key in kind.keys for number in self._carrying.get(key, ()))
            if named:
                found.append(Offer(kind.ports, bits_of(bound[kind]), named))
        return found


class _Cuts:
    """Addresses between the boundaries of some sets, which nothing tells apart."""

    def __init__(self, sets: Iterable[AddressSet]) -> None:
        four: set[int] = set()
        six: set[int] = set()
        for one in sets:
            four.update(edge for first, last in one.v4 for edge in (first, last + 1))
            six.update(edge for first, last in one.v6 for edge in (first, last + 1))
        self._edges = sorted(four), sorted(six)

    def spans(self, addresses: AddressSet) -> Spans:
        """Return where addresses lie: equal for sets that nothing tells apart."""
        return tuple(
            (family, bisect_right(edges, first), bisect_right(edges, last))
            for family, (edges, intervals) in enumerate(zip(self._edges, (addresses.v4, addresses.v6), strict=True))
            for first, last in intervals
        )


def _telling_apart(places: Iterable[Place], routing: Routing) -> Iterator[AddressSet]:
    """Yield what tells addresses apart beside the rules of groups: subnets, VPCs, network ACLs, routes."""
    stands = {(stand.vpc, stand.table, stand.acl): None for place in places for stand in place.stands}
    yield from {subnet: subnet.addresses for place in places for subnet in place.subnets}.values()
    yield from {vpc: vpc.addresses for vpc, _, _ in stands}.values()
    for acl in {acl: None for _, _, acl in stands}:
        yield from (entry.addresses for entry in (*acl.ingress, *acl.egress))
    for table in {table: None for _, table, _ in stands}:
        yield from (route.destination for route in table.routes if route.destination is not None)
    yield from routing.told_apart_further()


def _together(alike: Sequence[Place]) -> Place:
    """Return one place for several that are alike; one alone stays what it is."""
    first = alike[0]
    subnets = {subnet: None for place in alike for subnet in place.subnets}
    if len(subnets) == len(first.subnets):
        return first
    zone = replace(first.zone, where=f"{first.zone.where} and {len(alike) - 1} alike")
    return Place(zone, first.vpc, frozenset(subnets), first.groups, stands(subnets))
