"""Which zones can meet: a few pairs that stand for all, without holding every zone against every other.

What lets a packet through is one rule of a security group at each end. Zones of a segment whose groups say the same,
and that others name in the same way, are taken as one; then rules are held against rules, each by the zones that carry
and that it names (see joining). Addresses count as far as some subnet, route or network ACL tells them apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws.values import common, either, overlap
from enclave_policies.network.aws.zones import Place, stands
from enclave_policies.network.bits import bits_of, least, numbers_in
from enclave_policies.network.joining import Offer, joined
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.ports import NOTHING, PortSet
from enclave_policies.network.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.network.aws.elements import Rule, Subnet, Vpc
    from enclave_policies.network.aws.routing import Routing
    from enclave_policies.network.networks import AddressSet

Spans = tuple[tuple[int, int, int], ...]
"""Family of addresses, and between which of its boundaries they begin and end."""
Offers = Sequence[Offer[PortSet]]
_MUCH: Final = 32
"""Rules and names of a place, from which on it may be a hub."""
_MOST_HUBS: Final = 64


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


def neighbours(places: Sequence[Place], routing: Routing) -> Iterator[tuple[list[Place], list[Place]]]:
    """Yield places, any of the first of which may meet any of the second; a place may be made of several alike.

    Two stand for all of their segments that may meet by the same rules. What has no segment stands for itself, and may
    meet in crowds.
    """
    yield from _Neighbours(places, routing).meetings()


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
        self._standing: dict[frozenset[Subnet], int] = defaultdict(int)
        self._some: dict[int, list[int]] = {}
        self._alone = bits_of(number for number, place in enumerate(self._all) if place.zone.segment is None)
        self._crowds: dict[int, int] = {}
        """Who meets some places, by those, beyond the pairs that are told one by one."""
        for number, (place, says) in enumerate(zip(self._all, self._says, strict=True)):
            for key in says.keys:
                self._carrying[key].append(number)
            self._of_vpc[place.vpc] |= 1 << number
            self._standing[place.subnets] |= 1 << number

    def meetings(self) -> Iterator[tuple[list[Place], list[Place]]]:
        """Yield each pair once, then the crowds."""
        told: set[tuple[int, int]] = set()
        for source, target in self._numbers():
            if (source, target) not in told:
                told.add((source, target))
                yield [self._all[source]], [self._all[target]]
        for targets, sources in _turned(_turned(self._crowds)).items():
            yield [self._all[one] for one in numbers_in(sources)], [self._all[one] for one in numbers_in(targets)]

    def _numbers(self) -> Iterator[tuple[int, int]]:
        reach = [self._reached(place) for place in self._all]
        outward = self._offers(self._outward, [says.outward for says in self._says])
        # Who sees other addresses than the sender's may let in whom no rule seems to name.
        inward = self._offers(self._inward, [says.inward for says in self._says], self._translated())
        hubs = self._hubs()
        yield from self._among_hubs(hubs, outward, inward, reach)
        for out, into, sources, targets in joined(outward, inward, bits_of(hubs)):
            if common(out.what, into.what):
                yield from self._met(sources, targets, reach)

    def _met(self, sources: int, targets: int, reach: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield one pair for all in the same subnets; those without a segment meet among themselves in crowds."""
        alone = self._alone
        for source in self._one_of_each(sources):
            there = targets & reach[source]
            if alone >> source & 1:
                there &= ~alone
            yield from ((source, target) for target in self._one_of_each(there))
        if sources & alone and targets:
            self._crowds[targets] = self._crowds.get(targets, 0) | sources & alone
        if targets & alone and (segments := sources & ~alone):
            few = bits_of(self._one_of_each(segments))
            self._crowds[targets & alone] = self._crowds.get(targets & alone, 0) | few

    def _hubs(self) -> list[int]:
        """Return the places, few at most, whose groups say so much that nearly all others meet them."""
        said = [len(says.outward) + len(says.inward) + len(says.keys) for says in self._says]
        much = max(_MUCH, sum(said) // _MOST_HUBS)
        return [number for number, count in enumerate(said) if count >= much]

    def _among_hubs(
        self, hubs: Sequence[int], outward: Offers, inward: Offers, reach: Sequence[int]
    ) -> Iterator[tuple[int, int]]:
        """Yield the hubs that meet, or keep them as a crowd: by all that each says of the other, not rule by rule."""
        for source, target in product(hubs, hubs):
            if not reach[source] >> target & 1:
                continue
            out = _ports(one.what for one in outward if one.bound >> source & one.named >> target & 1)
            if out and common(out, _ports(one.what for one in inward if one.bound >> target & one.named >> source & 1)):
                if self._alone >> source & self._alone >> target & 1:
                    self._crowds[1 << target] = self._crowds.get(1 << target, 0) | 1 << source
                else:
                    yield source, target

    def _one_of_each(self, places: int) -> list[int]:
        """Return one place of those that stand in the same subnets."""
        if places not in self._some:
            if places.bit_count() > len(self._standing):
                self._some[places] = [least(places & alike) for alike in self._standing.values() if places & alike]
            else:
                first: dict[frozenset[Subnet], int] = {}
                for number in numbers_in(places):
                    first.setdefault(self._all[number].subnets, number)
                self._some[places] = list(first.values())
        return self._some[places]

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

    def _translated(self) -> dict[AddressSet, int]:
        """Return the places whose packets may arrive with other addresses, by those."""
        found: dict[AddressSet, int] = {}
        for number, place in enumerate(self._all):
            for stand in place.stands:
                if seen := self._routing.seen_as(stand.table, place.vpc):
                    found[seen] = found.get(seen, 0) | 1 << number
        return found

    def _offers(
        self,
        kinds: Mapping[_Kind, AddressSet],
        said: Sequence[frozenset[_Kind]],
        translated: Mapping[AddressSet, int] = MappingProxyType({}),
    ) -> list[Offer[PortSet]]:
        bound: dict[_Kind, list[int]] = defaultdict(list)
        for number, mine in enumerate(said):
            for kind in mine:
                bound[kind].append(number)
        found = []
        for kind, addresses in kinds.items():
            named = self._ranges.meeting(addresses)
            named |= bits_of(number for key in kind.keys for number in self._carrying.get(key, ()))
            for seen, senders in translated.items():
                named |= senders if overlap(seen, addresses) else 0
            if named:
                found.append(Offer(kind.ports, bits_of(bound[kind]), named))
        return found


def _ports(every: Iterable[PortSet]) -> PortSet:
    return reduce(either, dict.fromkeys(every), NOTHING)


def _turned(crowds: Mapping[int, int]) -> dict[int, int]:
    """Return who meets some, by those, as whom those meet, by them: all of the same ones together."""
    found: dict[int, int] = {}
    for some, others in crowds.items():
        found[others] = found.get(others, 0) | some
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
