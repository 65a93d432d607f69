"""A wave that S3 brings in by itself: the role that it takes at the source, and the source's replication.

The target's half are statements of its bucket's and key's policies (`hosts.wave.replication`). Where the source's
bucket is not one that this stack builds, whoever keeps it makes the source's half; this says only what it must be.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.aws.replications import built_from
from components.aws.role_policy import role_policy
from hosts.wave.replication import rights, trust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import AwsSite
    from components.site import SitePlan
    from hosts.wave.replication import Replication

Disabled, Enabled = "Disabled", "Enabled"


class ReplicationRoles(pulumi.ComponentResource):
    """The roles that S3 takes at a site that is left: they come first, as policies of keys and buckets name them."""

    def __init__(self, name: str, plan: SitePlan[AwsSite], opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:ReplicationRoles", name, None, opts)
        self.roles = {
            one.wave: aws.iam.Role(
                f"{plan.name}-wave-{one.wave}",
                name=(called := one.role.rpartition("/")[2]),
                description=f"by which S3 brings wave {one.wave} in",
                assume_role_policy=json.dumps(trust(one)),
                tags={**plan.tags(), "Name": called},
                opts=pulumi.ResourceOptions(parent=self),
            )
            for one in built_from(plan)
        }
        self.register_outputs({"roles": {wave: role.arn for wave, role in self.roles.items()}})


@dataclass(frozen=True)
class SourceHalf:
    """What the source's half is built from: the role, both keys, and what must stand before S3 takes it."""

    role: aws.iam.Role
    source_key: pulumi.Output[str]
    target_key: pulumi.Output[str]
    behind: Sequence[pulumi.Resource]


@dataclass(frozen=True)
class WaveReplicationArgs:
    """What it is built from; ``half`` is None where the source's bucket is none of this stack."""

    replication: Replication
    half: SourceHalf | None


class WaveReplication(pulumi.ComponentResource):
    """The replication of one wave, and what every judge of the stack is told of it."""

    def __init__(self, name: str, args: WaveReplicationArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:WaveReplication", name, args.replication.told(), opts)
        if args.half is not None:
            self._source(name, args.replication, args.half)
        self.register_outputs({})

    def _source(self, name: str, one: Replication, half: SourceHalf) -> None:
        policy = pulumi.Output.all(half.source_key, half.target_key).apply(lambda keys: json.dumps(rights(one, *keys)))
        may = role_policy(name, half.role, policy, pulumi.ResourceOptions(parent=self))
        aws.s3.BucketReplicationConfig(
            name,
            bucket=one.source.bucket,
            role=one.role,
            rules=[_rule(one, half.target_key)],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[may, *half.behind]),
        )


def _rule(one: Replication, key: pulumi.Output[str]) -> aws.s3.BucketReplicationConfigRuleArgs:
    """Return the one rule: every object, by the target's key, without deletions, and nothing back."""
    args = aws.s3
    return args.BucketReplicationConfigRuleArgs(
        id=one.wave,
        priority=1,
        status=Enabled,
        filter=args.BucketReplicationConfigRuleFilterArgs(prefix=""),
        delete_marker_replication=args.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status=Disabled),
        source_selection_criteria=args.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=args.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                status=Enabled
            ),
            replica_modifications=args.BucketReplicationConfigRuleSourceSelectionCriteriaReplicaModificationsArgs(
                status=Disabled
            ),
        ),
        destination=args.BucketReplicationConfigRuleDestinationArgs(
            bucket=one.arn(one.target),
            encryption_configuration=args.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=key
            ),
            # Within one account AWS takes neither: whose replicas they are is no question there.
            account=one.target.account if one.crosses else None,
            access_control_translation=(
                args.BucketReplicationConfigRuleDestinationAccessControlTranslationArgs(owner="Destination")
                if one.crosses
                else None
            ),
        ),
    )
