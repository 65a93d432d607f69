"""SEG-002: packets go the declared ways only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.network.intent import ELSEWHERE, INTERNET, OUTSIDE
from enclave_policies.network.network import network_in
from enclave_policies.network.ports import NOTHING, PortSet
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant, told
from enclave_policies.rules.segmentation.resolver import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.graph import Graph
    from enclave_policies.network.intent import Intent
    from enclave_policies.network.path import Hop
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

RESOLVER: Final = re.compile(r"/\(namespace kube-system, pods (?:[^)]*, )?k8s-app=kube-dns[,)]")
"""The cluster's own resolver, which every segment may ask, and which must not ask on outside the site."""
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
                yield rule.finding(reading, f"declares no way {source} -> {hop.target} on {beyond}: {told([hop])}")


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
