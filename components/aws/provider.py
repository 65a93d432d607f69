"""The explicit AWS providers: each in one region and one account, with nothing taken from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pulumi

    from components.clouds import OrganizationAccess
    from components.declaration.model import AwsSite
    from components.declaration.watching import Schedule
    from components.site import SitePlan

services = (
    "autoscaling",
    "cloudtrail",
    "cloudwatch",
    "ec2",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "s3",
    "s3control",
    "ssm",
    "sts",
)
organization_services = ("organizations", "sts")
inspectors_services = ("iam", "lambda_", "logs", "s3", "s3control", "scheduler", "sts")


def aws_provider(plan: SitePlan[AwsSite], endpoint: str | None, opts: pulumi.ResourceOptions) -> aws.Provider:
    """Return the provider of a site; ``endpoint`` is the address of the local stand-in, None for AWS itself."""
    name = f"{plan.name}-aws"
    return _provider(name, plan.site.region, plan.site.account, _EndpointOf(endpoint, services), opts)


def organization_provider(
    organization: OrganizationAccess, endpoint: str | None, opts: pulumi.ResourceOptions
) -> aws.Provider:
    """Return the provider of the organization's management account."""
    asked = _EndpointOf(endpoint, organization_services)
    return _provider("organization-aws", organization.region, organization.account, asked, opts)


def inspectors_provider(schedule: Schedule, endpoint: str | None, opts: pulumi.ResourceOptions) -> aws.Provider:
    """Return the provider of an inspector's own account; it says what a schedule holds, which takes no tags itself."""
    asked = _EndpointOf(endpoint, inspectors_services)
    tags = {"data-class": "none"}
    return _provider("inspector-aws", schedule.region, schedule.account, asked, opts, tags=tags)


class _EndpointOf(NamedTuple):
    """The local stand-in's address, None for AWS itself, and the services that are asked there."""

    address: str | None
    services: tuple[str, ...]


def _provider(
    name: str,
    region: str,
    account: str,
    endpoint: _EndpointOf,
    opts: pulumi.ResourceOptions,
    *,
    tags: Mapping[str, str] | None = None,
) -> aws.Provider:
    default_tags = aws.ProviderDefaultTagsArgs(tags=dict(tags)) if tags else None
    if endpoint.address is None:
        return aws.Provider(name, region=region, allowed_account_ids=[account], default_tags=default_tags, opts=opts)
    return aws.Provider(
        name,
        region=region,
        default_tags=default_tags,
        access_key="sandbox",
        secret_key="sandbox",  # noqa: S106  the stand-in asks for one and checks nothing
        endpoints=[aws.ProviderEndpointArgs(**dict.fromkeys(endpoint.services, endpoint.address))],
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        skip_requesting_account_id=True,
        s3_use_path_style=True,
        opts=opts,
    )
