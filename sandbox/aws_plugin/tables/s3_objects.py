"""Objects of S3 buckets, whose text the program gives."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.aws_plugin.answers import tag_list, tag_map
from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import COMPUTED, KEPT, REPLACE, default
from sandbox.aws_plugin.resource_type import Call, Read, ResourceType, Scope, Tagging, Update


def _body(scope: Scope) -> bytes:
    return str(scope.inputs.get("content") or "").encode()


_PUT: Final = Call(
    "put_object",
    {
        "Bucket": "$bucket",
        "Key": "$key",
        "Body": _body,
        "ContentType": "$contentType",
        "ServerSideEncryption": "$serverSideEncryption",
        "SSEKMSKeyId": "$kmsKeyId",
    },
)
_AT: Final = {"Bucket": "$bucket", "Key": "$key"}


def _read_tags(_item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    return tag_map(scope.run(Call("get_object_tagging", _AT)).get("TagSet"))


def _write_tags(scope: Scope, _changed: Mapping[str, str]) -> None:
    """S3 knows only the whole set of tags."""
    tags = {"TagSet": tag_list(scope.inputs["tagsAll"])}
    scope.call("put_object_tagging", Bucket=scope.get("bucket"), Key=scope.get("key"), Tagging=tags)


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    if scope.inputs.get("tagsAll"):
        _write_tags(scope, dict.fromkeys(keys, ""))
    else:
        scope.run(Call("delete_object_tagging", _AT))


def _delete(scope: Scope) -> None:
    """Delete every version, as the official plugin does."""
    bucket, key = scope.get("bucket"), scope.get("key")
    page = scope.call("list_object_versions", Bucket=bucket, Prefix=key)
    for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
        if each["Key"] == key:
            scope.call("delete_object", Bucket=bucket, Key=key, VersionId=each["VersionId"])


OBJECT: Final = ResourceType(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "s3",
    inputs={
        "bucket": REPLACE,
        "key": REPLACE,
        "content": KEPT,
        "contentType": COMPUTED,
        "serverSideEncryption": COMPUTED,
        "kmsKeyId": COMPUTED,
        "forceDestroy": default(False, kept=True),
    },
    create=_PUT,
    identity=lambda _answer, scope: f"{scope.inputs['bucket']}/{scope.inputs['key']}",
    read=Read(Call("head_object", _AT), gone=("404", "NoSuchKey", "NoSuchBucket")),
    updates=(Update(("content", "contentType", "serverSideEncryption", "kmsKeyId"), _PUT, at_create=False),),
    delete=_delete,
    outputs={
        "bucket": lambda _item, scope: scope.get("bucket"),
        "key": lambda _item, scope: scope.get("key"),
        "arn": lambda _item, scope: f"arn:aws:s3:::{scope.get('bucket')}/{scope.get('key')}",
        "etag": lambda item, _scope: str(item.get("ETag", "")).strip('"'),
        "versionId": "VersionId",
        "kmsKeyId": "SSEKMSKeyId",
        "serverSideEncryption": "ServerSideEncryption",
        "storageClass": lambda item, _scope: item.get("StorageClass") or "STANDARD",
    },
    tagging=Tagging(_read_tags, _write_tags, _remove_tags),
    moves=dict.fromkeys(("etag", "versionId"), ("content", "contentType")),
    import_id=ImportId("/", ("bucket", "key")),
)

RESOURCE_TYPES: Final = (OBJECT,)
