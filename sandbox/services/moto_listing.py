"""How the stand-in for S3 lists versions: moto copies every object of the bucket for each page, and passes over some.

Where a page begins behind a key that the bucket does not have, moto leaves out the next one; and it sorts versions and
delete markers apart, with times by the second, so that nobody can order them. Both matter to whoever moves a bucket.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from moto.s3.models import FakeKey, S3Backend

if TYPE_CHECKING:
    from collections.abc import Iterator

_moto: Final = S3Backend.list_object_versions


class Entry(NamedTuple):
    """A version or delete marker as a listing tells it."""

    name: str
    version_id: str | None
    is_latest: bool
    last_modified: datetime
    etag: str
    size: int
    storage_class: str | None
    marker: bool

    @property
    def last_modified_ISO8601(self) -> str:  # noqa: N802 (moto's name)
        """Return the time as S3 writes it."""
        return self.last_modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def listed(  # noqa: PLR0917 (moto's own order)
    self: Any,
    bucket_name: str,
    delimiter: str | None = None,
    key_marker: str | None = None,
    max_keys: int | None = 1000,
    prefix: str = "",
    version_id_marker: str | None = None,
) -> tuple[list[Entry], list[str], list[Entry], str | None, str | None]:
    """Return a page: versions, common prefixes, delete markers, and where the next page begins (None: nowhere)."""
    if delimiter:
        old: Any = _moto(self, bucket_name, delimiter, key_marker, max_keys, prefix, version_id_marker)
        return old  # type: ignore[no-any-return]
    most = 1000 if max_keys is None else max_keys
    page: list[Entry] = []
    for entry in _behind(self.get_bucket(bucket_name).keys, prefix, key_marker, version_id_marker):
        if len(page) == most:
            last = page[-1] if page else None
            return (*_sorted(page), last.name if last else key_marker, last.version_id or "null" if last else None)
        page.append(entry)
    return (*_sorted(page), None, None)


def _sorted(page: list[Entry]) -> tuple[list[Entry], list[str], list[Entry]]:
    return [each for each in page if not each.marker], [], [each for each in page if each.marker]


def _behind(keys: Any, prefix: str, key: str | None, version: str | None) -> Iterator[Entry]:
    names = sorted(keys)
    start = bisect_right(names, key) if key else 0
    if key and version and key in keys:
        newest_first = list(_entries(keys, key))
        at = next((number for number, each in enumerate(newest_first) if (each.version_id or "null") == version), -1)
        yield from newest_first[at + 1 :]
    for name in names[start:]:
        if name.startswith(prefix):
            yield from _entries(keys, name)


def _entries(keys: Any, name: str) -> list[Entry]:
    """Return a key's versions, the newest first; each is told a second later than the one before, if need be."""
    entries: list[Entry] = []
    versions, told = keys.getlist(name), datetime(1970, 1, 1)  # noqa: DTZ001 (as moto tells times)
    for number, version in enumerate(versions):
        told = max(version.last_modified.replace(microsecond=0, tzinfo=None), told + timedelta(seconds=1))
        shown = (name, version.version_id, number == len(versions) - 1, told)
        if isinstance(version, FakeKey):
            entries.append(Entry(*shown, version.etag, version.size, version.storage_class, marker=False))
        else:
            entries.append(Entry(*shown, "", 0, "STANDARD", marker=True))
    return entries[::-1]
