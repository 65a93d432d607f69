"""A bucket that nobody outside reads: own key, versions, no public access, a policy, and a lock where asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.protection import inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class BucketArgs:
    """What a bucket is built from.

    ``key_arn`` None: AWS's own key for S3. ``locked_days``: how long nobody can change or remove an object, None: no
    lock. ``stays``: it is left in the cloud when its site goes, with all its parts (ADR 34). ``named``: roles in its
    policy, which must be there before.
    """

    physical: str
    key_arn: pulumi.Input[str] | None
    policy: str
    tags: Mapping[str, str]
    locked_days: int | None = None
    holds_data: bool = True
    stays: bool = False
    named: Sequence[pulumi.Resource] = ()


def private_bucket(name: str, args: BucketArgs, parent: pulumi.Resource) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
    """Return a bucket and its policy, which comes last: it may forbid to set what is set before it."""
    bucket = aws.s3.Bucket(
        name,
        bucket=args.physical,
        object_lock_enabled=args.locked_days is not None,
        tags=dict(args.tags),
        opts=pulumi.ResourceOptions(parent=parent, protect=args.holds_data, retain_on_delete=args.stays),
    )
    child = inside(bucket)
    versioning = aws.s3.BucketVersioning(
        name,
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=child,
    )
    settings = [versioning, *args.named, *_closed(name, bucket, child), _encrypted(name, bucket, args.key_arn, child)]
    if args.locked_days is not None:
        settings.append(_locked(name, bucket, args.locked_days, inside(bucket, [versioning])))
    return bucket, aws.s3.BucketPolicy(name, bucket=bucket.id, policy=args.policy, opts=inside(bucket, settings))


def _closed(name: str, bucket: aws.s3.Bucket, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    return [
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=opts,
        ),
        aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=opts,
        ),
    ]


def _encrypted(
    name: str, bucket: aws.s3.Bucket, key_arn: pulumi.Input[str] | None, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    return aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.id,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                    sse_algorithm="aws:kms", kms_master_key_id=key_arn
                ),
                bucket_key_enabled=True,
            )
        ],
        opts=opts,
    )


def _locked(name: str, bucket: aws.s3.Bucket, days: int, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Lock objects in compliance mode: not even the account's owner shortens it."""
    return aws.s3.BucketObjectLockConfiguration(
        name,
        bucket=bucket.id,
        rule=aws.s3.BucketObjectLockConfigurationRuleArgs(
            default_retention=aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(mode="COMPLIANCE", days=days)
        ),
        opts=opts,
    )
