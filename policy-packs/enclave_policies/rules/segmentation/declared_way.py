"""SEG-002: packets go the declared ways only."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from enclave_policies.network.graph import end_of
from enclave_policies.network.intent import ELSEWHERE, INTERNET, OUTSIDE
from enclave_policies.network.network import network_in
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.ports import NOTHING, PortSet
from enclave_policies.reading.finding import Step
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant, steps
from enclave_policies.rules.segmentation.resolver import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.network.aws.passing_on import PassedOn
    from enclave_policies.network.graph import Graph
    from enclave_policies.network.intent import Intent
    from enclave_policies.network.path import Hop
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

RESOLVER: Final = re.compile(r"/\(namespace kube-system, pods (?:[^)]*, )?k8s-app=kube-dns[,)]")
"""The cluster's own resolver, which every segment may ask, and which must not ask on outside the site."""
DECLARED: Final = "ways"
"""The input that says what is declared."""
QUESTIONS: Final = PortSet.from_mapping({"tcp": [(53, 53)], "udp": [(53, 53)]})


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Compare every direct connection of the stack with what is declared; ports beyond are refused, with the rules."""
    if (intent := meant(reading, stack)) is None:
        return
    graph = network_in(stack).graph
    seen: set[tuple[str, str, str]] = set()
    for source, hops in sorted(graph.hops.items()):
        for hop in hops:
            if _is_as_for_the_internet(graph, hop):
                continue
            beyond = _beyond(intent, hop)
            key = (source, hop.target, str(beyond))
            if beyond and key not in seen:
                seen.add(key)
                yield rule.finding(
                    reading,
                    f"declares no path for what gets through, {source} -> {hop.target} on {beyond}",
                    at=DECLARED,
                    steps=steps([hop]),
                )
    for problem, path in _passed_on(network_in(stack).passed_on, intent, graph):
        yield rule.finding(reading, problem, at=DECLARED, steps=path)


def _passed_on(passed: Sequence[PassedOn], intent: Intent, graph: Graph) -> Iterator[tuple[str, list[Step]]]:
    """Tell what load balancers pass on that nobody declares: a balancer decides nothing about who asks it.

    Those outside who may ask one at all have the balancer's own segment declared, as their entry.
    """
    inside = NOWHERE.union(*intent.networks.values())
    into: dict[str, list[Hop]] = {}
    for hop in (hop for hops in graph.hops.values() for hop in hops):
        into.setdefault(hop.target, []).append(hop)
    for one in passed:
        here, there = ({end_of(place.zone) for place in places} for places in (one.standing, one.targets))
        if stray := one.addresses.minus(inside):
            path = [Step(by, str(stray), str(one.listened), (str(one),)) for by in sorted(here)]
            yield f"declares no path to {stray}, an address of no segment", path
        for by in sorted(here):
            asking = {hop.source for hop in into.get(by, ()) if hop.ports.intersect(one.listened)} - {by, *OUTSIDE}
            for source, target in sorted(product(asking & intent.networks.keys(), there - {by})):
                if source != target and not intent.declared(source, target):
                    asked = steps(hop for hop in into[by] if hop.source == source and hop.ports.intersect(one.listened))
                    path = [*islice(asked, 1), Step(by, target, str(one.listened), (str(one),))]
                    yield f"declares no path {source} -> {target} for what is passed on", path


def _beyond(intent: Intent, hop: Hop) -> PortSet:
    """Return the ports of a connection that nobody declares.

    What is no segment of the enclave may talk among itself (a place that should be one is refused by SEG-001), but for
    the resolver: what it asks outside, it asks for every segment. API servers it needs, at private addresses.
    """
    if hop.source in intent.networks or hop.target in intent.networks:
        beyond = hop.ports.minus(intent.declared(hop.source, hop.target))
        return beyond.minus(QUESTIONS) if RESOLVER.search(hop.target) else beyond
    if hop.target not in OUTSIDE or not RESOLVER.search(hop.source):
        return NOTHING
    return hop.ports if hop.target == INTERNET else hop.ports.intersect(NAMES)


def _is_as_for_the_internet(graph: Graph, hop: Hop) -> bool:
    """Return whether private addresses pass just as those of the internet do: then one finding tells enough."""
    if ELSEWHERE not in (hop.source, hop.target):
        return False
    source, target = (INTERNET if end == ELSEWHERE else end for end in (hop.source, hop.target))
    return any((one.ports, one.because) == (hop.ports, hop.because) for one in graph.direct(source, target))


rule = StackRule(
    id="SEG-002",
    name="declared-way",
    title="Packets go the declared ways only.",
    severity="high",
    remedy="close the rule that opens it, or declare the path",
    check=check,
    package="enclave",
    placing=False,
)
