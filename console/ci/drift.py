"""What stands otherwise than the state says: of each resource, the declared properties that differ now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTES: Final = frozenset({"annotations", "labels", "metadata", "tags", "tagsAll"})
"""Where clouds and controllers write something of their own beside what was given."""


@dataclass(frozen=True)
class Drift:
    """A resource that differs; ``properties`` are those that do, by name alone; None: it is gone."""

    urn: str
    properties: tuple[str, ...] | None

    @property
    def type(self) -> str:
        """The resource's type."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.urn.split("::", 3)[3]


def drifted(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Drift]:
    """Yield what differs between two deployments, as the engine exports them, in the order of the first.

    Compared are the properties that a resource was given (its inputs), as the cloud told them then and now. What a
    cloud makes up by itself (a version, a status, a time) changes without anybody's doing, and is no drift.
    """
    now = {entry["urn"]: entry for entry in after.get("resources") or () if not entry.get("delete")}
    for entry in before.get("resources") or ():
        if not entry.get("custom") or entry.get("delete") or entry["type"].startswith("pulumi:"):
            continue
        other = now.get(entry["urn"])
        if other is None:
            yield Drift(entry["urn"], None)
        elif differing := tuple(_differing(entry, other)):
            yield Drift(entry["urn"], differing)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    then, now = before.get("outputs") or {}, after.get("outputs") or {}
    for name, given in sorted((before.get("inputs") or {}).items()):
        if name in then and _told(name, then[name], given) != _told(name, now.get(name), given):
            yield name


def _told(name: str, value: Any, given: Any) -> Any:
    """Return a value in a form in which order does not count, as many clouds keep none; of notes what was given."""
    if isinstance(value, dict):
        known = given if isinstance(given, dict) else {}
        names = known if name in NOTES else value
        return {each: _told(each, value.get(each), known.get(each)) for each in names}
    if isinstance(value, list):
        return sorted((_told(name, one, None) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return _read(value)


def _read(value: Any) -> Any:
    """Return a text that holds JSON (a policy) as what it says: clouds write it in forms of their own."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
