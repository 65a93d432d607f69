"""A bucket on a site, by the S3 API: listed version by version, read, written and emptied."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from hosts.wave.names import NAME_FIELD, held_as
from hosts.wave.versions import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LISTED: Final = 1000
"""Versions that S3 lists in one request."""
AT_ONCE: Final = 1000
"""Keys that S3 deletes in one request."""
IN_PARTS: Final = 16 * 2**20
"""Bytes from which an object is uploaded in parts."""
KEPT_HEADERS: Final = ("ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage")
_ENTRY: Final = re.compile(rb"<(Version|DeleteMarker)>")


@dataclass(frozen=True)
class Store:
    """A bucket of a site. ``copier`` is what the copier is told of it, as the parts of rclone's variables.

    ``files``: it keeps objects as files (POSIX), which cannot hold every name.
    """

    site: str
    bucket: str
    client: Any
    copier: Mapping[str, str]
    files: bool = False

    def __str__(self) -> str:
        """Return the bucket as messages call it."""
        return f"{self.site}/{self.bucket}"

    def held_as(self, key: str) -> str:
        """Return the name under which this store holds a key."""
        return held_as(key, files=self.files)

    def versions(
        self, after: str = "", last: str | None = None, prefix: str = "", expected: int = LISTED
    ) -> Iterator[Version]:
        """Yield every version of the keys behind ``after`` up to ``last``, in order, the newest of each first.

        ``expected``: how many there should be; no more are asked for at first, and all the same as many as there are.
        """
        asked: dict[str, Any] = {"Bucket": self.bucket, "Prefix": prefix, "MaxKeys": min(LISTED, expected + 1)}
        if after:
            asked["KeyMarker"] = after
        while True:
            page = self.client.list_object_versions(**asked)
            for version in _in_order(page):
                if last is not None and version.key > last:
                    return
                if version.key > after:
                    yield version
            if not page.get("IsTruncated"):
                return
            asked["KeyMarker"] = page["NextKeyMarker"]
            asked["VersionIdMarker"] = page.get("NextVersionIdMarker", "")
            asked["MaxKeys"] = LISTED

    def uploads(self) -> list[tuple[str, str]]:
        """Return (key, id) of each upload in parts that nobody finished: what it holds is data too."""
        found: list[tuple[str, str]] = []
        for page in self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket):
            found += [(each["Key"], each["UploadId"]) for each in page.get("Uploads", ())]
        return found

    def replicas(self) -> list[str]:
        """Return the buckets that this one is replicated to."""
        try:
            rules = self.client.get_bucket_replication(Bucket=self.bucket)["ReplicationConfiguration"]["Rules"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ReplicationConfigurationNotFoundError", "NotImplemented"):
                return []
            raise
        return sorted({rule["Destination"]["Bucket"].rpartition(":")[2] for rule in rules})

    def versioned(self) -> bool:
        """Return whether the bucket keeps every version."""
        return bool(self.client.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled")

    def by_kms(self) -> bool:
        """Return whether the bucket encrypts by KMS: then an etag looks like an MD5 of the content, and is none."""
        if self.files:
            return False
        try:
            rules = self.client.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ServerSideEncryptionConfigurationNotFoundError", "NotImplemented"):
                return False
            raise
        told = (rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "") for rule in rules)
        return any(each.startswith("aws:kms") for each in told)

    def read(self, version: Version) -> dict[str, Any]:
        """Return a version with its body as a stream, and what it says of itself."""
        which = {} if version.id == "null" else {"VersionId": version.id}
        found: dict[str, Any] = self.client.get_object(Bucket=self.bucket, Key=version.key, **which)
        return found

    def write(self, key: str, read: Mapping[str, Any]) -> None:
        """Add a version with the content and the own fields of one that was read."""
        name = self.held_as(key)
        fields = dict(read.get("Metadata", {}))
        if name != key:
            fields[NAME_FIELD] = b64encode(key.encode()).decode()
        told = {header: read[header] for header in KEPT_HEADERS if read.get(header)}
        told["Metadata"] = fields
        if read["ContentLength"] < IN_PARTS:
            self.client.put_object(Bucket=self.bucket, Key=name, Body=read["Body"].read(), **told)
        else:
            self.client.upload_fileobj(read["Body"], self.bucket, name, ExtraArgs=told)

    def mark_deleted(self, key: str) -> None:
        """Add a delete marker."""
        self.client.delete_object(Bucket=self.bucket, Key=self.held_as(key))

    def remove(self, versions: Iterable[Version]) -> list[str]:
        """Remove versions for good, and return what was refused: each by its name and the store's own words."""
        asked = [{"Key": each.key, "VersionId": each.id} for each in versions]
        refused = []
        for start in range(0, len(asked), AT_ONCE):
            batch = {"Objects": asked[start : start + AT_ONCE], "Quiet": True}
            answer = self.client.delete_objects(Bucket=self.bucket, Delete=batch)
            refused += [f"{each['Key']!r}: {each.get('Code', 'refused')}" for each in answer.get("Errors", ())]
        return refused

    def abort(self, uploads: Iterable[tuple[str, str]]) -> None:
        """Give up unfinished uploads, and what they hold."""
        for key, upload in uploads:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)


def keep_order(client: Any) -> Any:
    """Let a client's listings tell the order in which the store answered: the SDK sorts it into two lists."""
    client.meta.events.register("after-call.s3.ListObjectVersions", _note_order)
    return client


def _note_order(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
    parsed["Order"] = [kind.decode() for kind in _ENTRY.findall(http_response.content)]


def _in_order(page: Mapping[str, Any]) -> list[Version]:
    """Return a page's versions and delete markers: by key, the newest first.

    Amazon tells times by the second, so the order of its answer decides between equal ones.
    """
    lists = {"Version": iter(page.get("Versions", ())), "DeleteMarker": iter(page.get("DeleteMarkers", ()))}
    rows = [(next(lists[kind]), kind == "DeleteMarker") for kind in page["Order"]]
    numbered = sorted(
        enumerate(rows),
        key=lambda row: (row[1][0]["Key"], not row[1][0]["IsLatest"], -row[1][0]["LastModified"].timestamp(), row[0]),
    )
    return [
        Version(
            key=entry["Key"],
            id=entry["VersionId"],
            size=entry.get("Size", 0),
            etag=entry.get("ETag", "").strip('"'),
            marker=marker,
            latest=entry["IsLatest"],
            modified=entry["LastModified"].timestamp(),
        )
        for _, (entry, marker) in numbered
    ]
