"""JUR-024: what a state records of a resource agrees with where it may be: imports and reads show it only there."""

from __future__ import annotations

import re
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

ACCOUNT = re.compile(r"\d{12}")


def check(reading: Reading, _stack: Stack) -> Iterator[Finding]:
    """Judge the recorded region, zone and own ARN of an AWS resource; inputs that agree are other rules'."""
    resource = reading.resource
    if not resource.type.startswith("aws:"):
        return
    for arn in arns_in(resource.outputs.get("arn"))[:1]:
        if ACCOUNT.fullmatch(arn.account) and not reading.law.owns_account(arn.account):
            problem = f"is recorded to be in the AWS account {arn.account} (arn of its outputs)"
            yield rule.finding(reading, problem, where=arn.account)
    for name, refusal in _refusals(reading):
        if resource.props.get(name) != resource.outputs.get(name):
            problem = f"is recorded to be in {refusal.words} ({name} of its outputs)"
            yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)


def _refusals(reading: Reading) -> Iterator[tuple[str, Refusal]]:
    outputs, law = reading.resource.outputs, reading.law
    zone, arn = outputs.get("availabilityZone"), outputs.get("arn")
    for name in ("region", "bucketRegion"):
        region = outputs.get(name)
        if isinstance(region, str) and region and name not in law.inputs.get(reading.resource.type, ()):
            refusal = refused_region(region, law)
            if refusal:
                yield name, refusal
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
    package="aws",
)
