"""The regional twin of an AWS host: what the same service is called in another region."""

from __future__ import annotations

import re
from typing import Final

REGION_IN_HOST: Final = re.compile(r"(?<![a-z0-9])[a-z]{2,4}(?:-[a-z]+)+-\d(?![a-z0-9])")
WORLDWIDE: Final = ".amazonaws.com"
REGIONAL: Final = frozenset(
    {
        "autoscaling",
        "batch",
        "cloudformation",
        "cognito-identity",
        "cognito-idp",
        "dynamodb",
        "ec2",
        "ecr",
        "ecs",
        "eks",
    }
    | {"elasticache", "elasticloadbalancing", "elasticmapreduce", "email", "events", "firehose", "glacier", "kinesis"}
    | {"kms", "lambda", "logs", "monitoring", "rds", "redshift", "s3", "secretsmanager", "sns", "sqs", "ssm", "states"}
    | {"sts", "swf"}
)
"""Services with an endpoint in each region (AWS General Reference, "Service endpoints and quotas", 2026-11-29)."""
PLAIN: Final = frozenset({"", "api", "dualstack"})
"""Labels of a service's own endpoint; any other names a resource, which has its twin nowhere."""
RENAMED: Final = {"queue": "sqs", "s3-external-1": "s3"}
"""Old names of worldwide endpoints, and what the service is called in a region."""


def twin(host: str, region: str) -> str | None:
    """Return what an AWS host is called in another region, None for a host that has no such twin."""
    name = host.lower().removesuffix(".")
    if not name.endswith(WORLDWIDE):
        return None
    if REGION_IN_HOST.search(name):
        rest = [
            label for label in REGION_IN_HOST.sub("", name.removesuffix(WORLDWIDE)).split(".") if label not in PLAIN
        ]
        return REGION_IN_HOST.sub(region, name) if len(rest) == 1 and rest[0] in REGIONAL else None
    *before, service = name.removesuffix(WORLDWIDE).split(".")
    service = RENAMED.get(service, service)
    return ".".join([*before, service, region]) + WORLDWIDE if service in REGIONAL else None


def is_worldwide(host: str) -> bool:
    """Return whether a host is one of AWS that names no region."""
    return host.endswith(WORLDWIDE) and not REGION_IN_HOST.search(host)
