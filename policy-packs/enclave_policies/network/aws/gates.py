"""What security groups and network ACLs let pass towards a set of addresses, piece by piece and rule by rule."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws.pieces import cut
from enclave_policies.network.aws.values import common, either, overlap, without
from enclave_policies.network.bits import numbers_in
from enclave_policies.network.path import UNDETERMINED
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet

if TYPE_CHECKING:
    from enclave_policies.network.aws.elements import Acl, Entry, Group, Rule
    from enclave_policies.network.networks import AddressSet

EPHEMERAL: Final = PortSet.of("tcp", (1024, 65535))
"""The ports that answers to ordinary clients go to (Amazon VPC user guide, "Ephemeral ports")."""
Choices = tuple[tuple[PortSet, str], ...]


class Gate(NamedTuple):
    """Addresses that get one answer: the ports that pass, and each rule with the ports that it is the first for."""

    addresses: AddressSet
    ports: PortSet
    choices: Choices


class Gates:
    """Asks groups and ACLs, and keeps what they said."""

    def __init__(self) -> None:
        self._groups: dict[tuple[frozenset[Group], str, AddressSet, frozenset[str]], tuple[Gate, ...]] = {}
        self._acls: dict[tuple[Acl, str, AddressSet], tuple[Gate, ...]] = {}

    def groups(
        self, groups: frozenset[Group], direction: str, wanted: AddressSet, peers: frozenset[str]
    ) -> tuple[Gate, ...]:
        """Return what hosts with some groups may send (egress) or get (ingress); ``peers``: their groups' keys."""
        key = (groups, direction, wanted, peers)
        if key not in self._groups:
            rules = [
                rule
                for group in sorted(groups, key=lambda group: group.key)
                for rule in getattr(group, direction)
                if rule.groups & peers or overlap(rule.addresses, wanted)
            ]
            rules.sort(key=lambda rule: rule.label.startswith(UNDETERMINED))
            everywhere = [wanted if rule.groups & peers else rule.addresses for rule in rules]
            self._groups[key] = tuple(
                _group_gate([rules[number] for number in numbers_in(inside)], piece)
                for piece, inside in cut(wanted, everywhere)
            )
        return self._groups[key]

    def acl(self, acl: Acl, direction: str, wanted: AddressSet) -> tuple[Gate, ...]:
        """Return what a network ACL lets pass from (ingress) or to (egress) some addresses."""
        key = (acl, direction, wanted)
        if key not in self._acls:
            relevant = [entry for entry in getattr(acl, direction) if overlap(entry.addresses, wanted)]
            self._acls[key] = tuple(
                _acl_gate([relevant[number] for number in numbers_in(inside)], piece)
                for piece, inside in cut(wanted, [entry.addresses for entry in relevant])
            )
        return self._acls[key]


def _group_gate(rules: list[Rule], piece: AddressSet) -> Gate:
    passing: list[tuple[PortSet, str]] = []
    allowed = NOTHING
    for rule in rules:
        new = without(rule.ports, allowed)
        if new:
            passing.append((new, rule.label))
            allowed = either(allowed, new)
    return Gate(piece, allowed, tuple(passing))


def _acl_gate(entries: list[Entry], piece: AddressSet) -> Gate:
    passing: list[tuple[PortSet, str]] = []
    rest = EVERYTHING
    for entry in entries:
        matched = common(entry.ports, rest)
        if entry.allow and matched:
            passing.append((matched, entry.label))
        rest = without(rest, matched)
        if not rest:
            break
    return Gate(piece, reduce(either, (ports for ports, _ in passing), NOTHING), tuple(passing))


def label_of(gate: Gate, protocol: str, port: int) -> str:
    """Return the rule by which one port passes."""
    return next(label for ports, label in gate.choices if ports.has(protocol, port))
