"""CloudWatch log groups."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.inputs import REPLACE, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging, Update


def _find(scope: Scope) -> Any:
    groups = scope.call("describe_log_groups", logGroupNamePrefix=scope.id)["logGroups"]
    return next((group for group in groups if group["logGroupName"] == scope.id), None)


def _set_key(scope: Scope) -> None:
    """Give the group another key; moto implements neither operation, so this fails there and says so."""
    if key := scope.inputs.get("kmsKeyId"):
        scope.call("associate_kms_key", logGroupName=scope.id, kmsKeyId=key)
    else:
        scope.call("disassociate_kms_key", logGroupName=scope.id)


def _set_retention(scope: Scope) -> None:
    if days := scope.inputs.get("retentionInDays"):
        scope.call("put_retention_policy", logGroupName=scope.id, retentionInDays=days)
    else:
        scope.call("delete_retention_policy", logGroupName=scope.id)


def _delete(scope: Scope) -> None:
    if not scope.get("skipDestroy"):
        scope.call("delete_log_group", logGroupName=scope.id)


def _arn(scope: Scope) -> str:
    return f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{scope.id}"


def _read_tags(item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    tags: dict[str, str] = scope.call("list_tags_for_resource", resourceArn=item["logGroupArn"])["tags"]
    return tags


def _write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    scope.call("tag_resource", resourceArn=_arn(scope), tags=tags)


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    scope.call("untag_resource", resourceArn=_arn(scope), tagKeys=keys)


LOG_GROUP: Final = ResourceType(
    "aws:cloudwatch/logGroup:LogGroup",
    "logs",
    inputs={
        "name": REPLACE,
        "namePrefix": Input(replace=True, computed=True, kept=True),
        "kmsKeyId": Input(),
        "retentionInDays": default(0),
        "skipDestroy": default(False, kept=True),
        # moto tells neither the class nor the deletion protection: what was asked for is remembered.
        "logGroupClass": Input(replace=True, computed=True, kept=True),
        "deletionProtectionEnabled": Input(computed=True, kept=True),
    },
    create=Call(
        "create_log_group",
        {
            "logGroupName": "$name",
            "kmsKeyId": "$kmsKeyId",
            "logGroupClass": "$logGroupClass",
            "tags": lambda scope: scope.inputs.get("tagsAll") or None,
        },
    ),
    identity="$name",
    read=Read(_find, gone=("ResourceNotFoundException",)),
    updates=(
        Update(("retentionInDays",), _set_retention),
        Update(("kmsKeyId",), _set_key, at_create=False),
    ),
    delete=_delete,
    outputs={
        "name": "logGroupName",
        "arn": "logGroupArn",
        "kmsKeyId": "kmsKeyId",
        "retentionInDays": lambda item, _scope: item.get("retentionInDays", 0),
    },
    auto_name=AutoName(longest=512),
    tagging=Tagging(_read_tags, _write_tags, _remove_tags, at_create=False),
)

RESOURCE_TYPES: Final = (LOG_GROUP,)
