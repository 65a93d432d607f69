"""JUR-024: what a state records of a resource agrees with where it may be: imports and reads show it only there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.arns import arns_in
from enclave_policies.regions import refused_region, refused_zone
from enclave_policies.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.reading import Reading
    from enclave_policies.regions import Refusal
    from enclave_policies.stack import Stack


def check(reading: Reading, _stack: Stack) -> Iterator[Finding]:
    """Judge the recorded region, zone and own ARN of an AWS resource; inputs that agree are other rules'."""
    resource = reading.resource
    if not resource.type.startswith("aws:"):
        return
    for name, refusal in _refusals(reading):
        if resource.props.get(name) != resource.outputs.get(name):
            problem = f"is recorded to be in {refusal.words} ({name} of its outputs)"
            yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)


def _refusals(reading: Reading) -> Iterator[tuple[str, Refusal]]:
    outputs, law = reading.resource.outputs, reading.law
    region, zone, arn = outputs.get("region"), outputs.get("availabilityZone"), outputs.get("arn")
    if isinstance(region, str) and region and "region" not in law.inputs.get(reading.resource.type, ()):
        refusal = refused_region(region, law)
        if refusal:
            yield "region", refusal
    if isinstance(zone, str) and zone:
        refusal = refused_zone(zone, law)
        if refusal:
            yield "availabilityZone", refusal
    for own in arns_in(arn)[:1]:
        refusal = refused_region(own.region, law) if own.region else None
        if refusal:
            yield "arn", refusal


rule = StackRule(
    id="JUR-024",
    name="actual-place",
    title="What a state records of a resource lies in an approved region.",
    severity="critical",
    remedy="remove it from the stack and from where it is, or declare it where it may be",
    check=check,
)
