"""All resource types that the stand-in knows, by token."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.provider_config import STAND_IN
from sandbox.aws_plugin.resource_type import ResourceType
from sandbox.aws_plugin.tables import (
    autoscaling,
    cloudtrail,
    ec2_client_vpn,
    ec2_endpoints,
    ec2_launch_template,
    ec2_links,
    ec2_network,
    ec2_network_acls,
    ec2_route_tables,
    ec2_security_group_rules,
    ec2_security_groups,
    ec2_transit,
    elbv2_balancers,
    elbv2_target_groups,
    iam,
    kms,
    lambda_functions,
    logs,
    organizations,
    s3_buckets,
    s3_objects,
    s3_settings,
    scheduler,
)

_TABLES: Final = (
    autoscaling,
    cloudtrail,
    ec2_endpoints,
    ec2_launch_template,
    ec2_links,
    ec2_network,
    ec2_network_acls,
    ec2_route_tables,
    ec2_security_group_rules,
    ec2_security_groups,
    ec2_transit,
    elbv2_balancers,
    elbv2_target_groups,
    iam,
    kms,
    lambda_functions,
    logs,
    organizations,
    s3_buckets,
    s3_objects,
    s3_settings,
    scheduler,
)
RESOURCE_TYPES: Final[Mapping[str, ResourceType]] = {
    resource.token: resource for table in _TABLES for resource in table.RESOURCE_TYPES
}
PREVIEWED: Final[Mapping[str, ResourceType]] = {resource.token: resource for resource in ec2_client_vpn.RESOURCE_TYPES}
"""Types of which moto has none: they are checked and previewed, and whoever creates one is told so."""
EVERY_TYPE: Final[Mapping[str, ResourceType]] = {**RESOURCE_TYPES, **PREVIEWED}


def resource_type(token: str) -> ResourceType:
    """The table entry of a token, such as `aws:ec2/vpc:Vpc`; any other type is refused."""
    found = EVERY_TYPE.get(token)
    if found is None:
        raise PluginError(
            f"{STAND_IN} and has no entry for the resource type {token}; "
            "add one to sandbox/aws_plugin/tables, or use the official AWS plugin"
        )
    return found
