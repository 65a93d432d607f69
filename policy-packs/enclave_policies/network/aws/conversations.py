"""Direct connections between two zones, and why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws.meeting import OPEN, End, Reasons, meet
from enclave_policies.network.aws.values import family
from enclave_policies.network.ports import NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.elements import Subnet
    from enclave_policies.network.aws.gates import Gate, Gates
    from enclave_policies.network.aws.routing import Arrival, Routing
    from enclave_policies.network.aws.zones import Place, Stand
    from enclave_policies.network.networks import AddressSet

VERSIONS: Final = (4, 6)
WITHIN: Final = "within one subnet no route and no network ACL applies"
Found = tuple[PortSet, Reasons]


class _Side(NamedTuple):
    """One end: a zone, its subnets that share rules, and those of their addresses that are meant."""

    place: Place
    stand: Stand
    addresses: AddressSet


class Conversations:
    """Asks routes, network ACLs and groups for each pair of subnets of two zones."""

    def __init__(self, gates: Gates, routing: Routing) -> None:
        self._gates = gates
        self._routing = routing

    def between(self, source: Place, target: Place) -> Iterator[Found]:
        """Yield (ports, reasons) of each direct connection."""
        for one, other in _pairs(source, target):
            if one.stand.vpc is not other.stand.vpc and not one.stand.table.routes:
                continue
            for sending, receiving, route in self._ends(one, other, only_open=True):
                yield from meet(sending, receiving, route)

    def why_not(self, source: Place, target: Place) -> Iterator[str]:
        """Yield what each rule on the way lets pass, and what is missing altogether."""
        for one, other in _pairs(source, target):
            found = False
            for sending, receiving, _ in self._ends(one, other, only_open=False):
                found = True
                yield from _missing(one, other, sending, receiving)
            if not found:
                yield f"route table {one.stand.table.name}: no route to {other.addresses}"

    def _ends(self, one: _Side, other: _Side, *, only_open: bool) -> Iterator[tuple[End, End, Reasons]]:
        """Yield what both ends say, by each way; if ``only_open``, not where the groups alone let nothing pass."""
        for version in VERSIONS:
            sender, receiver = family(one.addresses, version), family(other.addresses, version)
            if not sender or not receiver:
                continue
            if one.stand.subnets == other.stand.subnets and one.addresses == other.addresses:
                egress = self._gates.groups(one.place.groups, "egress", receiver, other.place.keys)
                ingress = self._gates.groups(other.place.groups, "ingress", sender, one.place.keys)
                yield End(egress, OPEN, OPEN), End(ingress, OPEN, OPEN), (WITHIN,)
                continue
            for arrival in self._routing.arrivals(one.stand.table, one.stand.vpc, receiver):
                if arrival.vpc is other.stand.vpc or arrival.anywhere:
                    yield from self._by(arrival, one._replace(addresses=sender), other, only_open=only_open)

    def _by(self, arrival: Arrival, one: _Side, other: _Side, *, only_open: bool) -> Iterator[tuple[End, End, Reasons]]:
        seen, keys = one.addresses, one.place.keys
        if arrival.seen_as is not None:  # translated: the receiver sees another address, and no group of the sender
            seen, keys = arrival.seen_as, frozenset()
        gates, there = self._gates, arrival.addresses
        egress = gates.groups(one.place.groups, "egress", there, other.place.keys)
        ingress = gates.groups(other.place.groups, "ingress", seen, keys)
        if only_open and not (any(gate.ports for gate in egress) and any(gate.ports for gate in ingress)):
            return
        mine, theirs = one.stand.acl, other.stand.acl
        sending = End(egress, gates.acl(mine, "egress", there), gates.acl(mine, "ingress", there))
        returns = tuple(
            (back.addresses, back.labels)
            for back in self._routing.arrivals(other.stand.table, other.stand.vpc, seen)
            if back.vpc is one.stand.vpc or back.anywhere
        )
        receiving = End(ingress, gates.acl(theirs, "ingress", seen), gates.acl(theirs, "egress", seen), returns)
        yield sending, receiving, arrival.labels


def _pairs(source: Place, target: Place) -> Iterator[tuple[_Side, _Side]]:
    """Yield the ends between which the same rules hold: subnets that share them, one by one where both have them."""
    for one in source.stands:
        for other in target.stands:
            if not set(one.subnets) & set(other.subnets):
                yield _Side(source, one, one.addresses), _Side(target, other, other.addresses)
                continue
            for mine in one.subnets:
                for theirs in other.subnets:
                    yield _alone(source, one, mine), _alone(target, other, theirs)


def _alone(place: Place, stand: Stand, subnet: Subnet) -> _Side:
    return _Side(place, stand._replace(subnets=(subnet,)), subnet.addresses)


def _missing(one: _Side, other: _Side, sending: End, receiving: End) -> Iterator[str]:
    """Yield the stages that let nothing pass; where each alone lets something pass, what each does."""
    mine, theirs = one.stand.acl.name, other.stand.acl.name
    groups, their_groups = _names(one.place), _names(other.place)
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
        yield f"route table {other.stand.table.name}: no route for answers to {one.addresses}"
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
