"""Key policies: administrators manage a key and cannot use it, users use it and cannot manage it.

Source of the actions: AWS KMS developer guide, "Default key policy" (key administrators, key users), and CloudWatch
Logs user guide, "Encrypt log data in CloudWatch Logs using KMS".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.arn import log_group_arn, partition, role_arn

if TYPE_CHECKING:
    from components.declaration.model import AwsSite, Key

administration = [
    f"kms:{verb}"
    for verb in (
        "CancelKeyDeletion",
        "CreateAlias",
        "DeleteAlias",
        "Describe*",
        "DisableKey",
        "EnableKey",
        "EnableKeyRotation",
        "Get*",
        "List*",
        "PutKeyPolicy",
        "RevokeGrant",
        "ScheduleKeyDeletion",
        "TagResource",
        "UntagResource",
        "UpdateAlias",
        "UpdateKeyDescription",
    )
]
encryption = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
authentication_codes = ["kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac"]
_autoscaling_role = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


def key_policy(site: AwsSite, purpose: str, key: Key) -> dict[str, Any]:
    """Return the policy document of a site's key for one purpose."""
    use = authentication_codes if key.use == "hmac" else encryption
    statements = [_allow("Administer", {"AWS": _roles(site, key.administrators)}, administration)]
    if key.users:
        statements.append(_allow("Use", {"AWS": _roles(site, key.users)}, use))
    if purpose == "logs":
        condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_group_arn(site, "*")}}
        service = {"Service": f"logs.{site.region}.amazonaws.com"}
        statements.append({**_allow("EncryptLogGroups", service, encryption), "Condition": condition})
    if purpose == "volumes":
        owner = {"AWS": role_arn(site, _autoscaling_role)}
        statements.append(_allow("EncryptVolumes", owner, encryption))
        grant = _allow("AttachVolumes", owner, ["kms:CreateGrant"])
        statements.append({**grant, "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}})
    return {"Version": "2012-10-17", "Id": f"{partition(site.region)}-{purpose}", "Statement": statements}


def _roles(site: AwsSite, names: list[str]) -> list[str]:
    return [role_arn(site, name) for name in names]


def _allow(sid: str, principal: dict[str, Any], actions: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
