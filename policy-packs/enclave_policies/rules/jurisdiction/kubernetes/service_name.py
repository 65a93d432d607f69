"""JUR-047: a short name that is also a public domain is a service of a namespace that the stack knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.network.kubernetes.namespaces import namespaces_in
from enclave_policies.places.hosts import refused_host
from enclave_policies.places.names import is_public, spelled
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.taken import claims_with_taken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge names such as ``redis.store``, which the cluster looks up first, and public resolvers after it."""
    known = namespaces_in(stack).named
    told: set[str] = set()
    for claim in claims_with_taken(reading, stack):
        if claim.kind != "host" or claim.public or not isinstance(claim.value, str):
            continue
        name = spelled(claim.value)
        namespace = name.rpartition(".")[2]
        if name in told or "." not in name or namespace in known or not is_public(name):
            continue
        told.add(name)
        if refused_host(name, reading.law) is None and refused_host(name, reading.law, cluster=False) is not None:
            problem = (
                f"reaches {shown(name)} ({claim.path}): this stack has no namespace {shown(namespace)}, and the name"
            )
            remedy = f"write {name}.svc for a service of the cluster"
            yield rule.finding(
                reading,
                f"{problem} is also a public domain",
                where=name,
                verdict="undetermined",
                claim=claim,
                remedy=remedy,
            )


rule = StackRule(
    id="JUR-047",
    name="service-name",
    title="A short name that is also a public domain is a service of a namespace that the stack knows.",
    severity="high",
    remedy="write the service's name with .svc at its end, or make its namespace in this stack",
    check=check,
    package="kubernetes",
)
