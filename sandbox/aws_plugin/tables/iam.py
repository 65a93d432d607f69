"""IAM roles, their inline policies, and instance profiles. IAM is global: no type here has a region."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.answers import tag_list, tag_map
from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import DOCUMENT, PLAIN, REPLACE, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging, Update

_NAME_PREFIX: Final = Input(replace=True, computed=True, kept=True)
_GONE: Final = ("NoSuchEntity",)


def _tagging(kind: str, name_parameter: str) -> Tagging:
    def read(item: Mapping[str, Any], _scope: Scope) -> Mapping[str, str]:
        return tag_map(item.get("Tags"))

    def write(scope: Scope, tags: Mapping[str, str]) -> None:
        scope.call(f"tag_{kind}", **{name_parameter: scope.id}, Tags=tag_list(tags))

    def remove(scope: Scope, keys: Sequence[str]) -> None:
        scope.call(f"untag_{kind}", **{name_parameter: scope.id}, TagKeys=keys)

    return Tagging(read, write, remove, at_create=False)


def _new_tags(scope: Scope) -> Any:
    return tag_list(scope.inputs.get("tagsAll")) or None


def _document(key: str) -> Callable[[Mapping[str, Any], Scope], Any]:
    """A policy document, which boto3 has parsed."""
    return lambda item, _scope: json.dumps(item[key])


def _created(item: Mapping[str, Any], _scope: Scope) -> str:
    return str(item["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"))


def _set_boundary(scope: Scope) -> None:
    if boundary := scope.inputs.get("permissionsBoundary"):
        scope.call("put_role_permissions_boundary", RoleName=scope.id, PermissionsBoundary=boundary)
    else:
        scope.call("delete_role_permissions_boundary", RoleName=scope.id)


def _policy_arns(_item: Mapping[str, Any], scope: Scope) -> list[str]:
    attached = scope.call("list_attached_role_policies", RoleName=scope.id)["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in attached]


def _sync_policies(scope: Scope) -> None:
    wanted, live = set(scope.inputs.get("managedPolicyArns") or ()), set(_policy_arns({}, scope))
    for policy in sorted(live - wanted):
        scope.call("detach_role_policy", RoleName=scope.id, PolicyArn=policy)
    for policy in sorted(wanted - live):
        scope.call("attach_role_policy", RoleName=scope.id, PolicyArn=policy)


def _delete_role(scope: Scope) -> None:
    """A role goes only without profiles and policies; foreign policies are detached only when that is forced."""
    for profile in scope.call("list_instance_profiles_for_role", RoleName=scope.id)["InstanceProfiles"]:
        scope.call(
            "remove_role_from_instance_profile",
            InstanceProfileName=profile["InstanceProfileName"],
            RoleName=scope.id,
        )
    forced = scope.get("forceDetachPolicies")
    for policy in _policy_arns({}, scope):
        if forced or policy in (scope.inputs.get("managedPolicyArns") or ()):
            scope.call("detach_role_policy", RoleName=scope.id, PolicyArn=policy)
    if forced:
        for name in scope.call("list_role_policies", RoleName=scope.id)["PolicyNames"]:
            scope.call("delete_role_policy", RoleName=scope.id, PolicyName=name)
    scope.call("delete_role", RoleName=scope.id)


ROLE: Final = ResourceType(
    "aws:iam/role:Role",
    "iam",
    inputs={
        "name": REPLACE,
        "namePrefix": _NAME_PREFIX,
        "path": default("/", replace=True),
        "assumeRolePolicy": DOCUMENT,
        "description": PLAIN,
        "maxSessionDuration": default(3600),
        "permissionsBoundary": PLAIN,
        "managedPolicyArns": Input(unordered=True, computed=True),
        "forceDetachPolicies": default(False, kept=True),
    },
    create=Call(
        "create_role",
        {
            "RoleName": "$name",
            "Path": "$path",
            "AssumeRolePolicyDocument": "$assumeRolePolicy",
            "Description": "$description",
            "MaxSessionDuration": "$maxSessionDuration",
            "PermissionsBoundary": "$permissionsBoundary",
            "Tags": _new_tags,
        },
    ),
    identity="Role.RoleName",
    read=Read(Call("get_role", {"RoleName": "$id"}), "Role", _GONE),
    updates=(
        Update(
            ("assumeRolePolicy",),
            Call("update_assume_role_policy", {"RoleName": "$id", "PolicyDocument": "$assumeRolePolicy"}),
            at_create=False,
        ),
        Update(
            ("description", "maxSessionDuration"),
            Call(
                "update_role",
                {
                    "RoleName": "$id",
                    "Description": lambda scope: scope.inputs.get("description") or "",
                    "MaxSessionDuration": "$maxSessionDuration",
                },
            ),
            at_create=False,
        ),
        Update(("permissionsBoundary",), _set_boundary, at_create=False),
        Update(("managedPolicyArns",), _sync_policies),
    ),
    delete=_delete_role,
    outputs={
        "name": "RoleName",
        "uniqueId": "RoleId",
        "createDate": _created,
        "assumeRolePolicy": _document("AssumeRolePolicyDocument"),
        "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
        "managedPolicyArns": _policy_arns,
    },
    auto_name=AutoName(longest=64),
    tagging=_tagging("role", "RoleName"),
)


_INLINE: Final = {"RoleName": "$role", "PolicyName": "$name"}

ROLE_POLICY: Final = ResourceType(
    "aws:iam/rolePolicy:RolePolicy",
    "iam",
    inputs={
        "name": REPLACE,
        "namePrefix": _NAME_PREFIX,
        "role": REPLACE,
        "policy": DOCUMENT,
    },
    create=Call("put_role_policy", {**_INLINE, "PolicyDocument": "$policy"}),
    identity=lambda _answer, scope: f"{scope.inputs['role']}:{scope.inputs['name']}",
    read=Read(Call("get_role_policy", _INLINE), gone=_GONE),
    updates=(
        Update(
            ("policy",),
            Call("put_role_policy", {**_INLINE, "PolicyDocument": "$policy"}),
            at_create=False,
        ),
    ),
    delete=Call("delete_role_policy", _INLINE),
    outputs={"name": "PolicyName", "role": "RoleName", "policy": _document("PolicyDocument")},
    auto_name=AutoName(longest=128),
    import_id=ImportId(":", ("role", "name")),
)


def _set_role(scope: Scope) -> None:
    """Put the wanted role into the profile, which holds at most one."""
    profile = scope.call("get_instance_profile", InstanceProfileName=scope.id)["InstanceProfile"]
    for role in profile["Roles"]:
        scope.call("remove_role_from_instance_profile", InstanceProfileName=scope.id, RoleName=role["RoleName"])
    if role := scope.inputs.get("role"):
        scope.call("add_role_to_instance_profile", InstanceProfileName=scope.id, RoleName=role)


def _delete_profile(scope: Scope) -> None:
    profile = scope.call("get_instance_profile", InstanceProfileName=scope.id)["InstanceProfile"]
    for role in profile["Roles"]:
        scope.call("remove_role_from_instance_profile", InstanceProfileName=scope.id, RoleName=role["RoleName"])
    scope.call("delete_instance_profile", InstanceProfileName=scope.id)


INSTANCE_PROFILE: Final = ResourceType(
    "aws:iam/instanceProfile:InstanceProfile",
    "iam",
    inputs={
        "name": REPLACE,
        "namePrefix": _NAME_PREFIX,
        "path": default("/", replace=True),
        "role": PLAIN,
    },
    create=Call("create_instance_profile", {"InstanceProfileName": "$name", "Path": "$path", "Tags": _new_tags}),
    identity="InstanceProfile.InstanceProfileName",
    read=Read(Call("get_instance_profile", {"InstanceProfileName": "$id"}), "InstanceProfile", _GONE),
    updates=(Update(("role",), _set_role),),
    delete=_delete_profile,
    outputs={
        "name": "InstanceProfileName",
        "uniqueId": "InstanceProfileId",
        "createDate": _created,
        "role": "Roles[0].RoleName",
    },
    auto_name=AutoName(longest=128),
    tagging=_tagging("instance_profile", "InstanceProfileName"),
)

RESOURCE_TYPES: Final = (ROLE, ROLE_POLICY, INSTANCE_PROFILE)
