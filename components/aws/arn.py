"""Amazon Resource Names of a site's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from components.declaration.model import AwsSite

# Source: AWS General Reference, "Amazon Resource Names (ARNs)", and the AWS European Sovereign Cloud user guide.
_partition_of_prefix = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}


def partition(region: str) -> str:
    """Return the partition that a region belongs to."""
    return next((name for prefix, name in _partition_of_prefix.items() if region.startswith(prefix)), "aws")


def role_arn(site: AwsSite, role: str) -> str:
    """Return the ARN of a role in the site's account."""
    return f"arn:{partition(site.region)}:iam::{site.account}:role/{role}"


def log_group_arn(site: AwsSite, name: str) -> str:
    """Return the ARN of a log group of the site."""
    return f"arn:{partition(site.region)}:logs:{site.region}:{site.account}:log-group:{name}"


def bucket_arn(site: AwsSite, name: str) -> str:
    """Return the ARN of a bucket in the site's partition."""
    return f"arn:{partition(site.region)}:s3:::{name}"
