"""SEG-003: what must be denied is denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.network import network_in
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Look for a direct connection on a denied port."""
    if (intent := meant(reading, stack)) is None:
        return
    graph = network_in(stack).graph
    for way in intent.must_deny:
        for hop in graph.direct(way.source, way.target):
            if open_ports := hop.ports.intersect(way.ports):
                problem = f"says that {way} must be denied, and it is open on {open_ports}"
                yield rule.finding(reading, problem, at="mustDeny", steps=steps([hop]))
                break


rule = StackRule(
    id="SEG-003",
    name="must-deny",
    title="What must be denied is denied.",
    severity="critical",
    remedy="close one of the rules of the path",
    check=check,
    package="enclave",
    placing=False,
)
