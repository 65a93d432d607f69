"""JUR-040: the pods of every namespace may leave it only where a network policy lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.kubernetes.namespaces import is_system, namespaces_in, namespaces_of
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Look for a policy of the stack that isolates every pod of the namespace; without one, all egress is open."""
    made = [found for found in namespaces_of(reading) if not found.patch and not is_system(found.metadata("name"))]
    if not made:
        return
    closed = namespaces_in(stack).closed.get(reading.location.code, frozenset())
    for found in made:
        if "*" not in closed and found.metadata("name") not in closed:
            problem = "is a namespace without a network policy that closes egress for all of its pods"
            yield rule.finding(reading, problem, verdict="undetermined")


rule = StackRule(
    id="JUR-040",
    name="namespace-egress",
    title="The pods of every namespace may leave it only where a network policy lets them.",
    severity="high",
    remedy="add a NetworkPolicy to the namespace with an empty podSelector and policyTypes [Ingress, Egress]",
    check=check,
    package="kubernetes",
)
