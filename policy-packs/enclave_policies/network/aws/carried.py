"""Connections that a network load balancer carries on, judged by whom its targets see: the client or the balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.aws.conversations import VERSIONS, Found
from enclave_policies.network.aws.gates import EPHEMERAL
from enclave_policies.network.aws.meeting import OPEN, End, meet
from enclave_policies.network.aws.values import common, family
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.network.aws.balancers import Forward
    from enclave_policies.network.aws.elements import Group, Host
    from enclave_policies.network.aws.gates import Gate, Gates
    from enclave_policies.network.aws.zones import Place, Stand
    from enclave_policies.network.ports import PortSet


class Carried:
    """Asks groups and network ACLs about what balancers pass on with their clients' addresses.

    Security groups of targets that name the balancer's own group take such packets; rules that name the client's group
    do not (Elastic Load Balancing, user guide for Network Load Balancers, "Security groups").
    """

    def __init__(self, forwards: Sequence[Forward], places: Iterable[Place], gates: Gates) -> None:
        self._gates = gates
        self._places = list(places)
        self._forwards: dict[str, list[Forward]] = {}
        for forward in forwards:
            self._forwards.setdefault(forward.balancer.urn, []).append(forward)
        self._carrying: dict[str, list[Place]] = {}
        for place in self._places:
            for key in place.keys:
                self._carrying.setdefault(key, []).append(place)
        self._asking: dict[tuple[Host, Stand, PortSet], AddressSet] = {}

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield the places of balancers that keep their clients' addresses, each with those of its targets."""
        for place in self._places:
            targets = dict.fromkeys(one for forward in self.of(place) if forward.keeps for one in forward.places)
            yield from ((place, target) for target in targets)

    def of(self, place: Place) -> list[Forward]:
        """Return what the balancers of a place pass on."""
        urns = dict.fromkeys(host.urn for host in place.hosts)
        return [forward for urn in urns for forward in self._forwards.get(urn, ())]

    def between(self, source: Place, target: Place) -> Iterator[Found]:
        """Yield (ports, reasons) of what balancers of one place pass on to another with clients' addresses."""
        for forward in self.of(source):
            if forward.keeps and target in forward.places:
                for stand in source.stands:
                    yield from self._through(forward, stand, target, self._clients(forward, stand))

    def lost(self, place: Place, clients: AddressSet, ports: PortSet) -> Iterator[str]:
        """Yield what drops clients that ask the balancers of a place on some ports, none where they get through."""
        for forward in self.of(place):
            if forward.keeps and common(forward.listened, ports):
                for target in forward.places:
                    yield from self._dropped(forward, place, target, clients)

    def _dropped(self, forward: Forward, place: Place, target: Place, clients: AddressSet) -> Iterator[str]:
        gates = self._gates
        names = ", ".join(sorted(group.name for group in target.groups))
        let_in = gates.groups(target.groups, "ingress", clients, _keys(forward.balancer.groups))
        stages = [(f"security group {names} ingress", let_in, forward.asked)]
        for other in target.stands:
            if any(_crosses(stand, other) for stand in place.stands):
                acl = f"network ACL {other.acl.name}"
                stages.append((f"{acl} ingress", gates.acl(other.acl, "ingress", clients), forward.asked))
                stages.append((f"answers: {acl} egress", gates.acl(other.acl, "egress", clients), EPHEMERAL))
        for name, passing, ports in dict.fromkeys(stages):
            if shut := clients.minus(_who(passing, ports)):
                yield f"{forward}: {name} has no rule for {shut} on {ports}"

    def _clients(self, forward: Forward, stand: Stand) -> AddressSet:
        """Return the addresses that may ask a balancer on a port of its listener, wherever they come from."""
        key = (forward.balancer, stand, forward.listened)
        if key not in self._asking:
            self._asking[key] = self._asked_by(forward, stand)
        return self._asking[key]

    def _asked_by(self, forward: Forward, stand: Stand) -> AddressSet:
        groups = frozenset(forward.balancer.groups)
        let_in = [_who(self._gates.groups(groups, "ingress", ANYWHERE, frozenset()), forward.listened)]
        named = {key: None for group in groups for rule in group.ingress for key in rule.groups}
        for place in dict.fromkeys(place for key in named for place in self._carrying.get(key, ())):
            own = NOWHERE.union(*(one.addresses for one in place.stands))
            let_in.append(_who(self._gates.groups(groups, "ingress", own, place.keys), forward.listened))
        found = NOWHERE.union(*let_in)
        passing = _who(self._gates.acl(stand.acl, "ingress", found), forward.listened)
        neighbours = found.intersect(stand.addresses)
        return passing.union(neighbours)  # no network ACL stands between hosts of one subnet

    def _through(self, forward: Forward, stand: Stand, target: Place, clients: AddressSet) -> Iterator[Found]:
        groups, keys = frozenset(forward.balancer.groups), _keys(forward.balancer.groups)
        for other in target.stands:
            for version in VERSIONS:
                asking, there = family(clients, version), family(other.addresses, version)
                if not asking or not there:
                    continue
                gates = self._gates
                leaving = gates.groups(groups, "egress", there, target.keys)
                entering = gates.groups(target.groups, "ingress", asking, keys)
                sending, receiving = End(leaving, OPEN, OPEN), End(entering, OPEN, OPEN)
                if _crosses(stand, other):
                    mine, theirs = stand.acl, other.acl
                    sending = End(leaving, gates.acl(mine, "egress", there), gates.acl(mine, "ingress", there))
                    receiving = End(entering, gates.acl(theirs, "ingress", asking), gates.acl(theirs, "egress", asking))
                for ports, because in meet(sending, receiving, (str(forward),)):
                    if carried := common(ports, forward.asked):
                        yield carried, because


def _keys(groups: Iterable[Group]) -> frozenset[str]:
    return frozenset(group.key for group in groups)


def _who(gates: Iterable[Gate], ports: PortSet) -> AddressSet:
    """Return the addresses that some of the ports pass for."""
    return NOWHERE.union(*(gate.addresses for gate in gates if common(gate.ports, ports)))


def _crosses(stand: Stand, other: Stand) -> bool:
    """Return whether network ACLs stand between: within one subnet there are none."""
    return not len(stand.subnets) == len(other.subnets) == len({*stand.subnets, *other.subnets}) == 1
