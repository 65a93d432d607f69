"""Policies of the inspector's program and of what calls it: it becomes the sites' roles, and keeps its own bucket.

Sources: AWS Lambda developer guide, "Defining Lambda function permissions with an execution role"; EventBridge
Scheduler user guide, "Setting up the execution role", "Confused deputy prevention"; IAM user guide, "Third-party
access".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from components.aws.arn import partition
from components.aws.inspection_policies import document, grant
from hosts.watch.schedule import folder_of
from hosts.watch.starting import RUNS, approved_key

if TYPE_CHECKING:
    from components.declaration.watching import WatchDeclaration


def trusting(declaration: WatchDeclaration, service: str, source: str) -> str:
    """Return the trust of a role that one service takes for one resource of this account."""
    condition = {
        "StringEquals": {"aws:SourceAccount": declaration.schedule.account},
        "ArnLike": {"aws:SourceArn": source},
    }
    statement = {
        "Sid": "Service",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["sts:AssumeRole"],
        "Condition": condition,
    }
    return json.dumps(document(statement))


def program_policy(declaration: WatchDeclaration, log_group: str) -> str:
    """Return what the program may: become the sites' roles, read what was approved, add runs, sign, and log."""
    schedule = declaration.schedule
    bucket = f"arn:{partition(schedule.region)}:s3:::{schedule.bucket}"
    folders = {site: f"{bucket}/{folder_of(site)}" for site in schedule.sites}
    return json.dumps(
        document(
            grant("become", ["sts:AssumeRole"], [site.role for site in schedule.sites.values()]),
            grant(
                "approved",
                ["s3:GetObject"],
                [f"{at}{approved_key(site)}" for site, at in folders.items()],
            ),
            grant("runs", ["s3:PutObject"], [f"{at}{RUNS}/*" for at in folders.values()]),
            grant("key", ["secretsmanager:GetSecretValue"], [f"{secret_arn(declaration)}-??????"]),
            grant("log", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group}:*"]),
        )
    )


def bucket_policy(declaration: WatchDeclaration) -> str:
    """Return the policy of the bucket: nobody without TLS, and nobody of another account."""
    bucket = f"arn:{partition(declaration.schedule.region)}:s3:::{declaration.schedule.bucket}"

    def denied(sid: str, condition: Any) -> dict[str, Any]:
        both = [bucket, f"{bucket}/*"]
        parts = {"Effect": "Deny", "Principal": "*", "Action": ["s3:*"], "Resource": both}
        return {"Sid": sid, **parts, "Condition": condition}

    account = declaration.schedule.account
    return json.dumps(
        document(
            denied("TlsOnly", {"Bool": {"aws:SecureTransport": "false"}}),
            denied("OwnAccountOnly", {"StringNotEquals": {"aws:PrincipalAccount": account}}),
        )
    )


def secret_name(declaration: WatchDeclaration) -> str:
    """Return what the secret is called in which the inspector puts the key that signs."""
    return f"{declaration.enclave}-watch-key"


def secret_arn(declaration: WatchDeclaration) -> str:
    """Return the ARN of that secret, without the six signs that AWS adds."""
    schedule = declaration.schedule
    where = f"{partition(schedule.region)}:secretsmanager:{schedule.region}:{schedule.account}"
    return f"arn:{where}:secret:{secret_name(declaration)}"


def service_arn(declaration: WatchDeclaration, service: str, resource: str) -> str:
    """Return the ARN of something in the program's account and region."""
    schedule = declaration.schedule
    return f"arn:{partition(schedule.region)}:{service}:{schedule.region}:{schedule.account}:{resource}"
