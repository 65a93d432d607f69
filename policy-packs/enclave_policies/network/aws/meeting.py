"""How the rules of two ends meet: what both let pass, the answers included, as hops with every rule that did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws.gates import EPHEMERAL, Gate, label_of
from enclave_policies.network.aws.pieces import cut
from enclave_policies.network.aws.values import common, overlap, without
from enclave_policies.network.bits import numbers_in
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.path import CHOSEN
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

TCP: Final = PortSet.of("tcp")
ASKED_FROM: Final = TCP
"""The ports that somebody may choose to ask from, and answers go to."""
OPEN: Final = (Gate(ANYWHERE, EVERYTHING, ((EVERYTHING, ""),)),)
"""An end that nobody filters; an empty label says nothing."""
Reasons = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """What one end says of the other's addresses: its group, its network ACL for requests and for answers.

    ``returns`` are the routes by which answers leave, as (addresses, labels); None where no route is needed.
    """

    groups: tuple[Gate, ...]
    acl: tuple[Gate, ...]
    answers: tuple[Gate, ...]
    returns: tuple[tuple[AddressSet, Reasons], ...] | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One piece of the addresses that an end speaks of, with the one gate of each kind that covers it."""

    area: AddressSet
    group: Gate
    acl: Gate
    answers: Gate
    returns: Reasons | None

    @property
    def ports(self) -> PortSet:
        """The ports that both the groups and the network ACL let pass."""
        return common(self.group.ports, self.acl.ports)

    @property
    def meaning(self) -> Hashable:
        """What it lets pass, whatever its rules are called: sides that mean the same meet the same others."""
        ports = tuple(tuple(ports for ports, _ in gate.choices) for gate in (self.group, self.acl))
        return ports, self.answers.ports, self.returns is None

    @property
    def labels(self) -> tuple[Reasons, ...]:
        """What its rules are called."""
        return tuple(tuple(label for _, label in gate.choices) for gate in (self.group, self.acl, self.answers))


def meet(source: End, target: End, route: Reasons) -> Iterator[tuple[PortSet, Reasons]]:
    """Yield (ports, reasons in the packets' order) of every connection that both ends let pass."""
    there = sides(target)
    for one in sides(source):
        for other in there:
            yield from passing(one, other, route)


def passing(one: Side, other: Side, route: Reasons) -> Iterator[tuple[PortSet, Reasons]]:
    """Yield what passes from one side to the other.

    A TCP connection needs one port to which the answers pass both ways, and a route for them; any other protocol leaks
    by its first packet. Ordinary clients ask from an ephemeral port; whoever wants to, from any.
    """
    ports = common(one.ports, other.ports)
    if not ports:
        return
    shared = common(common(one.answers.ports, other.answers.ports), ASKED_FROM)
    ordinary = common(shared, EPHEMERAL)
    answered = bool(shared) and other.returns is not None
    answers: Reasons = ()
    if answered:
        port = dict((ordinary or shared).by_protocol)["tcp"][0][0]
        way = (label_of(other.answers, "tcp", port), *(other.returns or ()), label_of(one.answers, "tcp", port))
        answers = (*(f"answers: {label}" for label in way if label), *(() if ordinary else (CHOSEN,)))
    stages = (one.group.choices, one.acl.choices, other.acl.choices, other.group.choices)
    for through, labels in _choices(stages, ports):
        before, after = labels[:1], labels[1:]
        begin = tuple(label for label in (*before, *route, *after) if label)
        tcp, rest = common(through, TCP), without(through, TCP)
        if tcp and answered:
            yield tcp, (*begin, *answers)
        if rest:
            yield rest, begin


def sides(end: End) -> list[Side]:
    """Return what an end says, piece by piece."""
    found = []
    for area, group, acl, answers in _overlaid(end):
        if end.returns is None:
            found.append(Side(area, group, acl, answers, ()))
            continue
        rest = area
        for addresses, labels in end.returns:
            if overlap(area, addresses):
                found.append(Side(area.intersect(addresses), group, acl, answers, labels))
                rest = rest.minus(addresses)
        if rest:
            found.append(Side(rest, group, acl, answers, None))
    return found


def told_once(end: End) -> list[Side]:
    """Return what an end says, of sides that mean the same the one whose rules come first, whomever it is said of."""
    found: dict[Hashable, Side] = {}
    for side in sorted(sides(end), key=lambda side: side.labels):
        found.setdefault(side.meaning, side)
    return list(found.values())


def _overlaid(end: End) -> Iterator[tuple[AddressSet, Gate, Gate, Gate]]:
    """Yield every piece that one gate of each kind covers, and these; nearly always there is one of each."""
    kinds = (end.groups, end.acl, end.answers)
    gates = [gate for kind in kinds for gate in kind]
    if len(gates) == len(kinds) and len({gate.addresses for gate in gates}) == 1:
        yield gates[0].addresses, gates[0], gates[1], gates[2]
        return
    for area, inside in cut(ANYWHERE, [gate.addresses for gate in gates]):
        covering = [gates[number] for number in numbers_in(inside)]
        if len(covering) == len(kinds):
            yield area, covering[0], covering[1], covering[2]


def _choices(stages: Iterable[tuple[tuple[PortSet, str], ...]], ports: PortSet) -> list[tuple[PortSet, Reasons]]:
    """Return every way through all stages with the ports that take it."""
    found: list[tuple[PortSet, Reasons]] = [(ports, ())]
    for stage in stages:
        found = [
            (both, (*labels, label))
            for before, labels in found
            for passing, label in stage
            if (both := common(before, passing)) != NOTHING
        ]
    return found
