"""Functions of AWS Lambda that run an image. moto keeps their settings, fetches no image and lets nobody call one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.inputs import PLAIN, REPLACE, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging, Update


def _image_config(scope: Scope) -> Any:
    wanted = scope.inputs.get("imageConfig") or {}
    told = {"EntryPoint": wanted.get("entryPoints"), "Command": wanted.get("commands")}
    return {key: value for key, value in told.items() if value} or None


def _variables(scope: Scope) -> dict[str, Any]:
    return {"Variables": (scope.inputs.get("environment") or {}).get("variables") or {}}


_SETTINGS: Final[Mapping[str, Any]] = {
    "Description": lambda scope: scope.inputs.get("description") or "",
    "Role": "$role",
    "Timeout": "$timeout",
    "MemorySize": "$memorySize",
    "Environment": _variables,
}


def _told_image_config(item: Mapping[str, Any], _scope: Scope) -> Any:
    told = item["Configuration"].get("ImageConfigResponse", {}).get("ImageConfig", {})
    found = {"entryPoints": told.get("EntryPoint"), "commands": told.get("Command")}
    return {key: value for key, value in found.items() if value} or None


def _told_variables(item: Mapping[str, Any], _scope: Scope) -> Any:
    variables = item["Configuration"].get("Environment", {}).get("Variables")
    return {"variables": variables} if variables else None


def _arn(scope: Scope) -> str:
    return f"arn:aws:lambda:{scope.region}:{scope.account}:function:{scope.id}"


def _read_tags(item: Mapping[str, Any], _scope: Scope) -> Mapping[str, str]:
    return item.get("Tags") or {}


def _write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    scope.call("tag_resource", Resource=_arn(scope), Tags=dict(tags))


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    scope.call("untag_resource", Resource=_arn(scope), TagKeys=list(keys))


FUNCTION: Final = ResourceType(
    "aws:lambda/function:Function",
    "lambda",
    inputs={
        "name": REPLACE,
        "description": PLAIN,
        "role": PLAIN,
        "packageType": default("Zip", replace=True),
        "imageUri": PLAIN,
        "imageConfig": Input(replace=True),  # moto forgets a later one
        "environment": PLAIN,
        "timeout": default(3),
        "memorySize": default(128),
    },
    create=Call(
        "create_function",
        {
            "FunctionName": "$name",
            "PackageType": "$packageType",
            "Code": {"ImageUri": "$imageUri"},
            "ImageConfig": _image_config,
            **_SETTINGS,
            "Tags": lambda scope: scope.inputs.get("tagsAll") or None,
        },
    ),
    identity="$name",
    read=Read(Call("get_function", {"FunctionName": "$id"}), gone=("ResourceNotFoundException",)),
    updates=(
        Update(
            ("description", "role", "timeout", "memorySize", "environment"),
            Call("update_function_configuration", {"FunctionName": "$id", **_SETTINGS}),
            at_create=False,
        ),
        Update(
            ("imageUri",),
            Call("update_function_code", {"FunctionName": "$id", "ImageUri": "$imageUri"}),
            at_create=False,
        ),
    ),
    delete=Call("delete_function", {"FunctionName": "$id"}),
    outputs={
        "name": "Configuration.FunctionName",
        "arn": "Configuration.FunctionArn",
        "description": lambda item, _scope: item["Configuration"].get("Description") or None,
        "role": "Configuration.Role",
        "packageType": "Configuration.PackageType",
        "timeout": "Configuration.Timeout",
        "memorySize": "Configuration.MemorySize",
        "imageUri": "Code.ImageUri",
        "code": lambda _item, _scope: None,  # of a package; what AWS calls so tells where an image is
        "imageConfig": _told_image_config,
        "environment": _told_variables,
        "version": "Configuration.Version",
        "architectures": "Configuration.Architectures",
    },
    auto_name=AutoName(longest=64),
    tagging=Tagging(_read_tags, _write_tags, _remove_tags, at_create=False),
)

RESOURCE_TYPES: Final = (FUNCTION,)
