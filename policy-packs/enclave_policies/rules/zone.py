"""JUR-003: every zone is one of an approved region, by its whole name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.regions import refused_zone
from enclave_policies.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.resource import Resource


def check(resource: Resource, law: Law) -> Iterator[Finding]:
    """Judge every zone name and zone id among the inputs; some inputs hold several, with commas between."""
    for selected in resource.selectors.zones:
        if not isinstance(selected.value, str):
            continue
        for zone in selected.value.split(","):
            refusal = refused_zone(zone.strip(), law) if zone.strip() else None
            if refusal:
                problem = f"would be in {refusal.words} ({selected.path})"
                yield rule.finding(resource, law, problem, where=refusal.where, country=refusal.country)


rule = Rule(
    id="JUR-003",
    name="zone",
    title="Every zone is one of an approved region, by its whole name.",
    severity="critical",
    remedy="name a zone of an approved region (its region's name and one letter); local zones may lie abroad",
    check=check,
)
