"""Direct connections between two zones, and why there are none."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws.meeting import OPEN, End, Reasons, passing, sides, told_once
from enclave_policies.network.aws.offers import Offers, Said
from enclave_policies.network.aws.values import family
from enclave_policies.network.joining import joined
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.ports import NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.network.aws.elements import Subnet
    from enclave_policies.network.aws.gates import Gate, Gates
    from enclave_policies.network.aws.routing import Arrival, Routing
    from enclave_policies.network.aws.zones import Place, Stand
    from enclave_policies.network.networks import AddressSet

VERSIONS: Final = (4, 6)
WITHIN: Final = "within one subnet no route and no network ACL applies"
MOST_ASKED: Final = 100
"""Pairs of subnets that are asked why nothing passes between two zones: nobody reads of more."""
Found = tuple[PortSet, Reasons]


class Conversations:
    """Asks routes, network ACLs and groups of two zones, subnet by subnet: each of one end and each of the other."""

    def __init__(self, gates: Gates, routing: Routing) -> None:
        self._gates = gates
        self._routing = routing

    def between(self, source: Place, target: Place) -> Iterator[Found]:
        """Yield (ports, reasons) of each direct connection."""
        for subnet in source.subnets & target.subnets:
            for sending, receiving in self._within(source, target, subnet):
                for one, other in product(told_once(sending), told_once(receiving)):
                    yield from passing(one, other, (WITHIN,))
        if _is_one_subnet(source, target):
            return
        for version in VERSIONS:
            yield from self._across(source, target, version)

    def _within(self, source: Place, target: Place, subnet: Subnet) -> Iterator[tuple[End, End]]:
        for version in VERSIONS:
            if addresses := family(subnet.addresses, version):
                egress = self._gates.groups(source.groups, "egress", addresses, target.keys)
                ingress = self._gates.groups(target.groups, "ingress", addresses, source.keys)
                yield End(egress, OPEN, OPEN), End(ingress, OPEN, OPEN)

    def _across(self, source: Place, target: Place, version: int) -> Iterator[Found]:
        """Yield what passes between subnets by their routes and network ACLs.

        What a sender's subnet says of the receivers' addresses, and a receiver's of the senders', is asked once for
        each: no subnet is held against every other.
        """
        here, there = _addresses(source, version), _addresses(target, version)
        wanted = NOWHERE.union(*there)
        outward: dict[AddressSet | None, Offers] = defaultdict(lambda: Offers(there))
        for number, stand in enumerate(source.stands) if wanted else ():
            if here[number]:
                for seen_as, said in self._sent(source, stand, target, wanted).items():
                    outward[seen_as].add(number, said)
        for seen_as, offers in outward.items():
            inward = Offers(here, translated=seen_as is not None)
            seen = NOWHERE.union(*here) if seen_as is None else seen_as
            for number, stand in enumerate(target.stands):
                if there[number]:
                    inward.add(number, self._received(source, target, stand, seen, by_group=seen_as is None))
            for out, into, _, _ in joined(offers.made(), inward.made()):
                yield from passing(out.what.side, into.what.side, out.what.route)

    def _sent(
        self, source: Place, stand: Stand, target: Place, wanted: AddressSet
    ) -> Mapping[AddressSet | None, Sequence[Said]]:
        """Return what a sender's subnets let out, by the addresses that the receiver sees instead of theirs."""
        found: dict[AddressSet | None, list[Said]] = defaultdict(list)
        if stand.vpc is not target.vpc and not stand.table.routes:
            return found
        for arrival in self._routing.arrivals(stand.table, stand.vpc, wanted):
            if arrival.vpc is target.vpc or arrival.anywhere:
                egress = self._gates.groups(source.groups, "egress", arrival.addresses, target.keys)
                if any(gate.ports for gate in egress):
                    end = self._sending(egress, stand, arrival)
                    found[arrival.seen_as] += [Said(side, arrival.labels) for side in sides(end)]
        return found

    def _sending(self, egress: tuple[Gate, ...], stand: Stand, arrival: Arrival) -> End:
        there = arrival.addresses
        return End(egress, self._gates.acl(stand.acl, "egress", there), self._gates.acl(stand.acl, "ingress", there))

    def _received(self, source: Place, target: Place, stand: Stand, seen: AddressSet, *, by_group: bool) -> list[Said]:
        keys = source.keys if by_group else frozenset()  # a translated packet carries no group of its sender
        ingress = self._gates.groups(target.groups, "ingress", seen, keys)
        if not any(gate.ports for gate in ingress):
            return []
        return [Said(side, ()) for side in sides(self._receiving(ingress, stand, seen, source))]

    def _receiving(self, ingress: tuple[Gate, ...], stand: Stand, seen: AddressSet, source: Place) -> End:
        gates = self._gates
        returns = tuple(
            (back.addresses, back.labels)
            for back in self._routing.arrivals(stand.table, stand.vpc, seen)
            if back.vpc is source.vpc or back.anywhere
        )
        return End(ingress, gates.acl(stand.acl, "ingress", seen), gates.acl(stand.acl, "egress", seen), returns)

    def why_not(self, source: Place, target: Place) -> Iterator[str]:
        """Yield what each rule on the way lets pass, and what is missing altogether."""
        for one, other in islice(_pairs(source, target), MOST_ASKED):
            ends = list(self._ends(source, one, target, other))
            for sending, receiving in ends:
                yield from _missing((source, one), (target, other), sending, receiving)
            if not ends:
                yield f"route table {one.table.name}: no route to {other.addresses}"

    def _ends(self, source: Place, one: Stand, target: Place, other: Stand) -> Iterator[tuple[End, End]]:
        """Yield what both ends say, by each way."""
        if one.subnets == other.subnets and one.addresses == other.addresses:
            yield from self._within(source, target, one.subnets[0])
            return
        for version in VERSIONS:
            sender, receiver = family(one.addresses, version), family(other.addresses, version)
            if not sender or not receiver:
                continue
            for arrival in self._routing.arrivals(one.table, one.vpc, receiver):
                if arrival.vpc is other.vpc or arrival.anywhere:
                    seen, keys = sender, source.keys
                    if arrival.seen_as is not None:
                        seen, keys = arrival.seen_as, frozenset()
                    egress = self._gates.groups(source.groups, "egress", arrival.addresses, target.keys)
                    ingress = self._gates.groups(target.groups, "ingress", seen, keys)
                    yield self._sending(egress, one, arrival), self._receiving(ingress, other, seen, source)


def _addresses(place: Place, version: int) -> list[AddressSet]:
    return [family(stand.addresses, version) for stand in place.stands]


def _is_one_subnet(source: Place, target: Place) -> bool:
    return len(source.subnets) == 1 and source.subnets == target.subnets


def _pairs(source: Place, target: Place) -> Iterator[tuple[Stand, Stand]]:
    """Yield the ends between which the same rules hold: subnets that share them, one by one where both have them."""
    for one in source.stands:
        for other in target.stands:
            if not set(one.subnets) & set(other.subnets):
                yield one, other
                continue
            for mine in one.subnets:
                for theirs in other.subnets:
                    yield _alone(one, mine), _alone(other, theirs)


def _alone(stand: Stand, subnet: Subnet) -> Stand:
    return stand._replace(subnets=(subnet,), addresses=subnet.addresses)


def _missing(sender: tuple[Place, Stand], receiver: tuple[Place, Stand], sending: End, receiving: End) -> Iterator[str]:
    """Yield the stages that let nothing pass; where each alone lets something pass, what each does."""
    (source, one), (target, other) = sender, receiver
    mine, theirs = one.acl.name, other.acl.name
    groups, their_groups = _names(source), _names(target)
    stages = (
        (f"{groups} egress to {their_groups}", _passing(sending.groups)),
        (f"network ACL {mine} egress to {other.addresses}", _passing(sending.acl)),
        (f"network ACL {theirs} ingress from {one.addresses}", _passing(receiving.acl)),
        (f"{their_groups} ingress from {groups}", _passing(receiving.groups)),
    )
    closed = [name for name, ports in stages if not ports]
    if closed:
        yield from (f"{name}: no rule" for name in closed)
        return
    if receiving.returns == ():
        yield f"route table {other.table.name}: no route for answers to {one.addresses}"
    yield from (f"{name}: {ports} only" for name, ports in stages)
    yield f"answers: network ACL {theirs} egress: {_passing(receiving.answers)}"
    yield f"answers: network ACL {mine} ingress: {_passing(sending.answers)}"


def _passing(gates: tuple[Gate, ...]) -> PortSet:
    found = NOTHING
    for gate in gates:
        found = found.union(gate.ports)
    return found


def _names(place: Place) -> str:
    return f"security group {', '.join(sorted(group.name for group in place.groups))}"
