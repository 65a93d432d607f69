"""Trails of CloudTrail. moto keeps a trail's settings and records nothing: no event ever reaches the bucket."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.answers import at, tag_list, tag_map
from sandbox.aws_plugin.inputs import PLAIN, REPLACE, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging, Update

_SETTINGS: Final[Mapping[str, Any]] = {
    "S3BucketName": "$s3BucketName",
    "S3KeyPrefix": "$s3KeyPrefix",
    "IncludeGlobalServiceEvents": "$includeGlobalServiceEvents",
    "IsMultiRegionTrail": "$isMultiRegionTrail",
    "EnableLogFileValidation": "$enableLogFileValidation",
    "KmsKeyId": "$kmsKeyId",
}
_CHANGED: Final = ("s3BucketName", "s3KeyPrefix", "includeGlobalServiceEvents", "isMultiRegionTrail")
_MORE: Final = ("enableLogFileValidation", "kmsKeyId")
_PLURALS: Final = {"equals": "Equals", "startsWiths": "StartsWith", "endsWiths": "EndsWith", "notEquals": "NotEquals"}
"""The SDK's names of a selector's texts → AWS's."""


def _name(scope: Scope) -> str:
    return scope.id.rpartition("/")[2]


def _selectors(scope: Scope) -> None:
    """Set what is recorded; without a selector of the program's, AWS records management events."""
    wanted = scope.inputs.get("advancedEventSelectors") or ()
    if wanted:
        scope.call("put_event_selectors", TrailName=_name(scope), AdvancedEventSelectors=[_selector(w) for w in wanted])


def _selector(wanted: Mapping[str, Any]) -> dict[str, Any]:
    fields = [
        {_PLURALS.get(key, "Field"): value for key, value in each.items() if value} for each in wanted["fieldSelectors"]
    ]
    return {**({"Name": wanted["name"]} if wanted.get("name") else {}), "FieldSelectors": fields}


def _told_selectors(_item: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
    found = scope.call("get_event_selectors", TrailName=_name(scope)).get("AdvancedEventSelectors") or ()
    back = {theirs: ours for ours, theirs in _PLURALS.items()}
    return [
        {
            **({"name": each["Name"]} if each.get("Name") else {}),
            "fieldSelectors": [
                {back.get(key, "field"): value for key, value in one.items()} for one in each["FieldSelectors"]
            ],
        }
        for each in found
    ]


def _logging(scope: Scope) -> None:
    scope.call("start_logging" if scope.get("enableLogging") else "stop_logging", Name=_name(scope))


def _is_logging(_item: Mapping[str, Any], scope: Scope) -> bool:
    return bool(scope.call("get_trail_status", Name=_name(scope))["IsLogging"])


def _read_tags(item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    told = scope.call("list_tags", ResourceIdList=[item["TrailARN"]])["ResourceTagList"]
    return tag_map(at(told[0], "TagsList"))


def _write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    scope.call("add_tags", ResourceId=scope.id, TagsList=tag_list(tags))


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    scope.call("remove_tags", ResourceId=scope.id, TagsList=tag_list(dict.fromkeys(keys, "")))


TRAIL: Final = ResourceType(
    "aws:cloudtrail/trail:Trail",
    "cloudtrail",
    inputs={
        "name": REPLACE,
        "s3BucketName": PLAIN,
        "s3KeyPrefix": PLAIN,
        "kmsKeyId": PLAIN,
        "enableLogging": default(True),
        "enableLogFileValidation": default(False),
        "includeGlobalServiceEvents": default(True),
        "isMultiRegionTrail": default(False),
        "advancedEventSelectors": Input(unordered=True),
    },
    create=Call(
        "create_trail",
        {
            "Name": "$name",
            **_SETTINGS,
            "TagsList": lambda scope: tag_list(scope.inputs.get("tagsAll")) or None,
        },
    ),
    identity="TrailARN",
    read=Read(Call("get_trail", {"Name": "$id"}), "Trail", ("TrailNotFoundException",)),
    updates=(
        Update((*_CHANGED, *_MORE), Call("update_trail", {"Name": _name, **_SETTINGS}), at_create=False),
        Update(("advancedEventSelectors",), _selectors),
        Update(("enableLogging",), _logging),
    ),
    delete=Call("delete_trail", {"Name": _name}),
    outputs={
        "arn": "TrailARN",
        "s3BucketName": "S3BucketName",
        "enableLogging": _is_logging,
        "enableLogFileValidation": "LogFileValidationEnabled",
        "homeRegion": lambda _item, scope: scope.region,
        "advancedEventSelectors": _told_selectors,
    },
    auto_name=AutoName(longest=128),
    tagging=Tagging(_read_tags, _write_tags, _remove_tags, at_create=False),
)

RESOURCE_TYPES: Final = (TRAIL,)
