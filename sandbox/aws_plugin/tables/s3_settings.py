"""The settings of S3 buckets, each a resource of its own whose id is the bucket's name."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.inputs import DOCUMENT, PLAIN, REPLACE, Input, default
from sandbox.aws_plugin.resource_type import Call, Output, Read, ResourceType, Scope, Step, Update
from sandbox.aws_plugin.values import to_aws

_BUCKET: Final[Mapping[str, Output]] = {"bucket": lambda _item, scope: scope.id}


def _setting(  # noqa: PLR0917 # five parts of one row
    name: str, inputs: Mapping[str, Input], put: Call, read: Read, delete: Step, outputs: Mapping[str, Output]
) -> ResourceType:
    """One setting: created and updated by the same call, gone when it or its bucket is."""
    return ResourceType(
        f"aws:s3/{name[0].lower()}{name[1:]}:{name}",
        "s3",
        inputs={"bucket": REPLACE, **inputs},
        create=put,
        identity="$bucket",
        read=Read(read.step, read.item, (*read.gone, "NoSuchBucket")),
        updates=(Update(tuple(key for key, spec in inputs.items() if not spec.kept), put, at_create=False),),
        delete=delete,
        outputs={**_BUCKET, **outputs},
    )


def _find_versioning(scope: Scope) -> Any:
    """The bucket's versioning; one that was never set is none."""
    answer = scope.call("get_bucket_versioning", Bucket=scope.id)
    return answer if answer.get("Status") else None


def _versioning(scope: Scope) -> dict[str, Any]:
    wanted = scope.inputs["versioningConfiguration"]
    return {"Status": wanted["status"], **({"MFADelete": wanted["mfaDelete"]} if wanted.get("mfaDelete") else {})}


VERSIONING: Final = _setting(
    "BucketVersioning",
    {"versioningConfiguration": PLAIN},
    put=Call("put_bucket_versioning", {"Bucket": "$bucket", "VersioningConfiguration": _versioning}),
    read=Read(_find_versioning),
    # Versioning can't be removed, only suspended, and not even that under an object lock.
    delete=Call(
        "put_bucket_versioning",
        {"Bucket": "$id", "VersioningConfiguration": {"Status": "Suspended"}},
        accept=("InvalidBucketState",),
    ),
    outputs={
        "versioningConfiguration": lambda item, _scope: {
            "status": item["Status"],
            "mfaDelete": item.get("MFADelete", ""),
        }
    },
)

_FLAGS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

PUBLIC_ACCESS_BLOCK: Final = _setting(
    "BucketPublicAccessBlock",
    {**dict.fromkeys(_FLAGS, default(False)), "skipDestroy": Input(kept=True)},
    put=Call(
        "put_public_access_block",
        {
            "Bucket": "$bucket",
            "PublicAccessBlockConfiguration": {flag[0].upper() + flag[1:]: f"${flag}" for flag in _FLAGS},
        },
    ),
    read=Read(
        Call("get_public_access_block", {"Bucket": "$id"}),
        "PublicAccessBlockConfiguration",
        ("NoSuchPublicAccessBlockConfiguration",),
    ),
    delete=lambda scope: (
        None if scope.get("skipDestroy") else scope.call("delete_public_access_block", Bucket=scope.id)
    ),
    outputs={},
)

OWNERSHIP_CONTROLS: Final = _setting(
    "BucketOwnershipControls",
    {"rule": PLAIN},
    put=Call(
        "put_bucket_ownership_controls",
        {
            "Bucket": "$bucket",
            "OwnershipControls": lambda scope: {"Rules": [to_aws(scope.inputs["rule"])]},
        },
    ),
    read=Read(
        Call("get_bucket_ownership_controls", {"Bucket": "$id"}),
        "OwnershipControls",
        ("OwnershipControlsNotFoundError",),
    ),
    delete=Call("delete_bucket_ownership_controls", {"Bucket": "$id"}),
    outputs={"rule": "Rules[0]"},
)


def _encryption(scope: Scope) -> dict[str, Any]:
    return {"Rules": [to_aws(rule) for rule in scope.inputs["rules"]]}


def _encryption_rules(item: Mapping[str, Any], _scope: Scope) -> list[dict[str, Any]]:
    """The rules with the irregular names of their fields made regular."""
    return [
        {
            "bucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": at(rule, "ApplyServerSideEncryptionByDefault.SSEAlgorithm"),
                "kmsMasterKeyId": at(rule, "ApplyServerSideEncryptionByDefault.KMSMasterKeyID") or "",
            },
        }
        for rule in item["Rules"]
    ]


ENCRYPTION: Final = _setting(
    "BucketServerSideEncryptionConfiguration",
    {"rules": Input(unordered=True)},
    put=Call("put_bucket_encryption", {"Bucket": "$bucket", "ServerSideEncryptionConfiguration": _encryption}),
    read=Read(
        Call("get_bucket_encryption", {"Bucket": "$id"}),
        "ServerSideEncryptionConfiguration",
        ("ServerSideEncryptionConfigurationNotFoundError",),
    ),
    delete=Call("delete_bucket_encryption", {"Bucket": "$id"}),
    outputs={"rules": _encryption_rules},
)


def _lock(scope: Scope) -> dict[str, Any]:
    lock = {"ObjectLockEnabled": scope.inputs.get("objectLockEnabled") or "Enabled"}
    return {**lock, **({"Rule": to_aws(scope.inputs["rule"])} if scope.inputs.get("rule") else {})}


OBJECT_LOCK: Final = _setting(
    "BucketObjectLockConfiguration",
    {"objectLockEnabled": default("Enabled", replace=True), "rule": PLAIN},
    put=Call("put_object_lock_configuration", {"Bucket": "$bucket", "ObjectLockConfiguration": _lock}),
    read=Read(
        Call("get_object_lock_configuration", {"Bucket": "$id"}),
        "ObjectLockConfiguration",
        ("ObjectLockConfigurationNotFoundError",),
    ),
    # The lock itself stays with the bucket for ever; its rule can be taken away.
    delete=Call(
        "put_object_lock_configuration",
        {"Bucket": "$id", "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        accept=("InvalidBucketState",),
    ),
    outputs={},
)

POLICY: Final = _setting(
    "BucketPolicy",
    {"policy": DOCUMENT},
    put=Call("put_bucket_policy", {"Bucket": "$bucket", "Policy": "$policy"}),
    read=Read(Call("get_bucket_policy", {"Bucket": "$id"}), gone=("NoSuchBucketPolicy",)),
    delete=Call("delete_bucket_policy", {"Bucket": "$id"}),
    outputs={"policy": "Policy"},
)


def _replication(scope: Scope) -> dict[str, Any]:
    return {"Role": scope.inputs["role"], "Rules": [_replication_rule(rule) for rule in scope.inputs["rules"]]}


def _replication_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with the irregular names of its fields, and with the empty prefix that stands for every object."""
    made = to_aws({key: value for key, value in rule.items() if key not in ("id", "filter")})
    made["Filter"] = {"Prefix": at(rule, "filter.prefix") or ""}
    key = at(rule, "destination.encryptionConfiguration.replicaKmsKeyId")
    if key:
        made["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": key}
    return {**made, **({"ID": rule["id"]} if rule.get("id") else {})}


def _replication_rules(item: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
    """The rules with regular names; moto forgets which objects a rule selects, so that is as it was asked for."""
    asked = {rule.get("id"): rule.get("sourceSelectionCriteria") for rule in scope.get("rules") or ()}
    found = []
    for rule in item["Rules"]:
        key = at(rule, "Destination.EncryptionConfiguration.ReplicaKmsKeyID")
        told = {**rule, "id": rule["ID"]}
        if key:
            told["Destination"] = {**rule["Destination"], "EncryptionConfiguration": {"ReplicaKmsKeyId": key}}
        if asked.get(rule["ID"]):
            told["sourceSelectionCriteria"] = asked[rule["ID"]]
        found.append(told)
    return found


# moto keeps the configuration and replicates nothing.
REPLICATION: Final = _setting(
    "BucketReplicationConfig",
    {"role": PLAIN, "rules": PLAIN},
    put=Call("put_bucket_replication", {"Bucket": "$bucket", "ReplicationConfiguration": _replication}),
    read=Read(
        Call("get_bucket_replication", {"Bucket": "$id"}),
        "ReplicationConfiguration",
        ("ReplicationConfigurationNotFoundError",),
    ),
    delete=Call("delete_bucket_replication", {"Bucket": "$id"}),
    outputs={"rules": _replication_rules},
)

RESOURCE_TYPES: Final = (
    VERSIONING,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP_CONTROLS,
    ENCRYPTION,
    OBJECT_LOCK,
    POLICY,
    REPLICATION,
)
