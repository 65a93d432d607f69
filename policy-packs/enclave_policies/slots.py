"""What each input of a type means: the type table says it, else its name does."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS_FOR_PEOPLE: Final = frozenset(
    {"tags", "tagsAll", "defaultTags", "description", "comment", "comments", "labels", "matchLabels", "title"}
    | {"displayName", "$schema", "xmlns", "documentationUrl", "helpUrl", "homepage", "managedFields"}
)
"""Inputs that nothing acts on: a place named there is no place."""

NAMES: Final = re.compile(r"name|prefix|.*(Name|Prefix|Label|Title)")
"""Inputs that name a thing: a region's code there is part of a name."""

ROLES_BY_NAME: Final = (
    ("zone", re.compile(r"(?i).*availability_?zone(_?name|_?id)?s?|.*CacheClusterAzs")),
    ("edge", re.compile(r"(?i).*outpost(arns?|id)?|localGateway.*id|carrierGateway(id)?|.*networkBorderGroup")),
    ("region:destination", re.compile(r".*(region|Region)(s|Name|Names|Code|List|Lists)?|edgeLocations?")),
    ("account", re.compile(r"(?i).*account(_?ids?|s|identifiers?|numbers?)?|.*bucketOwner|.*ownerIds?|peerOwnerId")),
    ("account", re.compile(r"principals?|.*(?<!service)Principals?|AWS")),
    (
        "bucket:destination",
        re.compile(r"(?i).*(output|log|target|dest\w*|deliver\w*|export|report|backup).*bucket(name)?"),
    ),
)
"""Name → role for inputs that the type table does not list; an unknown region-like input counts as a destination."""

NO_ROLE: Final = "-"
"""What the type table says of an input that carries no place: only its value's own shape counts."""

MANY_KEYS: Final = 512


class Slot:
    """One input of one type, by its path; its children are made when they are first met.

    ``role`` None: nothing but the value's own shape counts. ``named``: the input names a thing. ``skip``: not read.
    """

    __slots__ = ("_table", "children", "named", "path", "role", "skip")

    def __init__(self, path: str, table: Mapping[str, str], *, role: str | None, named: bool, skip: bool) -> None:
        self.path = path
        self.role = role
        self.named = named
        self.skip = skip
        self.children: dict[str, Slot] = {}
        self._table = table

    def child(self, key: str) -> Slot:
        """Return the slot of an input below this one."""
        path = f"{self.path}.{key}" if self.path else key
        role = self._table.get(path)
        listed = role is not None
        if role == NO_ROLE:
            role = None
        elif role is None:
            role = role_by_name(key)
        words = not listed and (key in WORDS_FOR_PEOPLE or key.startswith("__"))
        slot = Slot(path, self._table, role=role, named=role is None and NAMES.fullmatch(key) is not None, skip=words)
        if len(self.children) < MANY_KEYS:
            self.children[key] = slot
        return slot


def root_slot(type_table: Mapping[str, str]) -> Slot:
    """Return the slot of a type's inputs as a whole; its own ``region`` is read by the placement, not by the walk."""
    root = Slot("", type_table, role=None, named=False, skip=False)
    if "region" not in type_table:
        root.children["region"] = Slot("region", type_table, role=None, named=False, skip=True)
    return root


@lru_cache(maxsize=16384)
def role_by_name(key: str) -> str | None:
    """Return the role that an input's name alone tells, None where it tells none."""
    for role, pattern in ROLES_BY_NAME:
        if pattern.fullmatch(key):
            return role
    return None
