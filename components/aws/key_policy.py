"""Key policies: administrators manage a key and cannot use it, users use it for named data and cannot manage it.

Source of the actions: AWS KMS developer guide, "Default key policy" (key administrators, key users), CloudWatch Logs
user guide, "Encrypt log data in CloudWatch Logs using KMS"; of the contexts: S3 user guide, "Using encryption context".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.arn import log_group_arn, partition, role_arn, service_host
from components.aws.replications import built_from, into
from components.declaration.physical import STORE, bucket_name, inspector_role, log_group_name
from hosts.wave.replication import decrypting, encrypting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.model import AwsSite, Key
    from components.site import SitePlan

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
inspection = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
reading = ["kms:Decrypt"]
encryption = [*reading, "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
authentication_codes = ["kms:GenerateMac", "kms:VerifyMac"]
_autoscaling_role = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
_kept_in_buckets = ("store", "logs")


def key_policy(plan: SitePlan[AwsSite], purpose: str, key: Key) -> dict[str, Any]:
    """Return the policy document of a site's key for one purpose.

    Users encrypt and decrypt through the service that keeps the data, or for data that names the site and one of its
    segments in the encryption context. Where no more data may be written, they decrypt alone.
    """
    site = plan.site
    statements = [_allow("Administer", {"AWS": _roles(site, key.administrators)}, administration)]
    if key.users:
        users = {"AWS": _roles(site, key.users)}
        statements += [_allow("Describe", users, ["kms:DescribeKey"]), *_use(plan, purpose, key, users)]
    if key.sealers and plan.takes(key.classes):
        sealers, vault = {"AWS": _roles(site, key.sealers)}, {f"{_context}enclave:vault": purpose}
        statements.append(_bound("SealVaults", sealers, ["kms:GenerateDataKey"], StringEquals=vault))
    inspector = plan.declaration.inspector
    if inspector and inspector.principals.aws and "keys" in inspector.scopes:
        looks = {"AWS": role_arn(site, inspector_role(plan.declaration, plan.name))}
        statements.append(_allow("InspectorLooks", looks, inspection))
    if purpose == STORE:
        statements += [encrypting(one) for one in into(plan)]
        statements += [decrypting(one) for one in built_from(plan)]
    if purpose == "logs":
        group = log_group_arn(site, log_group_name(plan.declaration, plan.name))
        service = {"Service": service_host(site, "logs")}
        actions = ["kms:DescribeKey", *encryption]
        statements.append(_bound("EncryptLogGroups", service, actions, ArnEquals={f"{_context}aws:logs:arn": group}))
    if purpose == "volumes":
        owner = {"AWS": role_arn(site, _autoscaling_role)}
        through = {"kms:ViaService": service_host(site, "ec2")}
        actions = ["kms:DescribeKey", *encryption]
        statements.append(_bound("EncryptVolumes", owner, actions, StringEquals=through))
        for_aws = {"kms:GrantIsForAWSResource": "true"}
        statements.append(_bound("AttachVolumes", owner, ["kms:CreateGrant"], Bool=for_aws, StringEquals=through))
    return {"Version": "2012-10-17", "Id": f"{partition(site.region)}-{purpose}", "Statement": statements}


_context = "kms:EncryptionContext:"


def _use(plan: SitePlan[AwsSite], purpose: str, key: Key, users: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a key's users may do, and for which data."""
    site = plan.site
    if key.use == "hmac":  # the algorithm is all that a request for a code can be bound by
        algorithm = {"kms:MacAlgorithm": "HMAC_SHA_256"}
        yield _bound("AuthenticationCodes", users, authentication_codes, StringEquals=algorithm)
        return
    if key.sealers:  # of hosts/deidentify/vault.py, which says for which vault
        vault = {f"{_context}enclave:vault": purpose}
        yield _bound("OpenVaults", users, ["kms:Decrypt"], StringEquals=vault)
        return
    actions = encryption if plan.takes(key.classes) else reading
    if purpose in _kept_in_buckets:
        called = bucket_name(plan.declaration, plan.name, site.account, purpose)
        bucket = f"arn:{partition(site.region)}:s3:::{called}"
        through = {"kms:ViaService": service_host(site, "s3")}
        data = {f"{_context}aws:s3:arn": [bucket, f"{bucket}/*"]}
        yield _bound("UseThroughBucket", users, actions, StringEquals=through, ArnLike=data)
    context = {f"{_context}enclave:site": plan.name, f"{_context}enclave:segment": segments_of(plan, key) or [purpose]}
    yield _bound("UseForSegment", users, actions, StringEquals=context)


def segments_of(plan: SitePlan[AwsSite], key: Key) -> list[str]:
    """Return the segments that may hold data of the key's classes."""
    return [name for name, segment in plan.declaration.segments.items() if set(segment.classes) & set(key.classes)]


def _roles(site: AwsSite, names: list[str]) -> list[str]:
    return [role_arn(site, name) for name in names]


def _allow(sid: str, principal: dict[str, Any], actions: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}


def _bound(sid: str, principal: dict[str, Any], actions: list[str], **condition: dict[str, Any]) -> dict[str, Any]:
    return {**_allow(sid, principal, actions), "Condition": condition}
