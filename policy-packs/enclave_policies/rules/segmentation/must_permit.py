"""SEG-004: what must be permitted is permitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.network.network import network_in
from enclave_policies.network.path import CHOSEN
from enclave_policies.network.ports import NOTHING
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

PERMITTED: Final = "mustPermit"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Look for ports that must be open, and that no direct connection has, or that a balancer at the end takes in vain.

    Behind a balancer that keeps its clients' addresses, targets judge the client: what they drop never got through.
    """
    if (intent := meant(reading, stack)) is None:
        return
    network = network_in(stack)
    graph = network.graph
    for way in intent.must_permit:
        found = NOTHING
        hops = graph.direct(way.source, way.target)
        for hop in hops:
            found = found.union(hop.ports if hop.is_ordinary else NOTHING)
        if missing := way.ports.minus(found):
            chosen = [CHOSEN] if any(missing.intersect(hop.ports) for hop in hops) else []
            why = "; ".join((*graph.reasons(way.source, way.target), *chosen)) or "no rule opens it"
            yield rule.finding(
                reading, f"says that {way} must be permitted, and {missing} is closed: {why}", at=PERMITTED
            )
        for why in network.lost(way.target, intent.addresses(way.source), way.ports):
            yield rule.finding(
                reading, f"says that {way} must be permitted, and it is lost behind the end: {why}", at=PERMITTED
            )


rule = StackRule(
    id="SEG-004",
    name="must-permit",
    title="What must be permitted is permitted.",
    severity="medium",
    remedy="open what is closed, at both ends",
    check=check,
    package="enclave",
    placing=False,
)
