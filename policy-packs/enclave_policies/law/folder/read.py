"""Turn a law folder and a sandbox's overlay into one Law; every problem of every file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.folder.adequacy import read_decisions, read_homes
from enclave_policies.law.folder.approvals import read_approvals
from enclave_policies.law.folder.atlas import HOST, read_atlas
from enclave_policies.law.folder.exceptions import read_exceptions
from enclave_policies.law.folder.lifecycle import read_lifecycle
from enclave_policies.law.folder.placement import read_placement
from enclave_policies.law.folder.places import read_places
from enclave_policies.law.folder.sources import APPROVED, COUNTRIES, read_sources
from enclave_policies.law.folder.transfers import read_transfers
from enclave_policies.law.folder.transition import read_transitions
from enclave_policies.law.model import Law
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def read_law(folder: Path, overlay: Path | None, day: date) -> Law:
    """Read the law as it stands on ``day``. Raises ProblemsError."""
    sources = read_sources(folder, overlay, day)
    if COUNTRIES not in sources.shipped:  # every other check would stumble over countries that nobody names
        raise ProblemsError(sources.problems)
    atlas = read_atlas(sources)
    places = read_places(sources, atlas)
    suffixes = (suffix for names in places["dns_suffixes"].values() for suffix in names)
    approvals = read_approvals(sources, suffixes, atlas)
    homes, decisions = read_homes(sources, atlas), read_decisions(sources, atlas)
    transfers, exceptions = read_transfers(sources, atlas, decisions, day), read_exceptions(sources)
    placement, lifecycle = read_placement(sources, atlas), read_lifecycle(sources)
    accounts = approvals["accounts"] if APPROVED in sources.shipped else None
    transitions = read_transitions(sources, atlas, places, accounts, day)
    stale = sources.stale()
    if APPROVED in sources.shipped and sources.shipped[APPROVED].content.strict_facts:
        sources.problems += (Problem(Position(fact.file, fact.line, fact.column), fact.words) for fact in stale)
    if sources.problems:
        raise ProblemsError(sources.problems)
    return Law(
        countries=atlas.names,
        country_sets={name: members for name, members in atlas.sets.items() if name != HOST},
        hosts=atlas.sets[HOST],
        types=sources.catalog.kinds,
        inputs=sources.catalog.inputs,
        switches=sources.catalog.switches,
        objects=sources.catalog.objects,
        controllers=sources.catalog.controllers,
        models=sources.catalog.models,
        encryption=sources.catalog.encryption,
        untagged=sources.catalog.untagged,
        day=day,
        homes=homes,
        adequacy=decisions,
        transfers=transfers,
        placement=placement,
        lifecycle=lifecycle,
        transitions=transitions,
        exceptions=exceptions,
        stale=stale,
        newest=sources.newest,
        stand_in_inspectors=sources.overlay.content.inspectors if sources.overlay else {},
        **places,
        **approvals,
    )
