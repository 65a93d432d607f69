"""The explicit AWS provider of a site: one region, one account, nothing taken from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi_aws as aws

if TYPE_CHECKING:
    import pulumi

    from components.declaration.model import AwsSite
    from components.site import SitePlan

services = ("autoscaling", "cloudwatch", "ec2", "elbv2", "iam", "kms", "logs", "s3", "s3control", "ssm", "sts")


def aws_provider(plan: SitePlan[AwsSite], endpoint: str | None, opts: pulumi.ResourceOptions) -> aws.Provider:
    """Return the provider of a site; ``endpoint`` is the address of the local stand-in, None for AWS itself."""
    name = f"{plan.name}-aws"
    if endpoint is None:
        return aws.Provider(name, region=plan.site.region, allowed_account_ids=[plan.site.account], opts=opts)
    return aws.Provider(
        name,
        region=plan.site.region,
        access_key="sandbox",
        secret_key="sandbox",  # noqa: S106  the stand-in asks for one and checks nothing
        endpoints=[aws.ProviderEndpointArgs(**dict.fromkeys(services, endpoint))],
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        skip_requesting_account_id=True,
        s3_use_path_style=True,
        opts=opts,
    )
