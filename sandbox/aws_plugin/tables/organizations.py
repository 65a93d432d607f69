"""Policies of an AWS organization and what they are attached to. Organizations is global: no type here has a region."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.answers import tag_list, tag_map
from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import DOCUMENT, PLAIN, REPLACE, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging, Update

_GONE: Final = ("PolicyNotFoundException", "TargetNotFoundException", "AWSOrganizationsNotInUseException")


def _read_tags(_item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    return tag_map(scope.call("list_tags_for_resource", ResourceId=scope.id)["Tags"])


def _write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    scope.call("tag_resource", ResourceId=scope.id, Tags=tag_list(tags))


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    scope.call("untag_resource", ResourceId=scope.id, TagKeys=keys)


def _description(scope: Scope) -> str:
    """AWS wants a description, even an empty one."""
    return scope.inputs.get("description") or ""


def _delete_policy(scope: Scope) -> None:
    if not scope.get("skipDestroy"):
        scope.call("delete_policy", PolicyId=scope.id)


POLICY: Final = ResourceType(
    "aws:organizations/policy:Policy",
    "organizations",
    inputs={
        "name": PLAIN,
        "type": default("SERVICE_CONTROL_POLICY", replace=True),
        "content": DOCUMENT,
        "description": PLAIN,
        "skipDestroy": default(False, kept=True),
    },
    create=Call(
        "create_policy",
        {
            "Name": "$name",
            "Type": "$type",
            "Content": "$content",
            "Description": _description,
            "Tags": lambda scope: tag_list(scope.inputs.get("tagsAll")) or None,
        },
    ),
    identity="Policy.PolicySummary.Id",
    read=Read(Call("describe_policy", {"PolicyId": "$id"}), "Policy", _GONE),
    updates=(
        Update(
            ("name", "content", "description"),
            Call(
                "update_policy",
                {"PolicyId": "$id", "Name": "$name", "Content": "$content", "Description": _description},
            ),
            at_create=False,
        ),
    ),
    delete=_delete_policy,
    outputs={
        "name": "PolicySummary.Name",
        "type": "PolicySummary.Type",
        "description": "PolicySummary.Description",
        "arn": "PolicySummary.Arn",
    },
    auto_name=AutoName(longest=128),
    tagging=Tagging(_read_tags, _write_tags, _remove_tags, at_create=False),
)


def _read_attachment(scope: Scope) -> Any:
    targets = scope.call("list_targets_for_policy", PolicyId=scope.get("policyId"))["Targets"]
    return next((target for target in targets if target["TargetId"] == scope.get("targetId")), None)


def _detach(scope: Scope) -> None:
    if not scope.get("skipDestroy"):
        scope.call("detach_policy", PolicyId=scope.get("policyId"), TargetId=scope.get("targetId"))


POLICY_ATTACHMENT: Final = ResourceType(
    "aws:organizations/policyAttachment:PolicyAttachment",
    "organizations",
    inputs={"policyId": REPLACE, "targetId": REPLACE, "skipDestroy": default(False, kept=True)},
    create=Call("attach_policy", {"PolicyId": "$policyId", "TargetId": "$targetId"}),
    identity=lambda _answer, scope: f"{scope.inputs['targetId']}:{scope.inputs['policyId']}",
    read=Read(_read_attachment, gone=_GONE),
    delete=_detach,
    outputs={
        "policyId": lambda _item, scope: scope.get("policyId"),
        "targetId": "TargetId",
    },
    import_id=ImportId(":", ("targetId", "policyId")),
)

RESOURCE_TYPES: Final = (POLICY, POLICY_ATTACHMENT)
