"""What the engine demands of a state as a whole before it works with it: nothing dangles, nothing turns in a circle.

Source: engine 3.259, Snapshot.VerifyIntegrity (resource/deploy/snapshot.go). Left out is what a provider reference
leads to: a rule says so where it matters. The checksum of the version is compared only where one is given.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STACK_KEPT: Final = "the state was edited or is damaged; repair it with `pulumi state repair` and export it again"


def broken_links(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield (message, URN) for each resource whose parent or dependency does not stand before it, and each URN twice.

    A parent that stands before its child can be in no circle.
    """
    every = {entry["urn"] for entry in entries}
    before: dict[str, int] = {}  # URN → how many of it stay
    for entry in entries:
        urn = entry["urn"]
        for what, named in _named(entry):
            if named in before:
                continue
            if named == urn:
                yield f"has a resource ({urn}) that is its own {what}; {STACK_KEPT}", urn
            elif named in every:
                yield f"has a resource ({urn}) whose {what} ({named}) comes after it; {STACK_KEPT}", urn
            else:
                yield f"has a resource ({urn}) whose {what} ({named}) is not there; {STACK_KEPT}", urn
        stays = 0 if entry.get("delete") else 1
        if before.get(urn, 0) and stays:
            yield f"holds {urn} twice, so nobody can tell which is the resource; {STACK_KEPT}", urn
        before[urn] = before.get(urn, 0) + stays


def _named(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what must stand before an entry, and what it is to the entry."""
    if entry.get("parent"):
        yield "parent", entry["parent"]
    for named in entry.get("dependencies") or ():
        if named:
            yield "dependency", named
    for name, urns in (entry.get("propertyDependencies") or {}).items():
        for named in urns or ():
            if named:
                yield f"dependency for '{name}'", named
    if entry.get("deletedWith"):
        yield "deletedWith", entry["deletedWith"]
    for named in entry.get("replaceWith") or ():
        if named:
            yield "replaceWith", named


def refused_manifest(manifest: Any) -> Iterator[tuple[str, str]]:
    """Yield why the engine would not believe a manifest: its magic is the SHA-256 of the engine's version."""
    if not isinstance(manifest, dict) or not manifest.get("magic"):
        return
    version = manifest.get("version") or ""
    if not isinstance(version, str) or manifest["magic"] != hashlib.sha256(version.encode()).hexdigest():
        yield f"has a manifest whose magic is not that of its version; {STACK_KEPT}", "magic"
