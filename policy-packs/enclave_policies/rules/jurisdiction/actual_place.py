"""JUR-024: what a state records of a resource agrees with where it may be: imports and reads show it only there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.places.hosts import region_of_host, short_codes
from enclave_policies.places.regions import refused_region, refused_zone
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.addresses import hosts_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.identifiers.arns import Arn
    from enclave_policies.places.regions import Refusal
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

ACCOUNT = re.compile(r"\d{12}")
RECORDS = ("arn", "id", "region", "bucketRegion", "availabilityZone", "availabilityZoneId", "ownerId")
"""Outputs that say where a resource is, or whose."""
NAMED_BY_ITS_OWNER = "bucketDomainName"  # begins with the bucket's name, and names no region of its own


def check(reading: Reading, _stack: Stack) -> Iterator[Finding]:
    """Judge the recorded region, zone and own ARN of an AWS resource; inputs that agree are other rules'."""
    resource = reading.resource
    for name in RECORDS if resource.sealed else ():
        if resource.outputs.get(name) is UNKNOWN and reading.setting(name) is not UNKNOWN:
            problem = f"is recorded to be where this judge cannot read it ({name} of its outputs is sealed)"
            yield opened.finding(reading, problem, verdict="undetermined")
    own = arns_in(resource.outputs.get("arn"))[:1]
    owners = [("arn", arn.account) for arn in own]
    if "ownerId" in resource.outputs:
        owners.append(("ownerId", str(resource.outputs["ownerId"])))
    for name, account in owners:
        if ACCOUNT.fullmatch(account) and not reading.law.owns_account(account):
            problem = f"is recorded to be in the AWS account {account} ({name} of its outputs)"
            yield rule.finding(reading, problem, where=account)
    for problem, refusal in _addresses(reading):
        yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)
    for name, refusal in _refusals(reading, own):
        if reading.setting(name) != resource.outputs.get(name):
            problem = f"is recorded to be in {refusal.words} ({name} of its outputs)"
            yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)


def _addresses(reading: Reading) -> Iterator[tuple[str, Refusal]]:
    """Yield the AWS hosts and the id that AWS gave the resource, where they name a region that is not approved."""
    outputs, props, law = reading.resource.outputs, reading.settings, reading.law
    id_ = outputs.get("id")
    suffix = id_.rpartition("@")[2] if isinstance(id_, str) and "@" in id_ else ""
    refusal = refused_region(suffix, law) if suffix in law.regions else None
    if refusal:
        yield f"is recorded to be in {refusal.words} (its id)", refusal
    for name, value in outputs.items():
        if (
            isinstance(value, str)
            and name not in props
            and name != NAMED_BY_ITS_OWNER
            and "amazonaws." in value
            and not value.startswith("arn:")
        ):
            regions = [region_of_host(host.lower(), law) for host in (hosts_in(value) or ())[:1]]
            refused = next((refused_region(region, law) for region in regions if region), None)
            if refused:
                yield f"is recorded to be in {refused.words} ({name} of its outputs)", refused


def _refusals(reading: Reading, arns: tuple[Arn, ...]) -> Iterator[tuple[str, Refusal]]:
    outputs, law = reading.resource.outputs, reading.law
    for name in ("region", "bucketRegion"):
        region = outputs.get(name)
        if isinstance(region, str) and region and name not in law.inputs.get(reading.resource.type, ()):
            refusal = refused_region(region, law)
            if refusal:
                yield name, refusal
    for name in ("availabilityZone", "availabilityZoneId"):
        zone = outputs.get(name)
        refusal = refused_zone(zone, law) if isinstance(zone, str) and zone else None
        if refusal and name == "availabilityZoneId" and refusal.country is None:
            region = short_codes(law).get(str(zone).partition("-")[0])  # use1-az2: a zone's id begins with its region
            refusal = refused_region(region, law) if region else None
        if refusal:
            yield name, refusal
    for own in arns:
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
opened = replace(rule, remedy="export the state with `pulumi stack export --show-secrets`")
"""The rule with the remedy for a record that the export holds encrypted."""
