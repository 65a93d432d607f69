"""The inspector on an AWS site: a role that only reads, and a copy of the record that no operator can touch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from components.aws.bucket import BucketArgs, private_bucket
from components.aws.inspection_declared import declared
from components.aws.inspection_policies import (
    bucket_arn,
    copy_key_policy,
    copy_policy,
    inspector_policy,
    inspector_trust,
)
from components.aws.keys import deletion_window_days
from components.aws.role_policy import role_policy
from components.aws.watch_policies import program_arn, watch_policy, watch_trust
from components.declaration.physical import (
    CONFIG,
    INSPECTION,
    bucket_name,
    inspector_keeper_role,
    inspector_role,
    inspector_watch_role,
    key_alias,
    trail_name,
)

if TYPE_CHECKING:
    from components.declaration.model import AwsSite, Inspector, InspectorAws
    from components.site import SitePlan

session_seconds = 3600


@dataclass(frozen=True)
class InspectorRolesArgs:
    """What the inspector's roles on a site are built from."""

    plan: SitePlan[AwsSite]
    inspector: Inspector
    principal: InspectorAws


class InspectorRoles(pulumi.ComponentResource):
    """The role that reads, the one that keeps its key, and the watch's: they come first, as policies of keys name them.

    They stay when the site goes: AWS takes a later role of the same name for somebody else.
    """

    def __init__(self, name: str, args: InspectorRolesArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:InspectorRoles", name, None, opts)
        self.args = args
        declaration, site = args.plan.declaration, args.plan.name
        people = inspector_trust(args.plan, args.principal)
        self.reader = self._role("inspector", inspector_role(declaration, site), "who reads", people)
        keeper = inspector_keeper_role(declaration, site)
        self.keeper = self._role("inspector-keeper", keeper, "who keeps its key", people)
        program = program_arn(args.plan)
        self.watch = (
            self._role(
                "watch",
                inspector_watch_role(declaration, site),
                "whose program looks by a schedule",
                watch_trust(program, args.principal.external_id),
            )
            if program
            else None
        )
        self.register_outputs({"reader": self.reader.arn, "keeper": self.keeper.arn})

    def _role(self, part: str, called: str, what: str, trust: dict[str, Any]) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self.args.plan.name}-{part}",
            name=called,
            description=f"of the inspector {self.args.inspector.name}, {what}",
            assume_role_policy=json.dumps(trust),
            max_session_duration=session_seconds,
            tags={**self.args.plan.tags(), "Name": called, "inspector": self.args.inspector.name},
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )


@dataclass(frozen=True)
class InspectionArgs:
    """What a site's inspection is built from.

    ``gateways``: whose hosts add their record to the copy, so that their roles are named in its policies; ``recorded``:
    the buckets of which every access to an object is recorded.
    """

    plan: SitePlan[AwsSite]
    inspector: Inspector
    roles: InspectorRoles
    gateways: pulumi.Resource
    recorded: tuple[str, ...] = ("store", "logs", CONFIG)


class Inspection(pulumi.ComponentResource):
    """What the inspector's role may do, its copy of the record with a key of its own, and the trail that fills it.

    All of it but the trail stays when the site goes (ADR 34).
    """

    def __init__(self, name: str, args: InspectionArgs, opts: pulumi.ResourceOptions) -> None:
        told = declared(args.plan, args.inspector, args.recorded)
        super().__init__("enclave:aws:Inspection", name, told, opts)
        self.args, self.plan, self.name = args, args.plan, f"{args.plan.name}-{INSPECTION}"
        self.stays = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        self.key = self._key()
        self.bucket, policy = self._copy()
        self.trail = self._trail(policy)
        self._rights()
        self.summary = {"role": args.roles.reader.arn, "bucket": self.bucket.bucket, "trail": self.trail.arn}
        self.register_outputs(self.summary)

    def _tags(self, name: str, **more: str) -> dict[str, str]:
        return {**self.plan.tags(classes=self.plan.declaration.keys["logs"].classes), "Name": name, **more}

    def _key(self) -> aws.kms.Key:
        key = aws.kms.Key(
            self.name,
            description=f"{INSPECTION} of site {self.plan.name}, enclave {self.plan.declaration.enclave}",
            key_usage="ENCRYPT_DECRYPT",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            enable_key_rotation=True,
            deletion_window_in_days=deletion_window_days,
            multi_region=False,
            policy=json.dumps(copy_key_policy(self.plan)),
            bypass_policy_lockout_safety_check=True,  # who makes the key may not change its policy
            tags=self._tags(self.name, purpose=INSPECTION),
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, retain_on_delete=True, depends_on=[self.args.roles, self.args.gateways]
            ),
        )
        aws.kms.Alias(
            self.name,
            name=key_alias(self.plan.declaration, self.plan.name, INSPECTION),
            target_key_id=key.id,
            opts=self.stays,
        )
        return key

    def _copy(self) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
        plan = self.plan
        args = BucketArgs(
            bucket_name(plan.declaration, plan.name, plan.site.account, INSPECTION),
            self.key.arn,
            json.dumps(copy_policy(plan)),
            self._tags(self.name, purpose=INSPECTION),
            self.args.inspector.log_copy.retention_days,
            stays=True,
        )
        return private_bucket(self.name, args, self)

    def _trail(self, policy: aws.s3.BucketPolicy) -> aws.cloudtrail.Trail:
        """Create the trail: who managed what, who used which key, and who touched which object of a store."""
        objects = [f"{bucket_arn(self.plan, purpose)}/" for purpose in self.args.recorded]
        field = aws.cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
        selector = aws.cloudtrail.TrailAdvancedEventSelectorArgs
        return aws.cloudtrail.Trail(
            self.name,
            name=trail_name(self.plan.declaration, self.plan.name),
            s3_bucket_name=self.bucket.bucket,
            kms_key_id=self.key.arn,
            enable_log_file_validation=True,
            include_global_service_events=False,  # they are of another place: the record stays the site's own
            is_multi_region_trail=False,
            advanced_event_selectors=[
                # AWS records the use of a key among the management events.
                selector(
                    name="management and use of keys",
                    field_selectors=[field(field="eventCategory", equals=["Management"])],
                ),
                selector(
                    name="objects of the stores",
                    field_selectors=[
                        field(field="eventCategory", equals=["Data"]),
                        field(field="resources.ARN", starts_withs=objects),
                        field(field="resources.type", equals=["AWS::S3::Object"]),
                    ],
                ),
            ],
            tags=self._tags(self.name, purpose=INSPECTION),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),  # AWS tries whether it may write there
        )

    def _rights(self) -> None:
        scopes = list(self.args.inspector.scopes)
        policy = self.key.arn.apply(lambda arn: json.dumps(inspector_policy(self.plan, [*scopes], arn)))
        role_policy(f"{self.plan.name}-inspector", self.args.roles.reader, policy, self.stays)
        if self.args.roles.watch is not None:
            looks = json.dumps(watch_policy(self.plan))
            role_policy(f"{self.plan.name}-watch", self.args.roles.watch, looks, self.stays)
