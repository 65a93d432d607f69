"""JUR-005: every resource has an explicit provider, and every AWS provider an explicit region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.placement import AWS, AWS_KINDS, own_region, provider_region
from enclave_policies.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.resource import Resource

PLACED_BY_PROVIDER = AWS_KINDS | {"kubernetes"}


def check(resource: Resource, law: Law) -> Iterator[Finding]:
    """Refuse what the environment (AWS_REGION, a profile, a kubeconfig) would decide."""
    if law.kind(resource.type) not in PLACED_BY_PROVIDER:
        return
    itself = resource.as_provider
    provider = itself or resource.provider
    if provider is None:
        problem = "has no provider, so its environment would place it"
        yield rule.finding(resource, law, problem, verdict="undetermined")
        return
    if provider.is_default:
        problem = "is a default provider" if itself else f"is managed by the default provider {provider.name}"
        yield rule.finding(resource, law, f"{problem}, which its environment configures", verdict="undetermined")
    elif _lacks_region(resource, law):
        whose = "has no region" if itself else f"has no region, and neither has its provider {provider.name}"
        problem = f"{whose}, so its environment (AWS_REGION, a profile) would place it"
        yield rule.finding(resource, law, problem, verdict="undetermined")


def _lacks_region(resource: Resource, law: Law) -> bool:
    provider = resource.as_provider or resource.provider
    aws = law.kind(resource.type) in AWS_KINDS or (provider is not None and provider.type == AWS)
    return aws and own_region(resource, law) is None and provider_region(provider) is None


rule = Rule(
    id="JUR-005",
    name="default-provider",
    title="Every resource has an explicit provider, and every AWS provider an explicit region.",
    severity="critical",
    remedy="pass the site's own provider (opts: provider or providers), and give that provider its region",
    check=check,
)
