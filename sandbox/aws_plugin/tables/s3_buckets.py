"""S3 buckets. What a bucket's settings are is the business of resources of their own (see `s3_settings`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.answers import at, tag_list, tag_map
from sandbox.aws_plugin.errors import AwsError
from sandbox.aws_plugin.inputs import REPLACE, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Tagging

# The hosted zones of S3's website endpoints, from AWS's general reference; other regions have none here.
_HOSTED_ZONES: Final = {
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}
# The one region that must not be named when a bucket is made there.
_UNNAMED_REGION: Final = "us-east-1"


def _location(scope: Scope) -> Any:
    return None if scope.region == _UNNAMED_REGION else {"LocationConstraint": scope.region}


def _object_lock(_item: Mapping[str, Any], scope: Scope) -> bool:
    try:
        answer = scope.call("get_object_lock_configuration", Bucket=scope.id)
    except AwsError as error:
        if error.code == "ObjectLockConfigurationNotFoundError":
            return False
        raise
    return bool(at(answer, "ObjectLockConfiguration.ObjectLockEnabled") == "Enabled")


def _read_tags(_item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    return tag_map(scope.run(Call("get_bucket_tagging", {"Bucket": "$id"}, accept=("NoSuchTagSet",))).get("TagSet"))


def _write_tags(scope: Scope, _changed: Mapping[str, str]) -> None:
    """S3 knows only the whole set of tags."""
    scope.call("put_bucket_tagging", Bucket=scope.id, Tagging={"TagSet": tag_list(scope.inputs["tagsAll"])})


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    if scope.inputs.get("tagsAll"):
        _write_tags(scope, dict.fromkeys(keys, ""))
    else:
        scope.call("delete_bucket_tagging", Bucket=scope.id)


def _delete(scope: Scope) -> None:
    """Delete an empty bucket; a full one only when that is forced."""
    if scope.get("forceDestroy"):
        _empty(scope)
    scope.call("delete_bucket", Bucket=scope.id)


def _empty(scope: Scope) -> None:
    while True:
        page = scope.call("list_object_versions", Bucket=scope.id)
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if not found:
            return
        objects = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
        scope.call("delete_objects", Bucket=scope.id, Delete={"Objects": objects})


BUCKET: Final = ResourceType(
    "aws:s3/bucket:Bucket",
    "s3",
    inputs={
        "bucket": REPLACE,
        "bucketPrefix": Input(replace=True, computed=True, kept=True),
        "objectLockEnabled": Input(replace=True, computed=True),
        "forceDestroy": default(False, kept=True),
    },
    create=Call(
        "create_bucket",
        {
            "Bucket": "$bucket",
            "CreateBucketConfiguration": _location,
            "ObjectLockEnabledForBucket": lambda scope: scope.inputs.get("objectLockEnabled") or None,
        },
    ),
    identity="$bucket",
    read=Read(Call("head_bucket", {"Bucket": "$id"}), gone=("404", "NoSuchBucket")),
    delete=_delete,
    outputs={
        "bucket": lambda _item, scope: scope.id,
        "arn": lambda _item, scope: f"arn:aws:s3:::{scope.id}",
        "bucketDomainName": lambda _item, scope: f"{scope.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": lambda _item, scope: f"{scope.id}.s3.{scope.region}.amazonaws.com",
        "bucketRegion": "BucketRegion",
        "hostedZoneId": lambda _item, scope: _HOSTED_ZONES.get(scope.region),
        "objectLockEnabled": _object_lock,
    },
    auto_name=AutoName(key="bucket", prefix_key="bucketPrefix", longest=63, lower=True),
    tagging=Tagging(_read_tags, _write_tags, _remove_tags),
)

RESOURCE_TYPES: Final = (BUCKET,)
