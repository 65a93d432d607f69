"""JUR-004: every ARN among the inputs points into an approved region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enclave_policies.regions import refused_region, shown
from enclave_policies.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.resource import Resource

ARN = re.compile(r"(?i)arn:([^:\s]*):([^:\s]*):([^:\s]*):")  # an integration's ARN carries a second one inside

OUTPOSTS = frozenset({"outposts", "s3-outposts"})


def check(resource: Resource, law: Law) -> Iterator[Finding]:
    """Judge partition and region of every ARN; one without a region (IAM, S3) tells no place and passes here."""
    for selected in resource.selectors.arns:
        for partition, service, region in dict.fromkeys(ARN.findall(selected.value)):
            if partition.lower() not in law.partitions:
                problem = f"points into the AWS partition {shown(partition)} ({selected.path})"
                yield rule.finding(resource, law, problem, where=region or None)
                continue
            if service.lower() in OUTPOSTS:
                problem = f"names an Outpost, a rack that may stand in any country ({selected.path})"
                yield rule.finding(resource, law, problem, where=region or None, verdict="undetermined")
                continue
            if not region:
                continue
            refusal = refused_region(region, law)
            known = law.regions.get(region)
            if refusal:
                problem = f"points to {refusal.words} ({selected.path})"
                yield rule.finding(resource, law, problem, where=refusal.where, country=refusal.country)
            elif known is None or known.partition != partition.lower():
                problem = f"has an ARN whose partition {shown(partition)} does not hold {region} ({selected.path})"
                yield rule.finding(resource, law, problem, where=region)


rule = Rule(
    id="JUR-004",
    name="arn-region",
    title="Every ARN among the inputs points into an approved region.",
    severity="high",
    remedy="point to a resource of an approved region",
    check=check,
)
