"""SEG-012: endpoints lead to the enclave's own accounts only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.iam.documents import statements
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.network.aws.types import ENDPOINT
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

POLICY: Final = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
WITHOUT: Final = frozenset({"GatewayLoadBalancer", "Resource", "ServiceNetwork"})
"""Types of endpoints that take no policy."""
EQUALS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
IMAGE_LAYERS: Final = re.compile(r"arn:aws[a-z-]*:s3:::prod-[a-z0-9-]+-starport-layer-bucket/\*")
"""The buckets of AWS that Amazon ECR serves the layers of images from (its user guide, interface endpoints)."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the policy of an endpoint, on it or set apart; without one it serves every account's resources."""
    resource = reading.resource
    if resource.type not in (ENDPOINT, POLICY) or resource.props.get("vpcEndpointType") in WITHOUT:
        return
    policy = resource.props.get("policy")
    if policy is UNKNOWN:
        yield rule.finding(reading, "has a policy that is not known yet", verdict="undetermined")
    elif not policy:
        if resource.type == POLICY or not _has_policy_set_apart(reading, stack):
            yield rule.finding(reading, "has no policy, so it leads to the resources of every account")
    else:
        document = parsed(policy) if isinstance(policy, str) else policy
        for number, statement in enumerate(statements(document), 1):
            if statement.allows and not _is_bound(statement, reading.law):
                yield rule.finding(reading, f"lets through to the resources of others (statement {number})")


def _has_policy_set_apart(reading: Reading, stack: Stack) -> bool:
    resource = reading.resource
    return any(
        resource.urn in one.resource.depends.get("vpcEndpointId", ())
        or one.resource.props.get("vpcEndpointId") == resource.outputs.get("id", UNKNOWN)
        for one in stack.of_type(POLICY)
    )


def _is_bound(statement: Statement, law: Law) -> bool:
    """Return whether a statement names own resources only, by a condition or by their ARNs."""
    for key, owns in (("aws:resourceaccount", law.owns_account), ("aws:resourceorgid", law.owns_organization)):
        for operator, values in statement.conditions.get(key, ()):
            if operator in EQUALS and values and all(isinstance(one, str) and owns(one) for one in values):
                return True
    return bool(statement.resources) and all(_is_own(one, law) for one in statement.resources)


def _is_own(named: Any, law: Law) -> bool:
    if not isinstance(named, str):
        return False
    found = arns_in(named)
    return bool(IMAGE_LAYERS.fullmatch(named)) or (bool(found) and law.owns_account(found[0].account))


rule = StackRule(
    id="SEG-012",
    name="endpoint-policy",
    title="Endpoints lead to the enclave's own accounts only.",
    severity="high",
    remedy="give the endpoint a policy whose statements name own accounts (aws:ResourceAccount)",
    check=check,
    placing=False,
    package="aws",
)
