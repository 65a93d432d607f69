"""Read models/*.yaml: cross-region profiles, and the inputs that name a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.model_profiles import ModelProfiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.shapes import ModelTable


def read_models(tables: tuple[Read[ModelTable], ...], checking: Checking) -> ModelProfiles:
    """Return the regions of each profile, and token → the paths that name a model."""
    regions: dict[str, tuple[str, ...]] = {}
    inputs: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for prefix, answering in table.content.profiles.items():
            checking.once(table.document, ("profiles", prefix), f"profile {prefix}", "profile", prefix)
            regions.setdefault(prefix, answering)
        for token, path in _named(table, checking):
            inputs[token] = (*inputs.get(token, ()), path)
    for what, found in (("profiles", regions), ("groups", inputs)):
        if not found and tables:
            checking.refuse(tables[0].document, (), f"no table of models has any {what}; restore them from git")
    return ModelProfiles(regions, inputs)


def _named(table: Read[ModelTable], checking: Checking) -> Iterator[tuple[str, str]]:
    for number, group in enumerate(table.content.groups):
        for index, entry in enumerate(group.entries):
            here: Where = ("groups", number, "entries", index)
            checking.types(table.document, (*here, "types"), entry.types)
            for row, path in enumerate(entry.paths):
                where = (*here, "paths", row)
                checking.input(table.document, where, entry.types, path)
                for token in entry.types:
                    if checking.once(table.document, where, f"{token} {path}", "model", token, path):
                        yield token, path
