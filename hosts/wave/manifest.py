"""A manifest: what a bucket holds by content, one line for each version, the same bytes for the same content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OWN_FIELDS: Final = frozenset({"mtime", "btime", "atime", "md5chksum", "wave-name"})
"""Fields of metadata that copiers add, and that are no content."""


@dataclass(frozen=True, slots=True)
class Line:
    """A version by its content: SHA-256 of its bytes and of its metadata (None: a delete marker)."""

    key: str
    sha256: str | None
    size: int
    metadata: str | None

    def written(self) -> str:
        """Return the line as the manifest has it."""
        plain = {"key": self.key, "sha256": self.sha256, "size": self.size, "metadata": self.metadata}
        return json.dumps(plain, ensure_ascii=True, separators=(",", ":"))


class Difference(NamedTuple):
    """What two manifests say otherwise of one key, as a sentence that names it."""

    key: str
    words: str


def metadata_hash(content_type: str, fields: Mapping[str, str]) -> str:
    """Return the SHA-256 of what an object says of itself: type and own fields, without those that copiers add."""
    own = {name.lower(): value for name, value in fields.items() if name.lower() not in OWN_FIELDS}
    return hashlib.sha256(json.dumps([content_type, own], sort_keys=True).encode()).hexdigest()


def without_repeats(source: Sequence[Line], target: Sequence[Line]) -> list[Line]:
    """Return the target's lines of one key without those that a copier's repeated request left twice in a row."""
    kept: list[Line] = []
    for line in target:
        expected = source[len(kept)] if len(kept) < len(source) else None
        if kept and line == kept[-1] and line != expected:
            continue
        kept.append(line)
    return kept


def differences(source: Iterable[Line], target: Iterable[Line]) -> Iterator[Difference]:
    """Yield what the target lacks, has too much, or has with another content."""
    wanted, found = _by_key(source), _by_key(target)
    for key in sorted(wanted.keys() | found.keys()):
        have, are = wanted.get(key, []), found.get(key, [])
        if have == are:
            continue
        if not are:
            yield Difference(key, f"{key!r} is missing at the target")
        elif not have:
            yield Difference(key, f"{key!r} is at the target alone")
        elif len(have) != len(are):
            yield Difference(key, f"{key!r} has {len(have)} versions at the source and {len(are)} at the target")
        else:
            which = next(number for number, pair in enumerate(zip(have, are, strict=True)) if pair[0] != pair[1])
            one, other = have[which], are[which]
            what = "content" if (one.sha256, one.size) != (other.sha256, other.size) else "metadata"
            yield Difference(key, f"version {which + 1} of {key!r} has another {what} at the target")


def _by_key(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.key, []).append(line)
    return found


def content_of(lines: Iterable[Line]) -> bytes:
    """Return a manifest's bytes."""
    return "".join(f"{line.written()}\n" for line in lines).encode()
