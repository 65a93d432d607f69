"""KMS keys and aliases."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.answers import tag_list, tag_map
from sandbox.aws_plugin.inputs import KEPT, REPLACE, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging, Update


def _read_key(scope: Scope) -> Any:
    """A key as the official plugin sees it: one that waits for its deletion is gone already."""
    key = scope.call("describe_key", KeyId=scope.id)["KeyMetadata"]
    return None if key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion") else key


def _set_enabled(scope: Scope) -> None:
    scope.call("enable_key" if scope.get("isEnabled") else "disable_key", KeyId=scope.id)


def _set_rotation(scope: Scope) -> None:
    if scope.get("enableKeyRotation"):
        scope.call("enable_key_rotation", KeyId=scope.id, RotationPeriodInDays=scope.get("rotationPeriodInDays"))
    else:
        scope.call("disable_key_rotation", KeyId=scope.id)


def _rotation(_item: Mapping[str, Any], scope: Scope) -> Any:
    return scope.call("get_key_rotation_status", KeyId=scope.id)["KeyRotationEnabled"]


def _policy(_item: Mapping[str, Any], scope: Scope) -> Any:
    return scope.call("get_key_policy", KeyId=scope.id, PolicyName="default")["Policy"]


def _read_tags(_item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    return tag_map(scope.call("list_resource_tags", KeyId=scope.id)["Tags"], "TagKey", "TagValue")


def _write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    scope.call("tag_resource", KeyId=scope.id, Tags=tag_list(tags, "TagKey", "TagValue"))


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    scope.call("untag_resource", KeyId=scope.id, TagKeys=keys)


KEY: Final = ResourceType(
    "aws:kms/key:Key",
    "kms",
    inputs={
        "description": Input(computed=True),
        "keyUsage": default("ENCRYPT_DECRYPT", replace=True),
        "customerMasterKeySpec": default("SYMMETRIC_DEFAULT", replace=True),
        "multiRegion": Input(replace=True, computed=True),
        "policy": Input(document=True, computed=True),
        "isEnabled": default(True),
        "enableKeyRotation": default(False),
        # moto never tells the period, whatever it was set to.
        "rotationPeriodInDays": Input(computed=True, kept=True),
        "deletionWindowInDays": KEPT,
        "bypassPolicyLockoutSafetyCheck": default(False, kept=True),
    },
    create=Call(
        "create_key",
        {
            "Description": "$description",
            "KeyUsage": "$keyUsage",
            "KeySpec": "$customerMasterKeySpec",
            "MultiRegion": "$multiRegion",
            "Policy": "$policy",
            "BypassPolicyLockoutSafetyCheck": "$bypassPolicyLockoutSafetyCheck",
            "Tags": lambda scope: tag_list(scope.inputs.get("tagsAll"), "TagKey", "TagValue") or None,
        },
    ),
    identity="KeyMetadata.KeyId",
    read=Read(_read_key, gone=("NotFoundException",)),
    updates=(
        Update(
            ("description",),
            Call("update_key_description", {"KeyId": "$id", "Description": "$description"}),
            at_create=False,
        ),
        Update(
            ("policy",),
            Call(
                "put_key_policy",
                {
                    "KeyId": "$id",
                    "PolicyName": "default",
                    "Policy": "$policy",
                    "BypassPolicyLockoutSafetyCheck": "$bypassPolicyLockoutSafetyCheck",
                },
            ),
            at_create=False,
        ),
        Update(("enableKeyRotation", "rotationPeriodInDays"), _set_rotation),
        Update(("isEnabled",), _set_enabled, fresh={"isEnabled": True}),
    ),
    delete=Call("schedule_key_deletion", {"KeyId": "$id", "PendingWindowInDays": "$deletionWindowInDays"}),
    outputs={
        "customerMasterKeySpec": "KeySpec",
        "isEnabled": "Enabled",
        "enableKeyRotation": _rotation,
        "policy": _policy,
    },
    tagging=Tagging(_read_tags, _write_tags, _remove_tags, at_create=False),
)


def _read_alias(scope: Scope) -> Any:
    """AWS can't be asked for one alias by name, only for all, or for those of one key."""
    aliases = scope.call("list_aliases", KeyId=scope.state.get("targetKeyId"))["Aliases"]
    if found := _named(aliases, scope.id):
        return found
    return _named(scope.call("list_aliases")["Aliases"], scope.id)


def _named(aliases: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    return next((alias for alias in aliases if alias["AliasName"] == name), None)


def _target_arn(item: Mapping[str, Any], _scope: Scope) -> str:
    return f"{item['AliasArn'].rsplit(':', 1)[0]}:key/{item['TargetKeyId']}"


ALIAS: Final = ResourceType(
    "aws:kms/alias:Alias",
    "kms",
    inputs={
        "name": REPLACE,
        "namePrefix": REPLACE,
        "targetKeyId": Input(canonical=lambda key: key.rsplit("/", 1)[-1]),
    },
    create=Call("create_alias", {"AliasName": "$name", "TargetKeyId": "$targetKeyId"}),
    identity="$name",
    read=Read(_read_alias, gone=("NotFoundException",)),
    updates=(
        Update(
            ("targetKeyId",),
            Call("update_alias", {"AliasName": "$id", "TargetKeyId": "$targetKeyId"}),
            at_create=False,
        ),
    ),
    delete=Call("delete_alias", {"AliasName": "$id"}),
    outputs={"name": "AliasName", "arn": "AliasArn", "targetKeyArn": _target_arn},
    auto_name=AutoName(template="alias/{}", longest=256),
)

RESOURCE_TYPES: Final = (KEY, ALIAS)
