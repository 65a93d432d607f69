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


# Source: AWS General Reference, service endpoints, of the partitions that do not end in amazonaws.com.
_dns_suffix = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


def dns_suffix(region: str) -> str:
    """Return the suffix of AWS's hosts in a region's partition."""
    return _dns_suffix.get(partition(region), "amazonaws.com")


def service_host(site: AwsSite, name: str) -> str:
    """Return the host of a service in the site's region."""
    return f"{name}.{site.region}.{dns_suffix(site.region)}"


def role_arn(site: AwsSite, role: str) -> str:
    """Return the ARN of a role in the site's account."""
    return f"arn:{partition(site.region)}:iam::{site.account}:role/{role}"


def log_group_arn(site: AwsSite, name: str) -> str:
    """Return the ARN of a log group of the site."""
    return f"arn:{partition(site.region)}:logs:{site.region}:{site.account}:log-group:{name}"


def bucket_arn(site: AwsSite, name: str) -> str:
    """Return the ARN of a bucket in the site's partition."""
    return f"arn:{partition(site.region)}:s3:::{name}"
