"""The inspector's program in AWS: a function that looks at sites, the schedules that call it, and where it leaves runs.

All of it stands in the inspector's account. No function calls it but the scheduler, and it calls nobody but AWS and the
address of alerts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pulumi
import pulumi_aws as aws

from components.aws.bucket import BucketArgs, private_bucket
from components.aws.provider import inspectors_provider
from components.aws.role_policy import role_policy
from components.aws.schedule_policies import (
    bucket_policy,
    program_policy,
    secret_name,
    service_arn,
    trusting,
)
from components.declaration.watching import caller_role
from hosts.watch.schedule import ENTRY, Call, Surroundings

if TYPE_CHECKING:
    from components.declaration.watching import Schedule, WatchDeclaration, WatchedSite

LONGEST: Final = 300
"""Seconds that one run may take; of runs each minute less, as two should never run at once."""
MEMORY: Final = 512
"""MB."""
LOG_DAYS: Final = 90
GROUP: Final = "default"
"""The group of schedules that every account has."""


@dataclass(frozen=True)
class WatchScheduleArgs:
    """What the program is built from; ``endpoint`` is the local stand-in's address, None for AWS itself."""

    declaration: WatchDeclaration
    endpoint: str | None


class WatchSchedule(pulumi.ComponentResource):
    """The function with its role, log and bucket, and a schedule for each site."""

    def __init__(self, name: str, args: WatchScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        provider = inspectors_provider(args.declaration.schedule, args.endpoint, pulumi.ResourceOptions())
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))
        super().__init__("enclave:aws:WatchSchedule", name, None, merged)
        self.declaration = args.declaration
        self.name = f"{args.declaration.enclave}-watch"
        self.child = pulumi.ResourceOptions(parent=self)
        function = self._function(self._bucket())
        caller = self._caller(function)
        self.schedules = {
            site: self._schedule(site, watched, function, caller) for site, watched in self.schedule.sites.items()
        }
        self.summary = {site: made.arn for site, made in self.schedules.items()}
        self.register_outputs({"schedules": self.summary})

    @property
    def schedule(self) -> Schedule:
        """What is declared."""
        return self.declaration.schedule

    def _tags(self, name: str) -> dict[str, str]:
        return {
            **self.declaration.tags,
            "enclave": self.declaration.enclave,
            "owner": self.declaration.contact.team,
            "data-class": "none",
            "managed-by": "pulumi",
            "Name": name,
        }

    def _bucket(self) -> pulumi.Resource:
        """Return the policy of the bucket of documents and runs, which nobody changes before their time is over."""
        policy, tags = bucket_policy(self.declaration), self._tags(self.name)
        args = BucketArgs(self.schedule.bucket, None, policy, tags, self.schedule.retention_days)
        _, closed = private_bucket(self.name, args, self)
        return closed

    def _role(self, name: str, service: str, source: str) -> aws.iam.Role:
        return aws.iam.Role(
            name,
            name=name,
            assume_role_policy=trusting(self.declaration, service, source),
            tags=self._tags(name),
            opts=self.child,
        )

    def _function(self, closed: pulumi.Resource) -> aws.lambda_.Function:
        function = service_arn(self.declaration, "lambda", f"function:{self.name}")
        role = self._role(self.schedule.role, "lambda.amazonaws.com", function)
        log = aws.cloudwatch.LogGroup(
            self.name,
            name=f"/aws/lambda/{self.name}",
            retention_in_days=LOG_DAYS,
            tags=self._tags(self.name),
            opts=self.child,
        )
        rights = role_policy(
            self.name, role, log.arn.apply(lambda arn: program_policy(self.declaration, arn)), self.child
        )
        found = Surroundings(self.schedule.bucket, self.schedule.alerts, secret_name(self.declaration))
        return aws.lambda_.Function(
            self.name,
            name=self.name,
            description="looks at sites of an enclave, and tells what differs from what was approved",
            role=role.arn,
            package_type="Image",
            image_uri=self.schedule.image,
            image_config=aws.lambda_.FunctionImageConfigArgs(entry_points=list(ENTRY)),
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=found.variables),
            memory_size=MEMORY,
            timeout=min(LONGEST, self.schedule.minutes * 60 - 10),
            tags=self._tags(self.name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights, closed]),
        )

    def _caller(self, function: aws.lambda_.Function) -> tuple[aws.iam.Role, pulumi.Resource]:
        """Create the role by which the scheduler calls the function, and what lets it do that."""
        name = caller_role(self.declaration)
        source = service_arn(self.declaration, "scheduler", f"schedule-group/{GROUP}")
        role = self._role(name, "scheduler.amazonaws.com", source)
        policy = function.arn.apply(
            lambda arn: json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Sid": "Call", "Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [arn]}
                    ],
                }
            )
        )
        return role, role_policy(name, role, policy, self.child)

    def _schedule(
        self,
        site: str,
        watched: WatchedSite,
        function: aws.lambda_.Function,
        caller: tuple[aws.iam.Role, pulumi.Resource],
    ) -> aws.scheduler.Schedule:
        minutes, (role, rights) = self.schedule.minutes, caller
        call = Call(site, watched.region, watched.role, self.schedule.external_id, minutes * 60)
        name = f"{self.name}-{site}"
        return aws.scheduler.Schedule(
            name,
            name=name,
            group_name=GROUP,
            schedule_expression=f"rate({minutes} minute{'' if minutes == 1 else 's'})",
            state="ENABLED",
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=function.arn,
                role_arn=role.arn,
                input=call.text,
                # The next run looks at the same: one that is late is of no use.
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=0
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )
