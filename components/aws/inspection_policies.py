"""Policies of the inspector's copy of the record: CloudTrail writes it, the inspector reads it, nobody changes it.

Sources: AWS CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for
CloudTrail"; Amazon S3 user guide, "Locking objects with Object Lock" (compliance mode); IAM user guide, "Third-party
access" (external id), "Secure API access with MFA".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from components.aws.arn import partition, role_arn
from components.declaration.physical import (
    CONFIG,
    INSPECTION,
    bucket_name,
    bundle_prefix,
    gateway_role,
    inspector_keeper_role,
    inspector_role,
    trail_name,
)
from hosts.gateway.shipping import RECORDS

if TYPE_CHECKING:
    from components.declaration.model import AwsSite, InspectorAws
    from components.site import SitePlan

CLOUDTRAIL: Final = "cloudtrail.amazonaws.com"
CHANGING: Final = (
    "s3:BypassGovernanceRetention",
    "s3:Delete*",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutObjectAcl",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
    "s3:PutObjectVersionAcl",
    "s3:PutReplicationConfiguration",
    "s3:Replicate*",
)
"""What changes a bucket, what lies in it or who may; but for its tags, which say nothing to anybody who reads it."""
TENDING: Final = (
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:EnableKeyRotation",
    "kms:Get*",
    "kms:List*",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
)
"""What the operator's roles may do with the inspector's key: nothing that stops, loses or hands on the key."""
SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "gateways": (
        "autoscaling:DescribeAutoScalingGroups",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeLaunchTemplates",
        "elasticloadbalancing:Describe*",
    ),
    "identities": (
        "iam:GetInstanceProfile",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
    ),
    "keys": (
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListGrants",
        "kms:ListResourceTags",
    ),
    "network": (
        "ec2:DescribeFlowLogs",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTransitGatewayAttachments",
        "ec2:DescribeTransitGatewayRouteTables",
        "ec2:DescribeTransitGateways",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpnConnections",
    ),
    "storage": (
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
    ),
}
"""Scope → what the inspector may ask: settings, never what a store, a Secret or a parameter holds."""
WHOLE_REGION: Final = ("gateways", "network")
"""Scopes whose questions AWS binds to no resource (Service Authorization Reference, `Describe` of EC2)."""


def trail_arn(plan: SitePlan[AwsSite]) -> str:
    """Return the ARN of the trail that fills the inspector's copy."""
    site, name = plan.site, trail_name(plan.declaration, plan.name)
    return f"arn:{partition(site.region)}:cloudtrail:{site.region}:{site.account}:trail/{name}"


def bucket_arn(plan: SitePlan[AwsSite], purpose: str) -> str:
    """Return the ARN of a site's bucket."""
    named = bucket_name(plan.declaration, plan.name, plan.site.account, purpose)
    return f"arn:{partition(plan.site.region)}:s3:::{named}"


def recorders(plan: SitePlan[AwsSite]) -> list[str]:
    """Return the roles of the gateways' hosts, which add their record to the copy; no person can assume them."""
    declaration = plan.declaration
    return [role_arn(plan.site, gateway_role(declaration, plan.name, gateway)) for gateway in declaration.gateways]


def copy_policy(plan: SitePlan[AwsSite]) -> dict[str, Any]:
    """Return the policy of the bucket: CloudTrail and the gateways' hosts add to it, and nobody changes anything."""
    arn = bucket_arn(plan, INSPECTION)
    both, trail = [arn, f"{arn}/*"], {"aws:SourceArn": trail_arn(plan)}
    not_trail = {"StringNotEquals": {"aws:PrincipalServiceName": CLOUDTRAIL}}
    delivered = {**trail, "s3:x-amz-acl": "bucket-owner-full-control"}
    service = {"Service": CLOUDTRAIL}
    return document(
        _statement("TlsOnly", "Deny", "*", ["s3:*"], both, {"Bool": {"aws:SecureTransport": "false"}}),
        _statement("NobodyChanges", "Deny", "*", [*CHANGING], both),
        _statement("OnlyTheTrailWrites", "Deny", "*", ["s3:PutObject"], [f"{arn}/AWSLogs/*"], not_trail),
        _statement(
            "OnlyRecordersWrite",
            "Deny",
            "*",
            ["s3:PutObject"],
            [f"{arn}/*"],
            {**not_trail, "ArnNotEquals": {"aws:PrincipalArn": recorders(plan)}},
        ),
        _statement("TrailLooks", "Allow", service, ["s3:GetBucketAcl"], [arn], {"StringEquals": trail}),
        _statement(
            "TrailWrites",
            "Allow",
            service,
            ["s3:PutObject"],
            [f"{arn}/AWSLogs/{plan.site.account}/*"],
            {"StringEquals": delivered},
        ),
        _statement("GatewaysRecord", "Allow", {"AWS": recorders(plan)}, ["s3:PutObject"], [f"{arn}/{RECORDS}/*"]),
    )


def copy_key_policy(plan: SitePlan[AwsSite]) -> dict[str, Any]:
    """Return the policy of the key: CloudTrail encrypts, the inspector decrypts, its keeper alone changes the policy.

    The operator's roles tend it: they could neither stop the key nor lose it, nor let anybody else in.
    """
    site, administrators = plan.site, plan.declaration.keys["logs"].administrators
    operator = {"AWS": [role_arn(site, name) for name in administrators]}
    inspector = {"AWS": role_arn(site, inspector_role(plan.declaration, plan.name))}
    keeper = {"AWS": role_arn(site, inspector_keeper_role(plan.declaration, plan.name))}
    service, trail = {"Service": CLOUDTRAIL}, trail_arn(plan)
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": trail}
    bucket = bucket_arn(plan, INSPECTION)
    objects = {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/{RECORDS}/*"]}
    return document(
        _statement("Keep", "Allow", keeper, ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy"], ["*"]),
        _statement("Tend", "Allow", operator, [*TENDING], ["*"]),
        _statement(
            "TrailLooks", "Allow", service, ["kms:DescribeKey"], ["*"], {"StringEquals": {"aws:SourceArn": trail}}
        ),
        _statement(
            "TrailEncrypts",
            "Allow",
            service,
            ["kms:GenerateDataKey*"],
            ["*"],
            {"StringEquals": {"aws:SourceArn": trail, **context}},
        ),
        _statement(
            "GatewaysEncrypt", "Allow", {"AWS": recorders(plan)}, ["kms:GenerateDataKey"], ["*"], {"ArnLike": objects}
        ),
        _statement("InspectorReadsTrail", "Allow", inspector, ["kms:Decrypt"], ["*"], {"StringEquals": context}),
        _statement("InspectorReadsRecord", "Allow", inspector, ["kms:Decrypt"], ["*"], {"ArnLike": objects}),
        _statement("InspectorLooks", "Allow", inspector, ["kms:DescribeKey", "kms:GetKeyPolicy"], ["*"]),
    )


def inspector_trust(plan: SitePlan[AwsSite], principal: InspectorAws) -> dict[str, Any]:
    """Return the trust of the inspector's role: its own account, its external id, and MFA."""
    root = {"AWS": f"arn:{partition(plan.site.region)}:iam::{principal.account}:root"}
    condition = {
        "StringEquals": {"sts:ExternalId": principal.external_id},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }
    statement = _statement("Inspector", "Allow", root, ["sts:AssumeRole"], [], condition)
    return document({key: value for key, value in statement.items() if key != "Resource"})


def inspector_policy(plan: SitePlan[AwsSite], scopes: list[str], key_arn: str) -> dict[str, Any]:
    """Return what the inspector may do on a site: read its copy of the record, and look at what the scopes name.

    Of gateways that is also the bundles by which they decide, as in a cluster; no person's data is in them.
    """
    site, copy = plan.site, bucket_arn(plan, INSPECTION)
    here = {"StringEquals": {"aws:RequestedRegion": site.region}}
    account = f"{partition(site.region)}:iam::{site.account}"
    role = f"{plan.declaration.enclave}-{plan.name}-*"
    within = {
        "identities": [f"arn:{account}:role/{role}", f"arn:{account}:instance-profile/{role}"],
        "keys": [f"arn:{partition(site.region)}:kms:{site.region}:{site.account}:key/*"],
        "storage": [bucket_arn(plan, purpose) for purpose in ("store", "logs", INSPECTION)],
    }
    decided = bundles_grant(plan) if "gateways" in scopes else []
    looks = [
        grant(scope, [*SCOPES[scope]], ["*"], here)
        if scope in WHOLE_REGION
        else grant(scope, [*SCOPES[scope]], within[scope])
        for scope in sorted(set(scopes))
    ]
    return document(
        grant("copy", ["s3:GetObject", "s3:GetObjectRetention", "s3:GetObjectVersion"], [f"{copy}/*"]),
        grant("list", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions"], [copy]),
        grant("decrypt", ["kms:Decrypt"], [key_arn]),
        grant(
            "trail",
            ["cloudtrail:GetEventSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus"],
            [trail_arn(plan)],
        ),
        *decided,
        *looks,
    )


def bundles_grant(plan: SitePlan[AwsSite]) -> list[dict[str, Any]]:
    """Return what reads the bundles by which the site's gateways decide; none where there is no gateway."""
    config = bucket_arn(plan, CONFIG)
    bundles = [f"{config}/{bundle_prefix(gateway)}*" for gateway in plan.declaration.gateways]
    return [grant("bundles", ["s3:GetObject"], bundles)] if bundles else []


def grant(
    name: str, actions: list[str], resources: list[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return one statement of the policy of a role of the inspector's."""
    statement = {"Sid": name.capitalize(), "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _statement(  # noqa: PLR0917 (the six parts of a statement, in AWS's order)
    sid: str, effect: str, principal: Any, actions: list[str], resources: list[str], condition: Any = None
) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": effect, "Principal": principal, "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
