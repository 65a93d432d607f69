"""Direct connections between two zones, and why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws.meeting import OPEN, End, Reasons, meet
from enclave_policies.network.aws.values import family
from enclave_policies.network.ports import NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.elements import Group, Subnet, Vpc
    from enclave_policies.network.aws.gates import Gate, Gates
    from enclave_policies.network.aws.routing import Arrival, Routing
    from enclave_policies.network.aws.zones import Place, Stand
    from enclave_policies.network.networks import AddressSet

VERSIONS: Final = (4, 6)
WITHIN: Final = "within one subnet no route and no network ACL applies"
Found = tuple[PortSet, Reasons]


class Conversations:
    """Asks routes, network ACLs and groups for each pair of subnets of two zones."""

    def __init__(self, gates: Gates, routing: Routing) -> None:
        self._gates = gates
        self._routing = routing

    def between(self, source: Place, target: Place) -> Iterator[Found]:
        """Yield (ports, reasons) of each direct connection."""
        for _, _, ends in self._pairs(source, target):
            for sending, receiving, route in ends:
                yield from meet(sending, receiving, route)

    def why_not(self, source: Place, target: Place) -> Iterator[str]:
        """Yield what each rule on the way lets pass, and what is missing altogether."""
        for one, other, ends in self._pairs(source, target):
            found = False
            for sending, receiving, _ in ends:
                found = True
                yield from _missing(source, target, one, other, sending, receiving)
            if not found:
                yield f"route table {one.table.name}: no route from {source.zone} to {other.addresses}"

    def _pairs(self, source: Place, target: Place) -> Iterator[tuple[Stand, Stand, Iterator[tuple[End, End, Reasons]]]]:
        for one in source.stands:
            for other in target.stands:
                shared = set(one.subnets) & set(other.subnets)
                if not shared:
                    if one.vpc is other.vpc or one.table.routes:
                        yield one, other, self._across(source, one, one.addresses, target, other, other.addresses)
                    else:
                        yield one, other, iter(())
                    continue
                for subnet in one.subnets:
                    for neighbour in other.subnets:
                        if subnet is neighbour:
                            yield one, other, self._within(source, target, subnet)
                        else:
                            yield (
                                one,
                                other,
                                self._across(source, one, subnet.addresses, target, other, neighbour.addresses),
                            )

    def _within(self, source: Place, target: Place, subnet: Subnet) -> Iterator[tuple[End, End, Reasons]]:
        sending = End(self._groups(source.groups, "egress", subnet.addresses, target.keys), OPEN, OPEN)
        receiving = End(self._groups(target.groups, "ingress", subnet.addresses, source.keys), OPEN, OPEN)
        yield sending, receiving, (WITHIN,)

    def _across(
        self, source: Place, one: Stand, begin: AddressSet, target: Place, other: Stand, end: AddressSet
    ) -> Iterator[tuple[End, End, Reasons]]:
        for version in VERSIONS:
            sender, receiver = family(begin, version), family(end, version)
            if not sender or not receiver:
                continue
            for arrival in self._routing.arrivals(one.table, one.vpc, receiver):
                if arrival.vpc is other.vpc or arrival.anywhere:
                    yield self._ends(source, one, sender, target, other, arrival)

    def _ends(
        self, source: Place, one: Stand, sender: AddressSet, target: Place, other: Stand, arrival: Arrival
    ) -> tuple[End, End, Reasons]:
        seen, keys = sender, source.keys
        if arrival.seen_as is not None:  # translated: the receiver sees another address, and no group of the sender
            seen, keys = arrival.seen_as, frozenset()
        sending = End(
            self._groups(source.groups, "egress", arrival.addresses, target.keys),
            self._gates.acl(one.acl, "egress", arrival.addresses),
            self._gates.acl(one.acl, "ingress", arrival.addresses),
        )
        receiving = End(
            self._groups(target.groups, "ingress", seen, keys),
            self._gates.acl(other.acl, "ingress", seen),
            self._gates.acl(other.acl, "egress", seen),
            self._returns(other, seen, one.vpc),
        )
        return sending, receiving, arrival.labels

    def _returns(self, other: Stand, seen: AddressSet, vpc: Vpc) -> tuple[tuple[AddressSet, Reasons], ...]:
        return tuple(
            (back.addresses, back.labels)
            for back in self._routing.arrivals(other.table, other.vpc, seen)
            if back.vpc is vpc or back.anywhere
        )

    def _groups(
        self, groups: frozenset[Group], direction: str, wanted: AddressSet, peers: frozenset[str]
    ) -> tuple[Gate, ...]:
        return self._gates.groups(groups, direction, wanted, peers)


def _missing(source: Place, target: Place, one: Stand, other: Stand, sending: End, receiving: End) -> Iterator[str]:
    """Yield the stages that let nothing pass; where each alone lets something pass, what each does."""
    stages = (
        (f"{_names(source)} egress to {_names(target)}", _passing(sending.groups)),
        (f"network ACL {one.acl.name} egress to {other.addresses}", _passing(sending.acl)),
        (f"network ACL {other.acl.name} ingress from {one.addresses}", _passing(receiving.acl)),
        (f"{_names(target)} ingress from {_names(source)}", _passing(receiving.groups)),
    )
    closed = [name for name, ports in stages if not ports]
    if closed:
        yield from (f"{name}: no rule" for name in closed)
        return
    if receiving.returns == ():
        yield f"route table {other.table.name}: no route for answers to {one.addresses}"
    yield from (f"{name}: {ports} only" for name, ports in stages)
    yield f"answers: network ACL {other.acl.name} egress: {_passing(receiving.answers)}"
    yield f"answers: network ACL {one.acl.name} ingress: {_passing(sending.answers)}"


def _passing(gates: tuple[Gate, ...]) -> PortSet:
    found = NOTHING
    for gate in gates:
        found = found.union(gate.ports)
    return found


def _names(place: Place) -> str:
    return f"security group {', '.join(sorted(group.name for group in place.groups))}"
