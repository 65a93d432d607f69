"""NetworkPolicies, read once: whom they bind, and what each of their rules lets through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.network.kubernetes.pods import whole_number
from enclave_policies.network.kubernetes.selectors import EVERY_OBJECT, Selector
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import EVERYTHING, NOTHING, PortSet
from enclave_policies.resources.unknown import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.kubernetes.pods import Pod

PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
INGRESS, EGRESS = "ingress", "egress"
TYPES: Final = {"Ingress": INGRESS, "Egress": EGRESS}
PEERS: Final = {INGRESS: "from", EGRESS: "to"}


@dataclass(frozen=True, slots=True)
class Peer:
    """One entry of ``from`` or ``to``: a block of addresses, or selectors; UNKNOWN parts may mean anyone."""

    block: AddressSet | None = None
    namespaces: Selector | None = None
    pods: Selector = EVERY_OBJECT


class RulePort(NamedTuple):
    """Ports of one protocol: a range, those that pods call by a name, or both None for all of them."""

    protocol: str
    first: int | None = None
    last: int | None = None
    name: str | None = None

    def on(self, target: Pod | None) -> PortSet:
        """Return the ports that this means at a target; None stands for one outside, where names mean nothing."""
        protocol = self.protocol.lower()
        if self.name is not None:
            return NOTHING if target is None else target.named(self.name, protocol)
        if self.first is None or self.last is None:
            return PortSet.of(protocol)
        return PortSet.of(protocol, (self.first, self.last))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, counted from 1 as people do; None: any peer, or any port of any protocol."""

    number: int
    peers: tuple[Peer, ...] | None
    ports: tuple[RulePort, ...] | None

    def on(self, target: Pod | None) -> PortSet:
        """Return the ports that it lets through to a target."""
        if self.ports is None:
            return EVERYTHING
        whole = NOTHING
        for port in self.ports:
            whole = whole.union(port.on(target))
        return whole


@dataclass(frozen=True, slots=True)
class Policy:
    """A NetworkPolicy; ``rules`` has a direction only where the policy restricts it.

    ``reliable``: nothing that it restricts is still to be known; if not, it is not counted on to close anything.
    """

    namespace: str | Unknown
    name: str
    pods: Selector
    rules: Mapping[str, tuple[Rule, ...]]
    reliable: bool = True
    problems: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        """Return what it is called in messages."""
        return f"NetworkPolicy {'?' if self.namespace is UNKNOWN else self.namespace}/{self.name}"


def read_policy(found: KubernetesObject, namespace: str | Unknown, name: str) -> Policy:
    """Return the policy of an object; what it does not say yet lets through, and is told among the problems.

    Source: Kubernetes API reference, NetworkPolicySpec; where ``policyTypes`` is absent or empty the API server sets
    Ingress, and Egress if there is a rule of that direction.
    """
    spec = found.spec
    if spec is UNKNOWN:
        everything = (Rule(1, None, None),)
        rules = {INGRESS: everything, EGRESS: everything}
        return Policy(
            namespace, name, Selector(known=False), rules, reliable=False, problems=("its spec is not known",)
        )
    problems: list[str] = []
    types = entries(spec.get("policyTypes")) or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    known_types = [TYPES[kind] for kind in types if isinstance(kind, str) and kind in TYPES]
    unknown_types = len(known_types) < len(types)
    if unknown_types:
        problems.append("its policyTypes are not known")
    directions = list(PEERS) if unknown_types else known_types
    selector = Selector.read(spec.get("podSelector", {}) or {})
    if not selector.known:
        problems.append("its podSelector is not known")
    read = {direction: tuple(_rules(spec.get(direction), direction, problems)) for direction in directions}
    reliable = not unknown_types and not found.patch
    return Policy(namespace, name, selector, read, reliable=reliable, problems=tuple(dict.fromkeys(problems)))


def _rules(given: Any, direction: str, problems: list[str]) -> Iterator[Rule]:
    for number, entry in enumerate(entries(given), start=1):
        where = f"its {direction} rule {number}"
        if not isinstance(entry, dict):
            problems.append(f"{where} is not known")
            yield Rule(number, None, None)
            continue
        peers, ports = entries(entry.get(PEERS[direction])), entries(entry.get("ports"))
        yield Rule(
            number,
            tuple(_peer(peer, where, problems) for peer in peers) or None,
            tuple(one for port in ports for one in _port(port, where, problems)) or None,
        )


def _peer(given: Any, where: str, problems: list[str]) -> Peer:
    if isinstance(given, dict):
        parts = {name: given.get(name) for name in ("ipBlock", "namespaceSelector", "podSelector")}
        told = {name: part for name, part in parts.items() if part is not None}
        if set(told) == {"ipBlock"}:
            return _block(told["ipBlock"], where, problems)
        if told and "ipBlock" not in told:
            spaces = told.get("namespaceSelector")
            peer = Peer(
                None, None if spaces is None else Selector.read(spaces), Selector.read(told.get("podSelector", {}))
            )
            if not peer.pods.known or not (peer.namespaces is None or peer.namespaces.known):
                problems.append(f"{where} has a selector that is not known")
            return peer
    problems.append(f"{where} has a peer that is not known")
    return Peer(ANYWHERE, EVERY_OBJECT, EVERY_OBJECT)


def _block(given: Any, where: str, problems: list[str]) -> Peer:
    block = mapping(given)
    excepted = [] if block is UNKNOWN else entries(block.get("except"))
    try:
        if block is not UNKNOWN and isinstance(block.get("cidr"), str):
            without = AddressSet.of(*(one for one in excepted if isinstance(one, str)))
            if not all(isinstance(one, str) for one in excepted):
                problems.append(f"{where} has an exception that is not known")
            return Peer(AddressSet.of(block["cidr"]).minus(without))
    except ValueError as error:
        problems.append(f"{where}: {error}")
    else:
        problems.append(f"{where} has a block of addresses that is not known")
    return Peer(ANYWHERE)


def _port(given: Any, where: str, problems: list[str]) -> Iterator[RulePort]:
    """Yield what an entry of ``ports`` means; every port where the API server would refuse it or it is not known."""
    protocol = given.get("protocol", "TCP") or "TCP" if isinstance(given, dict) else UNKNOWN
    if protocol not in PROTOCOLS:
        problems.append(f"{where} has a protocol that is not known")
        yield from (RulePort(name) for name in PROTOCOLS)
        return
    port, end = given.get("port"), given.get("endPort")
    first, last = whole_number(port), whole_number(port if end is None else end)
    if port is None and end is None:
        yield RulePort(protocol)
    elif isinstance(port, str) and end is None:
        yield RulePort(protocol, name=port)
    elif first is not None and last is not None and first <= last:
        yield RulePort(protocol, first, last)
    else:
        problems.append(f"{where} has a port that is not known, or a range that is reversed or has no beginning")
        yield RulePort(protocol)
