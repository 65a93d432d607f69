"""JUR-008: whatever chooses a place is known when it is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enclave_policies.places.placement import AWS, KUBERNETES
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN, is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

PLACE_ROLES = {"zone": "zone", "region:destination": "region", "region:link": "region", "region:place": "region"}
TEXT: tuple[type, ...] = (str,)
STRUCTURE: tuple[type, ...] = (str, dict, list)  # JSON text from the engine, the structure itself in a program
PROVIDER_SELECTORS = {
    AWS: {"region": TEXT, "stsRegion": TEXT, "endpoints": STRUCTURE},
    KUBERNETES: {"kubeconfig": STRUCTURE, "context": TEXT, "cluster": TEXT, "renderYamlToDirectory": TEXT},
}


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse a region, zone, provider region, endpoint or kubeconfig that is not known.

    Other unknown values (ids and ARNs of resources that this run will create) are judged when they are known.
    """
    if reading.resource.untold:
        yield repaired.finding(reading, reading.resource.untold, verdict="undetermined")
    for name in _unknown(reading):
        problem = f"has a {name} that is not known (a value computed later, or a secret that cannot be read)"
        yield rule.finding(reading, problem, verdict="undetermined")


def _unknown(reading: Reading) -> Iterator[str]:
    resource = reading.resource
    itself = resource.as_provider
    if itself is None and resource.props.get("region") is UNKNOWN:
        yield "region"
    for role, noun in PLACE_ROLES.items():
        for mention in reading.of(role):
            if not is_told(mention.value):
                yield f"{noun} ({mention.path})"
    provider = itself or resource.provider
    if provider is None:
        return
    for name, kinds in PROVIDER_SELECTORS.get(provider.type, {}).items():
        if is_told(provider.props.get(name), *kinds):
            continue
        if itself:
            yield name
        elif name != "region" or reading.own_region is None:  # else its own region places it
            yield f"provider ({provider.name}) with a {name}"


rule = Rule(
    id="JUR-008",
    name="unknown-place",
    title="Whatever chooses a place is known when it is judged.",
    severity="high",
    remedy="write the region, zone or kubeconfig as a plain value instead of another resource's output",
    check=check,
)
repaired = replace(
    rule, remedy="finish what was broken off (`pulumi refresh`, `pulumi state repair`) and export the state again"
)
"""The rule with the remedy for a state that does not tell what a resource is."""
