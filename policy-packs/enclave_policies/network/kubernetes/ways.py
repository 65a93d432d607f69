"""What network policies let through at one end of a connection, way by way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from enclave_policies.network.kubernetes.index import Selecting
from enclave_policies.network.kubernetes.policies import EGRESS, INGRESS
from enclave_policies.network.kubernetes.selectors import every
from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.path import IF, PERHAPS
from enclave_policies.network.ports import EVERYTHING
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.network.kubernetes.pods import Pod
    from enclave_policies.network.kubernetes.policies import Peer, Policy, Rule
    from enclave_policies.network.kubernetes.selectors import Answer, Labels
    from enclave_policies.network.ports import PortSet

SIDES: Final = {INGRESS: "into", EGRESS: "out of"}


@dataclass(frozen=True, slots=True)
class Way:
    """Ports that one rule lets through, and why; ``addresses``: of the other end where it is no pod."""

    ports: PortSet
    because: str
    addresses: AddressSet = NOWHERE


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a cluster, and the labels of its namespaces by name."""

    policies: tuple[Policy, ...]
    namespaces: Mapping[str, Labels]
    _selecting: Selecting = field(init=False, repr=False, compare=False)
    _bound: dict[tuple[int, str], tuple[Pod, list[tuple[Policy, Answer]]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _blocks: dict[int, AddressSet] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ports: dict[int, PortSet] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_selecting", Selecting(self.policies))

    def binding(self, pod: Pod, direction: str) -> list[tuple[Policy, Answer]]:
        """Return the policies that restrict a direction of a pod, and those that may restrict it (UNKNOWN)."""
        key = (id(pod), direction)
        if key not in self._bound:
            self._bound[key] = pod, self._binding(pod, direction)  # the pod is kept, so no other gets its id
        return self._bound[key][1]

    def _binding(self, pod: Pod, direction: str) -> list[tuple[Policy, Answer]]:
        near = (self.policies[number] for number in self._selecting.near(pod))
        found = [(policy, _selects(policy, pod)) for policy in near if direction in policy.rules]
        return [(policy, answer) for policy, answer in found if answer is not False]

    def ways(self, pod: Pod, direction: str, other: Pod | AddressSet) -> Iterator[Way]:
        """Yield what may pass between a pod and another end, in one direction of the pod's.

        Source: Kubernetes documentation, Network Policies. A pod that no policy selects for a direction is open that
        way; else it is what any rule of any of them allows. Pods on the host network are not bound (in most network
        plugins), and the node that a pod runs on may always reach it and be reached. What passes beside TCP, UDP and
        SCTP is left to the network plugin there: only rules without ports are counted to let it through.
        """
        outside = other if isinstance(other, AddressSet) else NOWHERE
        side = SIDES[direction]
        binding = self.binding(pod, direction)
        if pod.host_network:
            yield Way(EVERYTHING, f"no policy binds {pod}", outside)
        elif not any(answer is True and policy.reliable for policy, answer in binding):
            yield Way(EVERYTHING, f"no NetworkPolicy closes the ways {side} {pod}{_in_doubt(binding)}", outside)
        elif not isinstance(other, AddressSet) and other.host_network:
            yield Way(EVERYTHING, f"{other} may stand on the node of {pod}, which no policy shuts out")
        else:
            yield from self._ruled(binding, pod, direction, other)

    def _ruled(
        self, binding: list[tuple[Policy, Answer]], pod: Pod, direction: str, other: Pod | AddressSet
    ) -> Iterator[Way]:
        target = pod if direction == INGRESS else None if isinstance(other, AddressSet) else other
        for policy, answer in binding:
            for rule in policy.rules[direction]:
                ports = self._on(rule, target)
                if not ports:
                    continue
                if isinstance(other, AddressSet):
                    if reached := self._reached(rule, other):
                        yield Way(ports, _told(policy, direction, rule, answer), reached)
                    continue
                named = {True} if rule.peers is None else {self.names(peer, policy, other) for peer in rule.peers}
                if named != {False}:
                    because = _told(policy, direction, rule, answer)
                    yield Way(ports, because if True in named else f"{because}{IF}names {other})")

    def _reached(self, rule: Rule, addresses: AddressSet) -> AddressSet:
        """Return which addresses a rule names."""
        if rule.peers is None:
            return addresses
        if id(rule) not in self._blocks:
            self._blocks[id(rule)] = _blocks(rule.peers)
        return self._blocks[id(rule)].intersect(addresses)

    def _on(self, rule: Rule, target: Pod | None) -> PortSet:
        """Return the ports that a rule lets through to a target; asked once where no pod has names for them."""
        if any(port.name is not None for port in rule.ports or ()):
            return rule.on(target)
        if id(rule) not in self._ports:
            self._ports[id(rule)] = rule.on(target)
        return self._ports[id(rule)]

    def names(self, peer: Peer, policy: Policy, pod: Pod) -> Answer:
        """Return whether a peer of a policy's rule is a pod."""
        if peer.block is not None and peer.block.intersect(pod.addresses):
            return True if peer.block.contains(pod.addresses) else UNKNOWN
        if peer.block is not None and peer.namespaces is None:
            return False
        if peer.namespaces is None:
            space = _same_namespace(policy, pod)
        else:
            space = peer.namespaces.matches(self.namespaces[pod.namespace])
        return False if space is False else every((space, peer.pods.matches(pod.labels)))


def _selects(policy: Policy, pod: Pod) -> Answer:
    space = _same_namespace(policy, pod)  # asked first: most policies are of another namespace
    return False if space is False else every((space, policy.pods.matches(pod.labels)))


def _same_namespace(policy: Policy, pod: Pod) -> Answer:
    return UNKNOWN if policy.namespace is UNKNOWN else policy.namespace == pod.namespace


def _blocks(peers: tuple[Peer, ...]) -> AddressSet:
    return NOWHERE.union(*(peer.block for peer in peers if peer.block is not None))


def _told(policy: Policy, direction: str, rule: Rule, selects: Answer) -> str:
    doubt = "" if selects is True else f"{IF}selects them)"
    return f"{policy}, {direction} rule {rule.number}{doubt}"


def _in_doubt(binding: list[tuple[Policy, Answer]]) -> str:
    return f" for sure{PERHAPS}{', '.join(str(policy) for policy, _ in binding)})" if binding else ""
