"""What hosts in AWS would run of the gateways: read from launch templates and buckets, as a host reads them.

Nothing here knows what was declared: a template or an object that somebody changed is noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from hosts.gateway.packed import files_in
from hosts.gateway.user_data import settings_in
from sandbox.gateways.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONFIG: Final = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})


def gateways(endpoint: str) -> Iterator[Running]:
    """Yield the gateways whose hosts an auto scaling group of the stand-in starts, in whichever region."""
    session = boto3.session.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox")  # noqa: S106

    def client(service: str, region: str) -> Any:
        return session.client(service, region_name=region, endpoint_url=endpoint, config=_CONFIG)  # type: ignore[call-overload]

    for region in _regions(client("ec2", "eu-west-1")):
        for settings, hosts in _hosts(client("autoscaling", region), client("ec2", region)):
            place = settings.get("ENCLAVE_BUNDLE", "")
            bucket, _, key = urlsplit(place).path.lstrip("/").partition("/")
            yield Running(
                settings.get("ENCLAVE_SITE", ""),
                settings.get("ENCLAVE_GATEWAY", ""),
                settings.get("ENCLAVE_BUNDLE_DIGEST", ""),
                f"s3://{bucket}/{key}",
                _files(client("s3", region), bucket, key),
                region,
                settings.get("ENCLAVE_RECORDS", ""),
                hosts,
            )


def _regions(ec2: Any) -> list[str]:
    """Return the regions with a network of somebody's: groups start hosts nowhere else."""
    named = [each["RegionName"] for each in ec2.describe_regions()["Regions"]]
    return [each for each in named if each.startswith("eu-")]


def _hosts(autoscaling: Any, ec2: Any) -> Iterator[tuple[Mapping[str, str], tuple[str, ...]]]:
    for group in autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]:
        template = group.get("LaunchTemplate")
        if template is None:
            continue
        found = ec2.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"], Versions=[str(template.get("Version") or "$Default")]
        )["LaunchTemplateVersions"]
        settings = settings_in(found[0]["LaunchTemplateData"].get("UserData", "")) if found else {}
        if "ENCLAVE_GATEWAY" in settings:
            yield settings, tuple(sorted(each["InstanceId"] for each in group["Instances"]))


def _files(s3: Any, bucket: str, key: str) -> Mapping[str, str]:
    """Return the files that lie there, whatever their digest is; none where there is no bundle."""
    try:
        found = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return files_in(found.decode()) or {}
    except (ClientError, ValueError):
        return {}
