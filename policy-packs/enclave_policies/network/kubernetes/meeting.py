"""Which pods of a cluster can meet: a few pairs that stand for all, without holding every pod against every other.

What lets a packet through is one rule at each end. All pods that a rule binds are alike to it, and so are all that it
names; so rules are held against rules, each by the sets of pods that it binds and names (see joining), and of each
two that meet one pair of pods is enough to tell the ports and the reasons.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from enclave_policies.network.bits import bits_of, least, numbers_in
from enclave_policies.network.joining import Offer, joined
from enclave_policies.network.kubernetes.index import Labelled
from enclave_policies.network.kubernetes.policies import EGRESS, INGRESS
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from enclave_policies.network.kubernetes.pods import Pod
    from enclave_policies.network.kubernetes.policies import Peer, Policy, Rule, RulePort
    from enclave_policies.network.kubernetes.selectors import Selector
    from enclave_policies.network.kubernetes.ways import Policies

Ports = tuple["RulePort", ...] | None
Meeting = tuple[tuple[int, ...], tuple[int, ...]]
"""Numbers of pods: any of the first meets any of the second."""
Key = TypeVar("Key", bound="Hashable")
ANY_PORT: Final = None


class Crowd:
    """The pods of one cluster by number, as policies see them.

    ``ends``: the end that each belongs to, None for one that is an end of its own.
    """

    def __init__(self, policies: Policies, pods: Sequence[Pod], ends: Sequence[Hashable | None]) -> None:
        self._policies = policies
        self._pods = pods
        self._all = (1 << len(pods)) - 1
        self._host = bits_of(number for number, pod in enumerate(pods) if pod.host_network)
        self._labelled = Labelled(pod.labels for pod in pods)
        self._names = list(policies.namespaces)
        self._spaces = Labelled(policies.namespaces.values())
        self._of_space = _grouped(pod.namespace for pod in pods)
        self._of_addresses = _grouped(pod.addresses for pod in pods)
        self._of_names = _grouped(pod.names for pod in pods)
        self._ends = ends
        self._of_end = _grouped(ends)
        self._alone = self._of_end.pop(None, 0)
        self._kept: dict[Hashable, int] = {}

    def meetings(self) -> Iterator[Meeting]:
        """Yield pairs of pods, each standing for all that the same rules let meet; whoever meets is among them.

        Of ends with many pods, one pod stands for all. Pods that are ends of their own come one by one where they meet
        those of other ends, and all at once among themselves.
        """
        told: set[Meeting] = set()
        for out, into, sources, targets in joined(self._offers(EGRESS), self._offers(INGRESS)):
            by_names = _asks_names(out.what) or _asks_names(into.what)
            if not by_names and not _ports(out.what).intersect(_ports(into.what)):
                continue
            for group in self._by_names(targets) if by_names else (targets,):
                new = [one for one in self._met(sources, group) if one not in told]
                told.update(new)
                yield from new

    def _met(self, sources: int, targets: int) -> Iterator[Meeting]:
        """Yield what stands for all pairs of two sets."""
        here, there = list(self._standing(sources)), list(self._standing(targets))
        alone, others_alone = tuple(numbers_in(sources & self._alone)), tuple(numbers_in(targets & self._alone))
        yield from (((one,), (other,)) for one in here for other in (*there, *others_alone))
        yield from (((one,), (other,)) for one in alone for other in there)
        if alone and others_alone:
            yield alone, others_alone

    def _standing(self, pods: int) -> Iterator[int]:
        """Yield one pod of each end that is among some pods, none of those that are ends of their own."""
        if pods.bit_count() <= len(self._of_end):
            first = {self._ends[number]: number for number in reversed([*numbers_in(pods & ~self._alone)])}
            yield from first.values()
            return
        for end in self._of_end.values():
            if both := pods & end:
                yield least(both)

    def _by_names(self, pods: int) -> Iterator[int]:
        yield from (both for group in self._of_names.values() if (both := pods & group))

    def _offers(self, direction: str) -> list[Offer[Ports]]:
        """Return what rules of a direction say, and what passes where no rule is asked (see Policies.ways)."""
        bound: dict[int, list[int]] = defaultdict(list)
        closed = []
        numbers = {id(policy): number for number, policy in enumerate(self._policies.policies)}
        for number, pod in enumerate(self._pods):
            binding = [] if pod.host_network else self._policies.binding(pod, direction)
            if any(answer is True and policy.reliable for policy, answer in binding):
                closed.append(number)
                for policy, _ in binding:
                    bound[numbers[id(policy)]].append(number)
        kept_shut = bits_of(closed)
        found: dict[tuple[Ports, int], int] = defaultdict(int)
        found[ANY_PORT, self._all] = self._all & ~kept_shut
        if self._host:
            found[ANY_PORT, self._host] |= kept_shut
        for number, pods in bound.items():
            policy = self._policies.policies[number]
            mine = bits_of(pods)
            for rule in policy.rules[direction]:
                found[rule.ports, self._named(rule, policy) & ~self._host] |= mine
        return [Offer(ports, mine, named) for (ports, named), mine in found.items() if mine and named]

    def _named(self, rule: Rule, policy: Policy) -> int:
        """Return the pods that a rule names, or may name."""
        if rule.peers is None:
            return self._all
        named = 0
        for peer in rule.peers:
            own = policy.namespace if peer.namespaces is None and peer.block is None else None
            named |= self._once((peer, own), partial(self._meant, peer, own))
        return named

    def _meant(self, peer: Peer, own: object) -> int:
        """As Policies.names, for all pods at once: those for which it does not say no."""
        by_block = 0
        if peer.block is not None:
            for addresses, pods in self._of_addresses.items():
                by_block |= pods if peer.block.intersect(addresses) else 0
            if peer.namespaces is None:
                return by_block
        spaces = self._within(own) if peer.namespaces is None else self._in_spaces(peer.namespaces)
        return by_block | (spaces & self._selected(peer.pods))

    def _within(self, own: object) -> int:
        return self._of_space.get(own, 0) if isinstance(own, str) else self._all

    def _in_spaces(self, selector: Selector) -> int:
        def find() -> int:
            if selector.known and not selector.requirements:
                return self._all
            found = 0
            for number in self._spaces.selected(selector):
                found |= self._of_space.get(self._names[number], 0)
            return found

        return self._once(("spaces", selector), find)

    def _selected(self, selector: Selector) -> int:
        if selector.known and not selector.requirements:
            return self._all
        return self._once(("pods", selector), lambda: bits_of(self._labelled.selected(selector)))

    def _once(self, key: Hashable, find: Callable[[], int]) -> int:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = find()
        return found


def _grouped(keys: Iterable[Key]) -> dict[Key, int]:
    """Return the numbers of equal things together, as sets."""
    found: dict[Key, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        found[key].append(number)
    return {key: bits_of(numbers) for key, numbers in found.items()}


def _asks_names(ports: Ports) -> bool:
    """Return whether ports depend on what the pods at the packets' end call theirs."""
    return any(port.name is not None for port in ports or ())


def _ports(ports: Ports) -> PortSet:
    if ports is None:
        return EVERYTHING
    whole = NOTHING
    for port in ports:
        whole = whole.union(port.on(None))
    return whole
