"""JUR-004: every ARN among the inputs points into an approved region, or a transfer rule allows the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import owner
from enclave_policies.places.regions import refused_region
from enclave_policies.reading.flow import VERBS, flow, lacking, movement_of
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.identifiers.arns import Arn
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.claim import Claim

ALWAYS_IN_A_REGION = frozenset(
    {"sqs", "sns", "kinesis", "firehose", "lambda", "logs", "events", "dynamodb", "kms", "rds", "es", "kafka"}
    | {"elasticache", "redshift", "secretsmanager", "ecr", "backup", "glue", "athena", "elasticfilesystem"}
)
"""Services whose ARNs always name a region (AWS service authorization reference)."""
MULTI_REGION = ":accesspoint"
OUTPOSTS = frozenset({"outposts", "s3-outposts"})


def check(reading: Reading) -> Iterator[Finding]:
    """Judge partition and region of every ARN; one without a region (IAM, S3) tells no place and passes here."""
    for mention in reading.of("arn"):
        for arn in dict.fromkeys(arns_in(mention.value)):
            yield from _judge(reading, mention, arn)


def _judge(reading: Reading, mention: Claim, arn: Arn) -> Iterator[Finding]:
    law = reading.law
    if arn.partition not in law.partitions:
        problem = f"points into the AWS partition {shown(arn.partition)} ({mention.path})"
        yield rule.finding(reading, problem, claim=mention, where=arn.region or None)
    elif arn.service in OUTPOSTS:
        problem = f"names an Outpost, a rack that may stand in any country ({mention.path})"
        yield rule.finding(reading, problem, claim=mention, where=arn.region or None, verdict="undetermined")
    elif not arn.region and arn.service == "s3" and arn.account and MULTI_REGION in mention.value:
        problem = f"names a multi-region access point, which answers from several regions ({mention.path})"
        yield rule.finding(reading, problem, claim=mention, verdict="undetermined")
    elif not arn.region and arn.service in ALWAYS_IN_A_REGION:
        problem = f"names a resource of {arn.service} without its region ({mention.path})"
        yield rule.finding(reading, problem, claim=mention, verdict="undetermined")
    elif arn.region:
        refusal = refused_region(arn.region, law)
        known = law.regions.get(arn.region)
        if refusal:
            found = flow(reading, refusal.country, movement_of(mention), owner(reading).classes)
            if found.basis is None:
                problem = f"{VERBS[found.movement]} {refusal.words} ({mention.path}), {lacking(found)}"
                yield rule.finding(reading, problem, claim=mention, where=refusal.where, country=refusal.country)
        elif known is None or known.partition != arn.partition:
            problem = f"has an ARN whose partition {shown(arn.partition)} does not hold {arn.region} ({mention.path})"
            yield rule.finding(reading, problem, claim=mention, where=arn.region)


rule = Rule(
    id="JUR-004",
    name="arn-region",
    title="Every ARN among the inputs points into an approved region.",
    severity="high",
    remedy="point to a resource of an approved region, or give the flow a transfer rule (law/transfers.yaml)",
    check=check,
    roles=frozenset({"arn"}),
)
