"""Auto scaling groups. moto starts pretended instances for them."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.inputs import COMPUTED, COMPUTED_SET, KEPT, PLAIN, REPLACE, SET, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Update

_SIZES: Final = {
    "minSize": "MinSize",
    "maxSize": "MaxSize",
    "desiredCapacity": "DesiredCapacity",
    "healthCheckType": "HealthCheckType",
    "healthCheckGracePeriod": "HealthCheckGracePeriod",
    "defaultCooldown": "DefaultCooldown",
    "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
    "capacityRebalance": "CapacityRebalance",
    "terminationPolicies": "TerminationPolicies",
}


def _launch_template(scope: Scope) -> Any:
    template = scope.inputs.get("launchTemplate")
    if not template:
        return None
    version = template.get("version") or "$Default"
    which = {"LaunchTemplateId": template.get("id"), "LaunchTemplateName": template.get("name")}
    # AWS takes the id or the name, and a state knows both.
    named = {"LaunchTemplateId": which["LaunchTemplateId"]} if which["LaunchTemplateId"] else which
    return {**{k: v for k, v in named.items() if v}, "Version": version}


def _subnets(scope: Scope) -> str | None:
    return ",".join(scope.inputs.get("vpcZoneIdentifiers") or ()) or None


def _tags(scope: Scope) -> Any:
    return [_tag(scope.inputs["name"], tag) for tag in scope.inputs.get("tags") or ()] or None


def _tag(group: str, tag: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": tag["key"],
        "Value": tag["value"],
        "PropagateAtLaunch": tag["propagateAtLaunch"],
    }


_PARAMETERS: Final[Mapping[str, Any]] = {
    **{parameter: f"${key}" for key, parameter in _SIZES.items()},
    "LaunchTemplate": _launch_template,
    "VPCZoneIdentifier": _subnets,
}


def _sync_tags(scope: Scope) -> None:
    wanted = [*(scope.inputs.get("tags") or ())]
    keys = {tag["key"] for tag in wanted}
    surplus = [_tag(scope.id, tag) for tag in scope.state.get("tags") or () if tag["key"] not in keys]
    if surplus:
        scope.call("delete_tags", Tags=surplus)
    if wanted:
        scope.call("create_or_update_tags", Tags=[_tag(scope.id, tag) for tag in wanted])


def _sync_target_groups(scope: Scope) -> None:
    wanted, known = set(scope.inputs.get("targetGroupArns") or ()), set(scope.state.get("targetGroupArns") or ())
    for operation, arns in (
        ("detach_load_balancer_target_groups", known - wanted),
        ("attach_load_balancer_target_groups", wanted - known),
    ):
        if arns:
            scope.call(operation, AutoScalingGroupName=scope.id, TargetGroupARNs=sorted(arns))


def _sync_processes(scope: Scope) -> None:
    wanted, known = set(scope.inputs.get("suspendedProcesses") or ()), set(scope.state.get("suspendedProcesses") or ())
    for operation, names in (("resume_processes", known - wanted), ("suspend_processes", wanted - known)):
        if names:
            scope.call(operation, AutoScalingGroupName=scope.id, ScalingProcesses=sorted(names))


def _delete(scope: Scope) -> None:
    """Delete an empty group; one that is not forced is emptied first."""
    forced = bool(scope.get("forceDelete"))
    if not forced:
        scope.call("update_auto_scaling_group", AutoScalingGroupName=scope.id, MinSize=0, MaxSize=0, DesiredCapacity=0)
    scope.call("delete_auto_scaling_group", AutoScalingGroupName=scope.id, ForceDelete=forced)


def _template_output(item: Mapping[str, Any], _scope: Scope) -> Any:
    template = item.get("LaunchTemplate")
    return template and {
        "id": template["LaunchTemplateId"],
        "name": template["LaunchTemplateName"],
        "version": template.get("Version"),
    }


GROUP: Final = ResourceType(
    "aws:autoscaling/group:Group",
    "autoscaling",
    inputs={
        "name": REPLACE,
        "namePrefix": Input(replace=True, computed=True, kept=True),
        "minSize": PLAIN,
        "maxSize": PLAIN,
        "desiredCapacity": COMPUTED,
        "launchTemplate": PLAIN,
        "vpcZoneIdentifiers": COMPUTED_SET,
        "targetGroupArns": COMPUTED_SET,
        "healthCheckType": COMPUTED,
        "healthCheckGracePeriod": default(300),
        "defaultCooldown": COMPUTED,
        "protectFromScaleIn": default(False),
        "capacityRebalance": PLAIN,
        "terminationPolicies": COMPUTED,
        "suspendedProcesses": SET,
        "tags": SET,
        # How the official plugin waits and deletes, which nothing in AWS remembers.
        "forceDelete": default(False, kept=True),
        "forceDeleteWarmPool": default(False, kept=True),
        "ignoreFailedScalingActivities": default(False, kept=True),
        "metricsGranularity": default("1Minute", kept=True),
        "waitForCapacityTimeout": default("10m", kept=True),
        "waitForElbCapacity": KEPT,
        "minElbCapacity": KEPT,
    },
    create=Call(
        "create_auto_scaling_group",
        {"AutoScalingGroupName": "$name", **_PARAMETERS, "TargetGroupARNs": "$targetGroupArns", "Tags": _tags},
    ),
    identity="$name",
    read=Read(Call("describe_auto_scaling_groups", {"AutoScalingGroupNames": ["$id"]}), "AutoScalingGroups[0]"),
    updates=(
        Update(
            (*_SIZES, "launchTemplate", "vpcZoneIdentifiers"),
            Call("update_auto_scaling_group", {"AutoScalingGroupName": "$id", **_PARAMETERS}),
            at_create=False,
        ),
        Update(("targetGroupArns",), _sync_target_groups, at_create=False),
        Update(("tags",), _sync_tags, at_create=False),
        Update(("suspendedProcesses",), _sync_processes),
    ),
    delete=_delete,
    outputs={
        **_SIZES,
        "name": "AutoScalingGroupName",
        "arn": "AutoScalingGroupARN",
        "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
        "launchTemplate": _template_output,
        "vpcZoneIdentifiers": lambda item, _scope: [s for s in item["VPCZoneIdentifier"].split(",") if s],
        "suspendedProcesses": lambda item, _scope: [p["ProcessName"] for p in item["SuspendedProcesses"]],
        "enabledMetrics": lambda item, _scope: [m["Metric"] for m in item["EnabledMetrics"]],
        "loadBalancers": "LoadBalancerNames",
        "warmPoolSize": lambda item, _scope: item.get("WarmPoolSize", 0),
        "predictedCapacity": lambda item, _scope: item.get("PredictedCapacity", 0),
    },
    auto_name=AutoName(),
)

RESOURCE_TYPES: Final = (GROUP,)
