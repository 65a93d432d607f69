"""JUR-001: a resource's own region lies in an approved country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.places.placement import given
from enclave_policies.places.regions import refused_region
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

AWS = "aws"  # and aws-native


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the ``region`` input; a missing one is JUR-002's, and one that means something else is JUR-010's."""
    resource, law = reading.resource, reading.law
    region = given(reading.setting("region"))
    if region is None or region is UNKNOWN or resource.as_provider is not None:
        return
    if "region" in law.inputs.get(resource.type, ()):
        return
    if not isinstance(region, str):
        for_regional = "has a region that is not a text, so its place cannot be told"
        yield rule.finding(reading, for_regional, verdict="undetermined")
        return
    if region not in law.regions and resource.provider is None and not resource.type.startswith(AWS):
        return  # a component's own word for a place; its children are judged
    refusal = refused_region(region, law)
    if refusal:
        yield rule.finding(reading, f"would be in {refusal.words}", where=refusal.where, country=refusal.country)


rule = Rule(
    id="JUR-001",
    name="resource-region",
    title="A resource's own region lies in an approved country.",
    severity="critical",
    remedy="give the resource (its site, in the declaration) an approved region",
    check=check,
)
