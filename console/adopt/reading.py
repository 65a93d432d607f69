"""Lets the engine read objects through their providers: a refresh of a state of its own, which no stack ever sees.

So properties are what the provider's own import would give, and nothing but its Read is called.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.gate.copied import copied
from console.gate.errors import EngineError
from console.gate.exporting import exported
from console.gate.record import read_record
from console.private_folder import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from console.adopt.objects import Object, Part, Place
    from console.gate.engine import Engine


@dataclass(frozen=True)
class Read:
    """What providers told: each object's entries as a state holds them after an import, and why others have none."""

    entries: Mapping[Object, tuple[Mapping[str, Any], ...]]
    troubles: Mapping[Object, str]


def read(engine: Engine, export: Mapping[str, Any], places: Mapping[str, Place], objects: Iterable[Object]) -> Read:
    """Return what providers say of objects. Raises EngineError.

    ``export`` is the stack's state, its secrets sealed; ``places`` are where in it objects of a site go.
    """
    left = list(objects)
    troubles: dict[Object, str] = {}
    told: Mapping[str, Mapping[str, Any]] = {}
    while left:
        wanted = {urn_of(places[one.site], part): one for one in left for part in one.whole}
        entries = [*_above(export["deployment"], places.values()), *_asked(places, left)]
        told, failed = _refreshed(engine, export, entries)
        if not failed:
            break
        broken = {wanted[urn]: f"{urn.rpartition('::')[2]}: {why}" for urn, why in failed.items() if urn in wanted}
        if not broken:
            raise EngineError("the engine cannot read what there is:\n" + "\n".join(failed.values()))
        troubles |= broken
        left = [one for one in left if one not in broken]
    found: dict[Object, tuple[Mapping[str, Any], ...]] = {}
    for one in left:
        urns = [urn_of(places[one.site], part) for part in one.whole]
        if urns[0] in told:
            found[one] = tuple(told[urn] for urn in urns if urn in told)
        else:
            troubles[one] = "it was listed, and its provider does not find it; somebody may be removing it"
    return Read(found, troubles)


def urn_of(place: Place, part: Part) -> str:
    """Return the URN that a resource has once it is imported there."""
    return f"{place.parent.rpartition('::')[0]}${part.type}::{part.id}"


def _asked(places: Mapping[str, Place], objects: Iterable[Object]) -> Iterator[Mapping[str, Any]]:
    for one in objects:
        place = places[one.site]
        for part in one.whole:
            yield {
                "urn": urn_of(place, part),
                "type": part.type,
                "custom": True,
                "id": part.id,
                "parent": place.parent,
                "provider": place.provider,
                "inputs": {},
                "outputs": {},  # a provider that is told nothing reads as for an import
            }


def _above(deployment: Mapping[str, Any], places: Iterable[Place]) -> Iterator[Mapping[str, Any]]:
    """Yield what is above objects, in the order of the state."""
    every = {entry["urn"]: entry for entry in deployment["resources"]}
    wanted = {urn for place in places for urn in (place.parent, place.provider.rpartition("::")[0])}
    while more := {every[urn].get("parent") for urn in wanted} - wanted - {None, ""}:
        wanted |= more
    for urn, entry in every.items():
        if urn in wanted:
            yield entry


def _refreshed(
    engine: Engine, export: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]
) -> tuple[Mapping[str, Mapping[str, Any]], Mapping[str, str]]:
    """Return the entries by URN after a refresh, or why it failed, by URN ("" where it is about none)."""
    deployment = {**export["deployment"], "resources": list(entries), "pending_operations": []}
    with private_folder() as folder:
        copy, log = copied(engine, Path(folder), {**export, "deployment": deployment}), Path(folder) / "events.json"
        copy = replace(copy, environment={**copy.environment, "PULUMI_DEBUG_COMMANDS": "true"})  # for the event log
        options = ("--yes", "--skip-preview", "--non-interactive", "--event-log", str(log))
        done = copy.command("refresh", *options, "--stack", engine.stack)
        if done.returncode:
            failed = read_record(log, done.returncode).failed
            return {}, failed or {"": done.stderr.strip() or done.stdout.strip()}
        return {entry["urn"]: entry for entry in exported(copy, "--show-secrets")["resources"]}, {}
