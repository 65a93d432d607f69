"""How the rules of two ends meet: what both let pass, the answers included, as hops with every rule that did."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws.gates import EPHEMERAL, Gate, label_of
from enclave_policies.network.aws.values import common, overlap, without
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TCP: Final = PortSet.of("tcp")
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
class _Side:
    """One piece of the addresses that an end speaks of, with the one gate of each kind that covers it."""

    group: Gate
    acl: Gate
    answers: Gate
    returns: Reasons | None

    @property
    def ports(self) -> PortSet:
        return common(self.group.ports, self.acl.ports)


def meet(source: End, target: End, route: Reasons) -> Iterator[tuple[PortSet, Reasons]]:
    """Yield (ports, reasons in the packets' order) of every connection that both ends let pass.

    A TCP connection needs one ephemeral port to which the answers pass both ways, and a route for them; any other
    protocol leaks by its first packet.
    """
    here, there = _sides(source), _sides(target)
    for one, other in product(here, there):
        ports = common(one.ports, other.ports)
        if not ports:
            continue
        shared = common(common(one.answers.ports, other.answers.ports), EPHEMERAL)
        answered = bool(shared) and other.returns is not None
        answers: Reasons = ()
        if answered:
            port = dict(shared.by_protocol)["tcp"][0][0]
            way = (label_of(other.answers, "tcp", port), *(other.returns or ()), label_of(one.answers, "tcp", port))
            answers = tuple(f"answers: {label}" for label in way if label)
        stages = (one.group.choices, one.acl.choices, other.acl.choices, other.group.choices)
        for through, labels in _choices(stages, ports):
            before, after = labels[:1], labels[1:]
            begin = tuple(label for label in (*before, *route, *after) if label)
            tcp, rest = common(through, TCP), without(through, TCP)
            if tcp and answered:
                yield tcp, (*begin, *answers)
            if rest:
                yield rest, begin


def permits(end: End) -> list[tuple[PortSet, PortSet]]:
    """Return (group's ports, network ACL's ports) of each piece of an end."""
    return [(side.group.ports, side.acl.ports) for side in _sides(end)]


def _sides(end: End) -> list[_Side]:
    found = []
    for group, acl, answers in product(end.groups, end.acl, end.answers):
        area = _all_three(group.addresses, acl.addresses, answers.addresses)
        if not area:
            continue
        if end.returns is None:
            found.append(_Side(group, acl, answers, ()))
            continue
        rest = area
        for addresses, labels in end.returns:
            if overlap(area, addresses):
                found.append(_Side(group, acl, answers, labels))
                rest = rest.minus(addresses)
        if rest:
            found.append(_Side(group, acl, answers, None))
    return found


def _all_three(one: AddressSet, two: AddressSet, three: AddressSet) -> AddressSet:
    """Return the addresses that all three have; nearly always they are the same."""
    return one if one == two == three else one.intersect(two).intersect(three)


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
