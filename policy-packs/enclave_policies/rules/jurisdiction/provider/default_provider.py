"""JUR-005: every resource has an explicit provider, and every AWS provider an explicit region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.places.placement import AWS, is_aws, is_kubernetes, provider_region
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse what the environment (AWS_REGION, a profile, a kubeconfig) would decide."""
    resource = reading.resource
    if not (is_aws(resource) or is_kubernetes(resource)) or reading.kind == "component":
        return
    itself = resource.as_provider
    provider = itself or resource.provider
    if provider is None:
        problem = "has no provider, so its environment would place it"
        yield rule.finding(reading, problem, verdict="undetermined")
        return
    if provider.is_default and provider.type == AWS and provider_region(provider) is None:
        problem = "is a default provider" if itself else f"is managed by the default provider {provider.name}"
        yield rule.finding(reading, f"{problem}, which its environment configures", verdict="undetermined")
    elif _lacks_region(reading):
        whose = "has no region" if itself else f"has no region, and neither has its provider {provider.name}"
        problem = f"{whose}, so its environment (AWS_REGION, a profile) would place it"
        yield rule.finding(reading, problem, verdict="undetermined")


def _lacks_region(reading: Reading) -> bool:
    resource = reading.resource
    provider = resource.as_provider or resource.provider
    aws = is_aws(resource) or (provider is not None and provider.type == AWS)
    return aws and reading.own_region is None and provider_region(provider) is None


rule = Rule(
    id="JUR-005",
    name="default-provider",
    title="Every resource has an explicit provider, and every AWS provider an explicit region.",
    severity="critical",
    remedy="pass the site's own provider (opts: provider or providers), and give that provider its region",
    check=check,
)
