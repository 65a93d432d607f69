"""Find, in one walk over a resource's inputs, the values that choose a zone and the values that are ARNs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE_KEY = re.compile(r"(?i)(.*availability_?zone(_?name|_?id)?s?|.*CacheClusterAzs)")
ZONE_PATHS = {  # zones whose key does not say so
    "aws:s3/directoryBucket:DirectoryBucket": frozenset({("location", "name")}),
    "aws:networkmanager/device:Device": frozenset({("awsLocation", "zone")}),
}
WORDS_FOR_PEOPLE = frozenset({"tags", "tagsAll", "defaultTags", "description", "comment", "labels"})
NO_ZONE = (bool, int, float, type(None))
NONE: frozenset[tuple[str, ...]] = frozenset()

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """One value and where it stands, e.g. ``placement.availabilityZone``."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Selectors:
    """What a walk found.

    ``zones`` may hold UNKNOWN, or what no judge understands; ``arns`` are strings that begin as an ARN does.
    """

    zones: tuple[Selected, ...]
    arns: tuple[Selected, ...]


def select(type_: str, props: Mapping[str, Any]) -> Selectors:
    """Return the zone and ARN values of one resource.

    Left out: tags, descriptions and comments (words for people), and policy documents (they name what is *forbidden*
    as often as what is allowed; an ARN inside a JSON string is not an input of type ARN either).
    """
    zones: list[Selected] = []
    arns: list[Selected] = []
    for path, in_zone, value in _leaves(props, ZONE_PATHS.get(type_, NONE)):
        if in_zone and not isinstance(value, NO_ZONE):
            zones.append(Selected(".".join(path), value))
        if isinstance(value, str) and value.lstrip()[:4].lower() == "arn:":
            arns.append(Selected(".".join(path), value))
    return Selectors(tuple(zones), tuple(arns))


def _leaves(props: Mapping[str, Any], zone_paths: frozenset[Path]) -> Iterator[tuple[Path, bool, Any]]:
    todo: list[tuple[Path, bool, Any]] = [((), False, props)]
    while todo:
        path, in_zone, value = todo.pop()
        if isinstance(value, str):
            yield path, in_zone, value
        elif isinstance(value, Mapping):
            if "Statement" in value:
                continue
            for key, item in value.items():
                if key in WORDS_FOR_PEOPLE or key.startswith("__"):
                    continue
                below = (*path, key)
                todo.append((below, is_zone_key(key) or below in zone_paths, item))
        elif isinstance(value, Sequence):
            todo.extend((path, in_zone, item) for item in value)
        else:
            yield path, in_zone, value


@lru_cache(maxsize=16384)
def is_zone_key(key: str) -> bool:
    """Return whether an input of this name holds a zone's name or id."""
    return ZONE_KEY.fullmatch(key) is not None
