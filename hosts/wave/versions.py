"""What a bucket holds, version by version, and which order that has."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object, or a delete marker, as a listing tells it; ``size`` in bytes, 0 of a marker.

    ``id`` is the version's id ("null" in a bucket that never had versions); ``modified`` is when it was written, in
    seconds since 1970 by the store's clock.
    """

    key: str
    id: str
    size: int
    etag: str
    marker: bool = False
    latest: bool = True
    modified: float = 0.0

    @property
    def plain_md5(self) -> bool:
        """Return whether the etag is the MD5 of the content: one of an upload in parts is not."""
        return len(self.etag) == 32 and not self.marker  # noqa: PLR2004 (hex digits of an MD5)


@dataclass(frozen=True, slots=True)
class History:
    """Every version of one key, the oldest first."""

    key: str
    versions: tuple[Version, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all versions."""
        return sum(each.size for each in self.versions)

    @property
    def single(self) -> bool:
        """Return whether nothing but one version of content is there."""
        return len(self.versions) == 1 and not self.versions[0].marker


def telling(history: History) -> History:
    """Return a history without delete markers that hide nothing: before any content, and behind another marker."""
    kept: list[Version] = []
    for version in history.versions:
        if not (version.marker and (not kept or kept[-1].marker)):
            kept.append(version)
    return History(history.key, tuple(kept))


def histories(listed: Iterable[Version]) -> Iterator[History]:
    """Yield each key's history from a listing, which has keys in order and the newest version first."""
    for key, versions in groupby(listed, key=lambda version: version.key):
        yield History(key, tuple(reversed(tuple(versions))))


def matched(source: History, target: History | None, *, etags: bool = True) -> int | None:
    """Return how many of the source's versions the target has, from the oldest on; None where it has others.

    A copier that repeats a request leaves a version twice in a row, which counts once. ``etags`` as in `alike`.
    """
    done = 0
    for version in target.versions if target else ():
        if done < len(source.versions) and alike(source.versions[done], version, etags=etags):
            done += 1
        elif not (done and alike(source.versions[done - 1], version, etags=etags)):
            return None
    return done


def alike(one: Version, other: Version, *, etags: bool = True) -> bool:
    """Return whether two listings may tell of the same content; only its hash proves it.

    ``etags``: where a store gives one that looks like the MD5 of a content, it is that.
    """
    if one.marker or other.marker:
        return one.marker and other.marker
    if one.size != other.size:
        return False
    return one.etag == other.etag if etags and one.plain_md5 and other.plain_md5 else True
