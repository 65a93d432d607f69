"""JUR-006: a Kubernetes provider is bound to a registered cluster in an approved country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.places.clusters import binding_of
from enclave_policies.places.placement import KUBERNETES, is_kubernetes, is_of_kubernetes
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the cluster behind the provider: its address and certificate authority, never a label or a name."""
    resource = reading.resource
    if not is_kubernetes(resource) or reading.kind == "component":
        return
    provider = resource.as_provider or resource.provider
    if provider is None:
        return  # JUR-005 refuses it
    if provider.type != KUBERNETES:
        problem = f"is managed by a {provider.type} provider, which names no cluster"
        yield rule.finding(reading, problem, verdict="undetermined")
        return
    binding = binding_of(provider, reading.law)
    if binding is UNKNOWN or binding.cluster is not None:
        return
    yield rule.finding(
        reading,
        binding.problem,
        where=binding.where,
        country=binding.country,
        verdict="fail" if binding.readable else "undetermined",
    )


rule = Rule(
    id="JUR-006",
    name="cluster-binding",
    title="A Kubernetes provider is bound to a registered cluster in an approved country.",
    severity="critical",
    remedy="use an inline kubeconfig of a registered cluster; law/clusters.yaml registers only clusters of the enclave",
    check=check,
    concerns=lambda type_, _law: is_of_kubernetes(type_),
)
