"""Brings the bundle that a host's user data pins from its bucket to the disk: that one, or none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from hosts.gateway.bundle import read_bundle
from hosts.gateway.errors import BundleError, FetchError
from hosts.gateway.packed import LARGEST, unpacked

if TYPE_CHECKING:
    from pathlib import Path


def fetch(url: str, region: str, digest: str, folder: Path) -> bool:
    """Put the bundle of ``digest`` into a folder, whole or not at all; return False where it was there already.

    Raises BundleError for another bundle, and FetchError where it cannot be had.
    """
    try:
        read_bundle(folder, digest)
    except BundleError:
        pass  # none yet, or another one
    else:
        return False
    try:
        files = unpacked(_lying_at(url, region), digest)
    except BundleError as error:
        raise BundleError(f"{url}: {error}") from None
    try:
        _put(folder, files)
    except OSError as error:
        raise FetchError(
            f"the bundle cannot be kept in {folder} ({error.strerror}); make the folder writable"
        ) from None
    return True


def _lying_at(url: str, region: str) -> bytes:
    """Return what lies at https://S3/BUCKET/KEY. Raises FetchError."""
    from hosts.gateway.bucket import Bucket  # noqa: PLC0415  boto3 takes its time, and an authorizer does without

    place = urlsplit(url)
    bucket, _, key = unquote(place.path).lstrip("/").partition("/")
    if place.scheme not in ("https", "http") or not place.hostname or not key or place.query:
        raise FetchError(f"'{url[:200]}' is no address of a bundle; give https://s3.REGION.…/BUCKET/KEY")
    try:
        found = Bucket(bucket, region, f"{place.scheme}://{place.netloc}").get(key, LARGEST)
    except OSError as error:
        raise FetchError(f"{error}; look at the way from this host to {place.netloc}, and at its role") from None
    if len(found) > LARGEST:
        raise FetchError(f"{url} is larger than {LARGEST} bytes, so it is no bundle; deploy the bundle again")
    return found


def _put(folder: Path, files: dict[str, str]) -> None:
    draft, before = folder.with_name(f".{folder.name}.draft"), folder.with_name(f".{folder.name}.before")
    for left in (draft, before):  # of a run that was cut
        shutil.rmtree(left, ignore_errors=True)
    draft.mkdir(mode=0o755, parents=True)
    for name, text in files.items():
        (draft / name).write_bytes(text.encode())
        (draft / name).chmod(0o444)
    if folder.exists():
        folder.rename(before)
    draft.rename(folder)
    shutil.rmtree(before, ignore_errors=True)
