"""JUR-006: a Kubernetes provider is bound to a registered cluster in an approved country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.clusters import bind
from enclave_policies.placement import KUBERNETES
from enclave_policies.rule import Rule
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.resource import Resource


def check(resource: Resource, law: Law) -> Iterator[Finding]:
    """Judge the cluster behind the provider: its address and certificate authority, never a label or a name."""
    if law.kind(resource.type) != "kubernetes":
        return
    provider = resource.as_provider or resource.provider
    if provider is None:
        return  # JUR-005 refuses it
    if provider.type != KUBERNETES:
        problem = f"is managed by a {provider.type} provider, which names no cluster"
        yield rule.finding(resource, law, problem, verdict="undetermined")
        return
    binding = bind(provider.props, law)
    if binding is UNKNOWN or binding.cluster is not None:
        return
    yield rule.finding(
        resource,
        law,
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
    remedy="use an inline kubeconfig of a registered cluster, or register this one in law/clusters.yaml",
    check=check,
)
