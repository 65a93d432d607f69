"""What security groups and network ACLs let pass towards a set of addresses, piece by piece and rule by rule."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws.pieces import cut
from enclave_policies.network.aws.values import common, either, without
from enclave_policies.network.bits import bits_of, numbers_in
from enclave_policies.network.indexed import Indexed
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
        self._rules: dict[tuple[frozenset[Group], str], _Rules] = {}
        self._entries: dict[tuple[Acl, str], Indexed[Entry]] = {}
        self._groups: dict[tuple[_Rules, AddressSet, int], tuple[Gate, ...]] = {}
        self._acls: dict[tuple[Acl, str, AddressSet], tuple[Gate, ...]] = {}

    def groups(
        self, groups: frozenset[Group], direction: str, wanted: AddressSet, peers: frozenset[str]
    ) -> tuple[Gate, ...]:
        """Return what hosts with some groups may send (egress) or get (ingress); ``peers``: their groups' keys."""
        rules = self._of_groups(groups, direction)
        named = rules.naming(peers)  # whom no rule names by a group gets the same answer
        key = (rules, wanted, named)
        if key not in self._groups:
            self._groups[key] = rules.gates(wanted, named)
        return self._groups[key]

    def acl(self, acl: Acl, direction: str, wanted: AddressSet) -> tuple[Gate, ...]:
        """Return what a network ACL lets pass from (ingress) or to (egress) some addresses."""
        key = (acl, direction, wanted)
        if key not in self._acls:
            entries = self._of_acl(acl, direction)
            relevant = entries.at(entries.meeting(wanted))
            self._acls[key] = tuple(
                _acl_gate([relevant[number] for number in numbers_in(inside)], piece)
                for piece, inside in cut(wanted, [entry.addresses for entry in relevant])
            )
        return self._acls[key]

    def _of_groups(self, groups: frozenset[Group], direction: str) -> _Rules:
        if (groups, direction) not in self._rules:
            self._rules[groups, direction] = _Rules(groups, direction)
        return self._rules[groups, direction]

    def _of_acl(self, acl: Acl, direction: str) -> Indexed[Entry]:
        if (acl, direction) not in self._entries:
            self._entries[acl, direction] = Indexed(getattr(acl, direction), attrgetter("addresses"))
        return self._entries[acl, direction]


class _Rules:
    """The rules of some groups one way, by the groups and by the addresses that they name; those in doubt last."""

    def __init__(self, groups: frozenset[Group], direction: str) -> None:
        rules = [rule for group in sorted(groups, key=attrgetter("key")) for rule in getattr(group, direction)]
        rules.sort(key=lambda rule: rule.label.startswith(UNDETERMINED))
        self._rules = Indexed(rules, attrgetter("addresses"))
        naming: dict[str, list[int]] = defaultdict(list)
        for place, rule in enumerate(rules):
            for key in rule.groups:
                naming[key].append(place)
        self._naming = {key: bits_of(places) for key, places in naming.items()}

    def naming(self, peers: frozenset[str]) -> int:
        """Return the rules that name one of some groups by its key, as bits."""
        found = 0
        few, many = (peers, self._naming) if len(peers) < len(self._naming) else (self._naming, peers)
        for key in few:
            if key in many:
                found |= self._naming[key]
        return found

    def gates(self, wanted: AddressSet, named: int) -> tuple[Gate, ...]:
        """Return what they let pass to or from some addresses; those ``named`` do whatever addresses they are."""
        places = list(numbers_in(self._rules.meeting(wanted) | named))
        rules = [self._rules.every[place] for place in places]
        everywhere = [
            wanted if named >> place & 1 else rule.addresses for place, rule in zip(places, rules, strict=True)
        ]
        return tuple(
            _group_gate([rules[number] for number in numbers_in(inside)], piece)
            for piece, inside in cut(wanted, everywhere)
        )


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
