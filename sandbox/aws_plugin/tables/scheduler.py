"""Schedules of EventBridge Scheduler. moto keeps them and calls nobody."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import PLAIN, REPLACE, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Update

_WHICH: Final = {"Name": "$name", "GroupName": "$groupName"}
_RETRY: Final = {"maximumEventAgeInSeconds": "MaximumEventAgeInSeconds", "maximumRetryAttempts": "MaximumRetryAttempts"}


def _target(scope: Scope) -> dict[str, Any]:
    wanted = scope.inputs["target"]
    retry = {_RETRY[key]: int(value) for key, value in (wanted.get("retryPolicy") or {}).items() if key in _RETRY}
    told = {"Arn": wanted["arn"], "RoleArn": wanted["roleArn"], "Input": wanted.get("input"), "RetryPolicy": retry}
    return {key: value for key, value in told.items() if value}


def _window(scope: Scope) -> dict[str, Any]:
    return {"Mode": scope.inputs["flexibleTimeWindow"]["mode"]}


def _told_target(item: Mapping[str, Any], _scope: Scope) -> dict[str, Any]:
    told = item["Target"]
    retry = {ours: told.get("RetryPolicy", {}).get(theirs) for ours, theirs in _RETRY.items()}
    found = {"arn": told["Arn"], "roleArn": told["RoleArn"], "input": told.get("Input"), "retryPolicy": retry}
    return {key: value for key, value in found.items() if value is not None}


_SETTINGS: Final[Mapping[str, Any]] = {
    "ScheduleExpression": "$scheduleExpression",
    "ScheduleExpressionTimezone": "$scheduleExpressionTimezone",
    "State": "$state",
    "FlexibleTimeWindow": _window,
    "Target": _target,
}

SCHEDULE: Final = ResourceType(
    "aws:scheduler/schedule:Schedule",
    "scheduler",
    inputs={
        "name": REPLACE,
        "groupName": default("default", replace=True),
        "scheduleExpression": PLAIN,
        "scheduleExpressionTimezone": default("UTC"),
        "state": default("ENABLED"),
        "flexibleTimeWindow": PLAIN,
        "target": PLAIN,
    },
    create=Call("create_schedule", {**_WHICH, **_SETTINGS}),
    identity=lambda _answer, scope: f"{scope.inputs['groupName']}/{scope.inputs['name']}",
    read=Read(Call("get_schedule", _WHICH), gone=("ResourceNotFoundException",)),
    updates=(
        Update(
            ("scheduleExpression", "scheduleExpressionTimezone", "state", "flexibleTimeWindow", "target"),
            Call("update_schedule", {**_WHICH, **_SETTINGS}),
            at_create=False,
        ),
    ),
    delete=Call("delete_schedule", _WHICH),
    outputs={
        "name": "Name",
        "arn": "Arn",
        "groupName": "GroupName",
        "flexibleTimeWindow": lambda item, _scope: {"mode": item["FlexibleTimeWindow"]["Mode"]},
        "target": _told_target,
    },
    auto_name=AutoName(longest=64),
    import_id=ImportId("/", ("groupName", "name")),
)

RESOURCE_TYPES: Final = (SCHEDULE,)
