"""VPCs and subnets."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.inputs import COMPUTED, REPLACE, REPLACE_COMPUTED, default
from sandbox.aws_plugin.resource_type import Call, Output, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED, arn, tag_specifications


def _vpc_attribute(name: str) -> Output:
    """An attribute that AWS tells one at a time: `enableDnsSupport`."""

    def output(_item: Mapping[str, Any], scope: Scope) -> Any:
        answer = scope.call("describe_vpc_attribute", VpcId=scope.id, Attribute=name)
        return answer[name[0].upper() + name[1:]]["Value"]

    return output


def _default_of_vpc(operation: str, filter_name: str, filter_value: str, path: str) -> Output:
    """The id of an object that AWS makes with every VPC."""

    def output(_item: Mapping[str, Any], scope: Scope) -> Any:
        filters = [
            {"Name": "vpc-id", "Values": [scope.id]},
            {"Name": filter_name, "Values": [filter_value]},
        ]
        return at(scope.call(operation, Filters=filters), path)

    return output


def _set_vpc_attribute(name: str, *, fresh: bool) -> Update:
    parameter = name[0].upper() + name[1:]
    call = Call("modify_vpc_attribute", {"VpcId": "$id", parameter: {"Value": f"${name}"}})
    return Update((name,), call, fresh={name: fresh})


_main_route_table = _default_of_vpc("describe_route_tables", "association.main", "true", "RouteTables[0].RouteTableId")

VPC: Final = ResourceType(
    "aws:ec2/vpc:Vpc",
    "ec2",
    inputs={
        "cidrBlock": REPLACE,
        "instanceTenancy": default("default", replace=True),
        "enableDnsSupport": default(True),
        "enableDnsHostnames": COMPUTED,
        "enableNetworkAddressUsageMetrics": COMPUTED,
    },
    create=Call(
        "create_vpc",
        {
            "CidrBlock": "$cidrBlock",
            "InstanceTenancy": "$instanceTenancy",
            "TagSpecifications": tag_specifications("vpc"),
        },
    ),
    identity="Vpc.VpcId",
    read=Read(Call("describe_vpcs", {"VpcIds": ["$id"]}), "Vpcs[0]", ("InvalidVpcID.NotFound",)),
    updates=(
        _set_vpc_attribute("enableDnsSupport", fresh=True),
        _set_vpc_attribute("enableDnsHostnames", fresh=False),
        _set_vpc_attribute("enableNetworkAddressUsageMetrics", fresh=False),
    ),
    delete=Call("delete_vpc", {"VpcId": "$id"}),
    outputs={
        "arn": arn("vpc"),
        "assignGeneratedIpv6CidrBlock": lambda *_: False,
        "enableDnsSupport": _vpc_attribute("enableDnsSupport"),
        "enableDnsHostnames": _vpc_attribute("enableDnsHostnames"),
        "enableNetworkAddressUsageMetrics": _vpc_attribute("enableNetworkAddressUsageMetrics"),
        "mainRouteTableId": _main_route_table,
        "defaultRouteTableId": _main_route_table,
        "defaultNetworkAclId": _default_of_vpc(
            "describe_network_acls", "default", "true", "NetworkAcls[0].NetworkAclId"
        ),
        "defaultSecurityGroupId": _default_of_vpc(
            "describe_security_groups", "group-name", "default", "SecurityGroups[0].GroupId"
        ),
        "ipv6AssociationId": lambda *_: "",
        "ipv6CidrBlock": lambda *_: "",
        "ipv6CidrBlockNetworkBorderGroup": lambda *_: "",
    },
    tagging=TAGGED_WHEN_CREATED,
)


def _set_subnet_attribute(name: str, parameter: str = "") -> Update:
    parameter = parameter or name[0].upper() + name[1:]
    return Update((name,), Call("modify_subnet_attribute", {"SubnetId": "$id", parameter: {"Value": f"${name}"}}))


SUBNET: Final = ResourceType(
    "aws:ec2/subnet:Subnet",
    "ec2",
    inputs={
        "vpcId": REPLACE,
        "cidrBlock": REPLACE,
        "availabilityZone": REPLACE_COMPUTED,
        "availabilityZoneId": REPLACE_COMPUTED,
        "assignIpv6AddressOnCreation": default(False),
        "mapPublicIpOnLaunch": default(False),
        "enableResourceNameDnsARecordOnLaunch": default(False),
        "enableResourceNameDnsAaaaRecordOnLaunch": default(False),
        # moto ignores the next three; a value other than the default would show as drift at once.
        "enableDns64": default(False),
        "ipv6Native": default(False, replace=True),
        "privateDnsHostnameTypeOnLaunch": COMPUTED,
    },
    create=Call(
        "create_subnet",
        {
            "VpcId": "$vpcId",
            "CidrBlock": "$cidrBlock",
            "AvailabilityZone": "$availabilityZone",
            "AvailabilityZoneId": "$availabilityZoneId",
            "TagSpecifications": tag_specifications("subnet"),
        },
    ),
    identity="Subnet.SubnetId",
    read=Read(Call("describe_subnets", {"SubnetIds": ["$id"]}), "Subnets[0]", ("InvalidSubnetID.NotFound",)),
    updates=(
        _set_subnet_attribute("assignIpv6AddressOnCreation"),
        _set_subnet_attribute("mapPublicIpOnLaunch"),
        _set_subnet_attribute("enableDns64"),
        _set_subnet_attribute("enableResourceNameDnsARecordOnLaunch"),
        _set_subnet_attribute("enableResourceNameDnsAaaaRecordOnLaunch", "EnableResourceNameDnsAAAARecordOnLaunch"),
        Update(
            ("privateDnsHostnameTypeOnLaunch",),
            Call(
                "modify_subnet_attribute",
                {"SubnetId": "$id", "PrivateDnsHostnameTypeOnLaunch": "$privateDnsHostnameTypeOnLaunch"},
            ),
            fresh={"privateDnsHostnameTypeOnLaunch": "ip-name"},
        ),
    ),
    delete=Call("delete_subnet", {"SubnetId": "$id"}),
    outputs={
        "arn": "SubnetArn",
        "privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
        "enableResourceNameDnsARecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
        "enableResourceNameDnsAaaaRecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
        "ipv6CidrBlock": lambda *_: "",
        "ipv6CidrBlockAssociationId": lambda *_: "",
    },
    tagging=TAGGED_WHEN_CREATED,
)

RESOURCE_TYPES: Final = (VPC, SUBNET)
