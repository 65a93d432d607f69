"""Objects to move: mixed sizes, versions, delete markers, uploads in parts, and odd names; the same each time."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PART: Final = 5 * 2**20
"""The least that S3 takes as a part of an upload that is not its last."""
ODD: Final = (
    "café/naïve.txt",
    "日本語/名前 (1).bin",
    "emoji-🛰️/😀",
    "combining/e\u0301 and \u00e9",
    "spaces at the end ",
    " leading space",
    "plus+and%20percent&amp;",
    "quotes'\"`$(x)",
    "back\\slash",
    "star*?[a-z]{b,c}",
    "semi;colon#hash",
    "trailing/slash/",
    "double//slash",
    "/leading/slash",
    "up/../and/./down",
    "..",
    "full\uff0ewidth\uff0fand\u201bquote",
    "long/" + "x" * 250,
    "too-long-for-a-file/" + "y" * 600,
    "z" * 1024,
    "-rf",
    "~tilde",
    "rtl-\u202eabc",
)
_SIZES: Final = (
    (0.03, 0, 0),
    (0.62, 1, 4_096),
    (0.28, 4_096, 65_536),
    (0.065, 65_536, 524_288),
    (0.005, 524_288, 4_194_304),
)


@dataclass(frozen=True)
class Planned:
    """An object to make: for each version its size, None for a delete marker; ``parts``: uploaded in parts."""

    key: str
    sizes: tuple[int | None, ...]
    parts: bool = False

    @property
    def versions(self) -> int:
        """Return how many versions it has, delete markers among them."""
        return len(self.sizes)

    @property
    def bytes(self) -> int:
        """Return the bytes of all versions."""
        return sum(size or 0 for size in self.sizes)


def planned(count: int, seed: int = 15) -> list[Planned]:
    """Return ``count`` objects; at least 30."""
    dice = random.Random(seed)  # noqa: S311 (the same data each time, no secret)
    found = [Planned(key, (dice.randrange(2_000),)) for key in ODD]
    found += [Planned("parts/one", (2 * PART + 77,), parts=True), Planned("parts/exact", (PART,), parts=True)]
    found += [Planned("history/odd/../name", (10, None, 20)), Planned("history/deleted", (40, None))]
    for number in range(count - len(found)):
        key = f"users/{number % 97:02}/{number:07}.{dice.choice(('json', 'bin', 'jpg'))}"
        draw = dice.random()
        more = dice.choice(((1,), (1, 1), (1, 1, 1), (1, None), (1, None, 1))) if draw < 0.05 else (1,)  # noqa: PLR2004
        found.append(Planned(key, tuple(None if each is None else _size(dice) for each in more)))
    return found


def _size(dice: random.Random) -> int:
    draw = dice.random()
    for share, low, high in _SIZES:
        if draw < share:
            return dice.randint(low, high)
        draw -= share
    return 1_000


def make(client: Any, bucket: str, objects: list[Planned], workers: int = 8) -> None:
    """Create a bucket that keeps versions, and the objects in it."""
    region = client.meta.region_name
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else elsewhere))
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(_make, client, bucket, each) for each in objects]:
            done.result()


def _make(client: Any, bucket: str, one: Planned) -> None:
    for number, size in enumerate(one.sizes):
        if size is None:
            client.delete_object(Bucket=bucket, Key=one.key)
        elif one.parts:
            _in_parts(client, bucket, one.key, content(one.key, number, size))
        else:
            body = content(one.key, number, size)
            client.put_object(Bucket=bucket, Key=one.key, Body=body, Metadata={"written-by": "a stand-in"})


def content(key: str, number: int, size: int) -> bytes:
    """Return the bytes of a version."""
    return random.Random(f"{key}\0{number}").randbytes(size)  # noqa: S311


def _in_parts(client: Any, bucket: str, key: str, body: bytes) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    sent = [
        {
            "PartNumber": number,
            "ETag": client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=part)["ETag"],
        }
        for number, part in enumerate(_cut(body), 1)
    ]
    client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": sent})


def _cut(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PART):
        yield body[start : start + PART]
