"""The rows that say which data may rest where, checked when the law is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.law.folder.atlas import HOST
from enclave_policies.law.instruments import PlacementRule

if TYPE_CHECKING:
    from enclave_policies.law.folder.atlas import Atlas
    from enclave_policies.law.folder.files import PlacementRow
    from enclave_policies.law.folder.parts import Row
    from enclave_policies.law.folder.sources import Sources

FILE: Final = "placement.yaml"


def read_placement(sources: Sources, atlas: Atlas) -> tuple[PlacementRule, ...]:
    """Return the rows of all files; a country that may not host is no place for any class."""
    entries: dict[str, Row[PlacementRow]] = sources.table("placement", FILE, "placement")
    rules = []
    for entry in entries.values():
        rule = _rule(entry, atlas)
        if outside := sorted(rule.countries & atlas.names.keys() - atlas.sets[HOST]):
            message = f"{', '.join(outside)} may not host (approved.yaml), so no class rests there; narrow the row"
            sources.problems.append(entry.problem(message, "countries"))
        rules.append(rule)
    return tuple(rules)


def _rule(entry: Row[PlacementRow], atlas: Atlas) -> PlacementRule:
    value, at = entry.value, entry.document.position(entry.path)
    return PlacementRule(
        value.id,
        frozenset(value.classes),
        frozenset(value.regimes),
        atlas.members(entry, value.countries, "countries"),
        f"law/{Path(at.file).name}:{at.line}",
    )
