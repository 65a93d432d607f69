"""Storage of an AWS site: buckets for data, for logs (write-once) and for configuration, the log group, flow logs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from components.aws.arn import log_group_arn, partition
from components.aws.bucket import BucketArgs, private_bucket
from components.aws.replications import into
from components.aws.role_policy import role_policy
from components.declaration.physical import CONFIG, STORE, bucket_name, flow_log_role, log_group_name
from hosts.wave.replication import taking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import AwsSite
    from components.site import SitePlan

log_retention_days = 400


@dataclass(frozen=True)
class StorageArgs:
    """What a site's storage is built from: its plan, its key ARNs by purpose and the VPC whose flows are logged.

    ``named`` are roles of other sites in the store's policy, which must be there before.
    """

    plan: SitePlan[AwsSite]
    key_arns: dict[str, pulumi.Output[str]]
    vpc_id: pulumi.Input[str]
    named: Sequence[pulumi.Resource] = ()


class Storage(pulumi.ComponentResource):
    """Buckets and logs of a site, each encrypted by the site's key for its purpose.

    ``policies`` come last of each bucket: who needs more of it than its name waits for those (the SDK passes over what
    hangs under a resource, where somebody waits for this component). What sends packets waits for ``flow_log``.
    """

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:Storage", name, None, opts)
        self.args = args
        self.plan = args.plan
        made = {
            STORE: self._bucket(STORE, args.key_arns[STORE], write_once=False),
            "logs": self._bucket("logs", args.key_arns["logs"], write_once=True),
            # AWS's key: who deploys writes there, administers the site's keys and so may use none of them (ADR 30).
            CONFIG: self._bucket(CONFIG, None, write_once=False),
        }
        self.buckets = {purpose: bucket for purpose, (bucket, _) in made.items()}
        self.policies = {purpose: policy for purpose, (_, policy) in made.items()}
        self.log_group = self._log_group()
        self.flow_log = self._flow_log()
        self.register_outputs({"buckets": {purpose: bucket.bucket for purpose, bucket in self.buckets.items()}})

    def _bucket(
        self, purpose: str, key_arn: pulumi.Input[str] | None, *, write_once: bool
    ) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
        plan, site = self.plan, self.plan.site
        name = f"{plan.name}-{purpose}"
        physical = bucket_name(plan.declaration, plan.name, site.account, purpose)
        key = plan.declaration.keys.get(purpose)
        holding = "store" if key and "store" in plan.declaration.segments else None
        only, classes = site.account if purpose == CONFIG else None, key.classes if key else []
        policy = bucket_policy(partition(site.region), physical, only, closed=not plan.takes(classes))
        policy["Statement"] += [taking(one) for one in into(plan)] if purpose == STORE else []
        args = BucketArgs(
            physical,
            key_arn,
            json.dumps(policy),
            {**plan.tags(holding, classes), "Name": name},
            log_retention_days if write_once else None,
            holds_data=purpose != CONFIG,
            named=self.args.named if purpose == STORE else (),
        )
        return private_bucket(name, args, self)

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        name = f"{self.plan.name}-logs"
        return aws.cloudwatch.LogGroup(
            name,
            name=log_group_name(self.plan.declaration, self.plan.name),
            kms_key_id=self.args.key_arns["logs"],
            retention_in_days=log_retention_days,
            tags={**self.plan.tags(classes=self.plan.declaration.keys["logs"].classes), "Name": name},
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )

    def _flow_log(self) -> aws.ec2.FlowLog:
        plan, site = self.plan, self.plan.site
        name = f"{plan.name}-flow-logs"
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=flow_log_role(plan.declaration, plan.name),
            assume_role_policy=json.dumps(service_trust("vpc-flow-logs.amazonaws.com", site.account)),
            tags={**plan.tags(), "Name": name},
            opts=child,
        )
        policy = json.dumps(log_writer(site, log_group_name(plan.declaration, plan.name)))
        rights = role_policy(name, role, policy, child)
        return aws.ec2.FlowLog(
            name,
            vpc_id=self.args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=self.log_group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags={**plan.tags(), "Name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )


def bucket_policy(partition_name: str, bucket: str, only: str | None = None, *, closed: bool = False) -> dict[str, Any]:
    """Return the policy of a bucket: refuse whatever does not come over TLS, or asks for another encryption.

    ``only``: nobody of another account may do anything there; a key of the site would see to that elsewhere.
    ``closed``: nobody may add anything, as the site drains.
    """
    arn = f"arn:{partition_name}:s3:::{bucket}"
    other = {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    senders_key = {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            _deny_writing("KmsOnly", arn, other),
            _deny_writing("NoKeysOfSenders", arn, senders_key),
            *([_deny_others(arn, only)] if only else ()),
            *([_deny_writing("NoNewData", arn, {})] if closed else ()),
        ],
    }


def _deny_others(arn: str, account: str) -> dict[str, Any]:
    return {
        "Sid": "OwnAccountOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": account}},
    }


def _deny_writing(sid: str, arn: str, condition: dict[str, Any]) -> dict[str, Any]:
    bound = {"Condition": condition} if condition else {}
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"{arn}/*",
        **bound,
    }


def service_trust(service: str, account: str) -> dict[str, Any]:
    """Return a trust policy for an AWS service that acts for the given account only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ],
    }


def log_writer(site: AwsSite, log_group: str) -> dict[str, Any]:
    """Return the permissions to write into one log group."""
    arn = log_group_arn(site, log_group)
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": [arn, f"{arn}:*"]}],
    }
