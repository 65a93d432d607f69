"""SEG-012: endpoints lead to the enclave's own accounts only."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.iam.documents import statements
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.network.aws.types import ENDPOINT
from enclave_policies.reading.gathered import once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN, Unknown
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

DOCUMENT: Final = "policy"
POLICY: Final = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
WITHOUT: Final = frozenset({"GatewayLoadBalancer", "Resource", "ServiceNetwork"})
"""Types of endpoints that take no policy."""
EQUALS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
PUBLISHED: Final = (
    *("prod-{}-starport-layer-bucket", "al2023-repos-{}-de612dc2", "amazonlinux-2-repos-{}", "aws-ssm-{}"),
    *("amazon-ssm-{}", "amazon-ssm-packages-{}", "aws-windows-downloads-{}", "{}-birdwatcher-prod"),
    *("aws-ssm-distributor-file-{}", "aws-ssm-document-attachments-{}", "patch-baseline-snapshot-{}"),
    "aws-codedeploy-{}",
)
"""Buckets that AWS itself serves software from, by region: layers of images (Amazon ECR user guide, interface
endpoints), packages (Amazon Linux user guide), agents and patches (Systems Manager user guide, "SSM Agent
communications with AWS managed S3 buckets"; CodeDeploy user guide). The whole name counts: anyone can register one
that is like it."""
READS: Final = frozenset({"s3:getobject", "s3:getobjectversion", "s3:getobjectattributes"})
BUCKET: Final = re.compile(r"arn:aws[a-z-]*:s3:::([a-z0-9.-]+)/.+")


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the policy of an endpoint, on it or set apart; without one it serves every account's resources."""
    resource = reading.resource
    if resource.type not in (ENDPOINT, POLICY) or reading.setting("vpcEndpointType") in WITHOUT:
        return
    policy = reading.setting(DOCUMENT)
    if policy is UNKNOWN:
        yield rule.finding(reading, "has a policy that is not known yet", verdict="undetermined", at=DOCUMENT)
    elif not policy:
        if resource.type == POLICY or not _has_policy_set_apart(reading, stack):
            yield rule.finding(reading, "has no policy, so it leads to the resources of every account", at=DOCUMENT)
    else:
        document = parsed(policy) if isinstance(policy, str) else policy
        for number, statement in enumerate(statements(document), 1):
            if statement.allows and not _is_bound(statement, reading.law):
                yield rule.finding(
                    reading, f"lets through to the resources of others (statement {number})", at=DOCUMENT
                )


@once
def _with_policy_set_apart(stack: Stack) -> frozenset[Any]:
    """Return the URNs and ids of the endpoints whose policy is a resource of its own; UNKNOWN for ids not known yet."""
    found: set[Any] = set()
    for one in stack.of_type(POLICY):
        named = one.setting("vpcEndpointId")
        found.update(one.resource.depends.get("vpcEndpointId", ()))
        found.update((named,) if isinstance(named, str) or named is UNKNOWN else ())
    return frozenset(found)


def _has_policy_set_apart(reading: Reading, stack: Stack) -> bool:
    resource = reading.resource
    names = resource.urn, resource.outputs.get("id", UNKNOWN)
    return any(isinstance(name, str | Unknown) and name in _with_policy_set_apart(stack) for name in names)


def _is_bound(statement: Statement, law: Law) -> bool:
    """Return whether a statement names own resources only, by a condition or by their ARNs."""
    for key, owns in (("aws:resourceaccount", law.owns_account), ("aws:resourceorgid", law.owns_organization)):
        for operator, values in statement.conditions.get(key, ()):
            if operator in EQUALS and values and all(isinstance(one, str) and owns(one) for one in values):
                return True
    reads = bool(statement.actions) and all(str(action).lower() in READS for action in statement.actions)
    published = _published(law) if reads else frozenset()
    return bool(statement.resources) and all(_is_own(one, law, published) for one in statement.resources)


def _is_own(named: Any, law: Law, published: frozenset[str]) -> bool:
    """Return whether a resource is the enclave's, or a bucket that AWS publishes software in, which is only read."""
    if not isinstance(named, str):
        return False
    found, bucket = arns_in(named), BUCKET.fullmatch(named)
    return (bucket is not None and bucket[1] in published) or (bool(found) and law.owns_account(found[0].account))


@lru_cache(maxsize=8)
def _published(law: Law) -> frozenset[str]:
    """Return the names of AWS's own buckets in the approved regions."""
    regions = [region.code for region in law.regions.values() if law.lets(region.code, region.country)]
    return frozenset(name.format(region) for name in PUBLISHED for region in regions)


rule = StackRule(
    id="SEG-012",
    name="endpoint-policy",
    title="Endpoints lead to the enclave's own accounts only.",
    severity="high",
    remedy="give the endpoint a policy whose statements name own accounts (aws:ResourceAccount)",
    check=check,
    types=frozenset({ENDPOINT, POLICY}),
    placing=False,
    package="aws",
)
