"""Target groups."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.inputs import COMPUTED, REPLACE, REPLACE_COMPUTED, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.elbv2_common import TAGGING, Attributes, new_tags

_ATTRIBUTES: Final = Attributes(
    keys={
        "connectionTermination": "deregistration_delay.connection_termination.enabled",
        "deregistrationDelay": "deregistration_delay.timeout_seconds",
        "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
        "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
        "preserveClientIp": "preserve_client_ip.enabled",
        "proxyProtocolV2": "proxy_protocol_v2.enabled",
        "slowStart": "slow_start.duration_seconds",
    },
    describe="describe_target_group_attributes",
    modify="modify_target_group_attributes",
    parameter="TargetGroupArn",
)
# The field of `healthCheck` → AWS's parameter; the matcher is an object of its own.
_HEALTH_CHECK: Final = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


def _health_check(scope: Scope) -> dict[str, Any]:
    wanted = scope.inputs.get("healthCheck") or {}
    parameters = {_HEALTH_CHECK[name]: wanted[name] for name in _HEALTH_CHECK if wanted.get(name) not in (None, "")}
    if wanted.get("matcher"):
        parameters["Matcher"] = {"HttpCode": wanted["matcher"]}
    return parameters


def _create(scope: Scope) -> Any:
    parameters = {
        "Name": "$name",
        "Protocol": "$protocol",
        "ProtocolVersion": "$protocolVersion",
        "Port": "$port",
        "VpcId": "$vpcId",
        "TargetType": "$targetType",
        "IpAddressType": "$ipAddressType",
        "Tags": new_tags,
    }
    return scope.run(Call("create_target_group", {**parameters, **_health_check(scope)}))


def _modify(scope: Scope) -> None:
    scope.call("modify_target_group", TargetGroupArn=scope.id, **_health_check(scope))


def _find(scope: Scope) -> Any:
    group = scope.call("describe_target_groups", TargetGroupArns=[scope.id])["TargetGroups"][0]
    return {**group, "Attributes": _ATTRIBUTES.read(scope)}


def _health_check_output(item: Mapping[str, Any], _scope: Scope) -> dict[str, Any]:
    check = {name: item[parameter] for name, parameter in _HEALTH_CHECK.items() if parameter in item}
    return {**check, "matcher": at(item, "Matcher.HttpCode") or ""}


TARGET_GROUP: Final = ResourceType(
    "aws:lb/targetGroup:TargetGroup",
    "elbv2",
    inputs={
        "name": REPLACE,
        "namePrefix": Input(replace=True, computed=True, kept=True),
        "port": REPLACE,
        "protocol": REPLACE,
        "protocolVersion": REPLACE_COMPUTED,
        "vpcId": REPLACE,
        "targetType": default("instance", replace=True),
        "ipAddressType": REPLACE_COMPUTED,
        "healthCheck": COMPUTED,
        "connectionTermination": COMPUTED,
        "deregistrationDelay": default(300),
        "loadBalancingAlgorithmType": COMPUTED,
        "loadBalancingCrossZoneEnabled": COMPUTED,
        "preserveClientIp": COMPUTED,
        "proxyProtocolV2": default(False),
        "slowStart": default(0),
    },
    create=_create,
    identity="TargetGroups[0].TargetGroupArn",
    read=Read(_find, gone=("TargetGroupNotFound",)),
    updates=(
        Update(("healthCheck",), _modify, at_create=False),
        Update(tuple(_ATTRIBUTES.keys), _ATTRIBUTES.sync, fresh={"deregistrationDelay": 300}),
    ),
    delete=Call("delete_target_group", {"TargetGroupArn": "$id"}),
    outputs={
        **_ATTRIBUTES.outputs(),
        "name": "TargetGroupName",
        "arn": "TargetGroupArn",
        "arnSuffix": lambda item, _scope: item["TargetGroupArn"].rpartition(":")[2],
        "healthCheck": _health_check_output,
        "loadBalancerArns": lambda item, _scope: item.get("LoadBalancerArns") or [],
        "lambdaMultiValueHeadersEnabled": lambda *_: False,
    },
    auto_name=AutoName(longest=32),
    tagging=TAGGING,
)

RESOURCE_TYPES: Final = (TARGET_GROUP,)
