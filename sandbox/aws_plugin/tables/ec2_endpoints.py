"""VPC endpoints and flow logs."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.inputs import COMPUTED, COMPUTED_SET, KEPT, REPLACE, REPLACE_COMPUTED, Input, default
from sandbox.aws_plugin.resource_type import Call, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED, arn, tag_specifications


def _find_endpoint(scope: Scope) -> Any:
    """An endpoint; AWS goes on showing a deleted one for a while, moto for ever."""
    endpoint = scope.call("describe_vpc_endpoints", VpcEndpointIds=[scope.id])["VpcEndpoints"][0]
    return None if endpoint["State"] in ("deleted", "deleting") else endpoint


def _added(key: str) -> Callable[[Scope], Any]:
    return lambda scope: _difference(scope.inputs.get(key), scope.state.get(key))


def _removed(key: str) -> Callable[[Scope], Any]:
    return lambda scope: _difference(scope.state.get(key), scope.inputs.get(key))


def _difference(these: list[str] | None, those: list[str] | None) -> list[str] | None:
    return sorted(set(these or ()) - set(those or ())) or None


def _prefix_list(item: Mapping[str, Any], scope: Scope) -> Any:
    """The addresses that a gateway endpoint routes to; other endpoints have none."""
    if item["VpcEndpointType"] != "Gateway":
        return None
    filters = [{"Name": "prefix-list-name", "Values": [item["ServiceName"]]}]
    return at(scope.call("describe_prefix_lists", Filters=filters), "PrefixLists[0].PrefixListId")


VPC_ENDPOINT: Final = ResourceType(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "ec2",
    inputs={
        "vpcId": REPLACE,
        "serviceName": REPLACE_COMPUTED,
        "vpcEndpointType": default("Gateway", replace=True),
        "policy": Input(document=True, computed=True),
        "privateDnsEnabled": COMPUTED,
        "routeTableIds": COMPUTED_SET,
        "subnetIds": COMPUTED_SET,
        "securityGroupIds": COMPUTED_SET,
        "autoAccept": KEPT,
        # moto tells neither of these: what was asked for is remembered.
        "ipAddressType": Input(computed=True, kept=True),
        "dnsOptions": Input(computed=True, kept=True),
    },
    create=Call(
        "create_vpc_endpoint",
        {
            "VpcId": "$vpcId",
            "ServiceName": "$serviceName",
            "VpcEndpointType": "$vpcEndpointType",
            "PolicyDocument": "$policy",
            "PrivateDnsEnabled": "$privateDnsEnabled",
            "RouteTableIds": "$routeTableIds",
            "SubnetIds": "$subnetIds",
            "SecurityGroupIds": "$securityGroupIds",
            "IpAddressType": "$ipAddressType",
            "TagSpecifications": tag_specifications("vpc-endpoint"),
        },
    ),
    identity="VpcEndpoint.VpcEndpointId",
    read=Read(_find_endpoint, gone=("InvalidVpcEndpointId.NotFound",)),
    updates=(
        Update(
            ("policy", "privateDnsEnabled", "routeTableIds", "subnetIds", "securityGroupIds", "ipAddressType"),
            Call(
                "modify_vpc_endpoint",
                {
                    "VpcEndpointId": "$id",
                    "PolicyDocument": lambda scope: scope.inputs.get("policy") if "policy" in scope.changed else None,
                    "PrivateDnsEnabled": lambda scope: (
                        scope.inputs.get("privateDnsEnabled") if "privateDnsEnabled" in scope.changed else None
                    ),
                    "AddRouteTableIds": _added("routeTableIds"),
                    "RemoveRouteTableIds": _removed("routeTableIds"),
                    "AddSubnetIds": _added("subnetIds"),
                    "RemoveSubnetIds": _removed("subnetIds"),
                    "AddSecurityGroupIds": _added("securityGroupIds"),
                    "RemoveSecurityGroupIds": _removed("securityGroupIds"),
                },
            ),
            at_create=False,
        ),
    ),
    delete=Call("delete_vpc_endpoints", {"VpcEndpointIds": ["$id"]}),
    outputs={
        "arn": arn("vpc-endpoint"),
        "policy": "PolicyDocument",
        "securityGroupIds": lambda item, _scope: [group["GroupId"] for group in item["Groups"]],
        "prefixListId": _prefix_list,
        # moto tells neither: an endpoint there serves no addresses and belongs to whoever asked for it.
        "cidrBlocks": lambda *_: [],
        "requesterManaged": lambda item, _scope: item.get("RequesterManaged", False),
        "serviceRegion": lambda _item, scope: scope.region,
    },
    tagging=TAGGED_WHEN_CREATED,
)

# The property that names what is watched → AWS's name for its kind.
_WATCHED: Final = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _watched_ids(scope: Scope) -> list[str]:
    return [scope.inputs[key] for key in _WATCHED if scope.inputs.get(key)]


def _watched_kind(scope: Scope) -> str:
    return next(kind for key, kind in _WATCHED.items() if scope.inputs.get(key))


def _watched(prefix: str) -> Callable[[Mapping[str, Any], Scope], Any]:
    return lambda item, _scope: item["ResourceId"] if item["ResourceId"].startswith(prefix) else None


def _flow_log_arn(_item: Mapping[str, Any], scope: Scope) -> str:
    return f"arn:aws:ec2:{scope.region}:{scope.account}:vpc-flow-log/{scope.id}"


FLOW_LOG: Final = ResourceType(
    "aws:ec2/flowLog:FlowLog",
    "ec2",
    inputs={
        "vpcId": REPLACE,
        "subnetId": REPLACE,
        "eniId": REPLACE,
        "trafficType": REPLACE,
        "iamRoleArn": REPLACE,
        "logDestination": REPLACE_COMPUTED,
        "logDestinationType": default("cloud-watch-logs", replace=True),
        "logFormat": REPLACE_COMPUTED,
        "maxAggregationInterval": default(600, replace=True),
    },
    create=Call(
        "create_flow_logs",
        {
            "ResourceIds": _watched_ids,
            "ResourceType": _watched_kind,
            "TrafficType": "$trafficType",
            "LogDestinationType": "$logDestinationType",
            "LogDestination": "$logDestination",
            "DeliverLogsPermissionArn": "$iamRoleArn",
            "LogFormat": "$logFormat",
            "MaxAggregationInterval": "$maxAggregationInterval",
            "TagSpecifications": tag_specifications("vpc-flow-log"),
        },
    ),
    identity="FlowLogIds[0]",
    read=Read(Call("describe_flow_logs", {"FlowLogIds": ["$id"]}), "FlowLogs[0]", ("InvalidFlowLogId.NotFound",)),
    delete=Call("delete_flow_logs", {"FlowLogIds": ["$id"]}),
    outputs={
        "arn": _flow_log_arn,
        "iamRoleArn": "DeliverLogsPermissionArn",
        "vpcId": _watched("vpc-"),
        "subnetId": _watched("subnet-"),
        "eniId": _watched("eni-"),
    },
    tagging=TAGGED_WHEN_CREATED,
)

RESOURCE_TYPES: Final = (VPC_ENDPOINT, FLOW_LOG)
