"""JUR-002: an AWS provider's region and endpoints lie in an approved country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.places.placement import AWS
from enclave_policies.places.regions import refused_endpoints, refused_region
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the provider itself, and every resource that it places or whose service address it redirects."""
    resource, law = reading.resource, reading.law
    itself = resource.as_provider
    provider = itself or resource.provider
    if provider is None or provider.type != AWS:
        return
    judged = ["stsRegion"] if itself else []
    if itself or reading.own_region is None:
        judged.insert(0, "region")
    for name in judged:
        region = provider.setting(name)
        refusal = refused_region(region, law) if region and isinstance(region, str) else None
        if refusal:
            through = "" if itself else f" through its provider {provider.name}"
            problem = f"would be in {refusal.words}{through}"
            yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)
    for refusal in refused_endpoints(provider.setting("endpoints"), law):
        problem = f"would send its calls to {refusal.words} (endpoints of provider {provider.name})"
        yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)


rule = Rule(
    id="JUR-002",
    name="provider-region",
    title="An AWS provider's region and endpoints lie in an approved country.",
    severity="critical",
    remedy="use the provider of an approved site, with no endpoints of its own",
    check=check,
)
