"""Read inputs/*.yaml and names/*: what each place-bearing input of a type does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.tables.roles_by_name import roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.catalog.roles import Role
    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.shapes import InputTable, NameTable
    from located_yaml import Document


def judged_inputs(tables: tuple[Read[InputTable], ...], checking: Checking) -> dict[str, dict[str, Role]]:
    """Return token → path → role as people judged them."""
    judged: dict[str, dict[str, Role]] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            for index, entry in enumerate(group.entries):
                here: Where = ("groups", number, "entries", index)
                checking.types(table.document, (*here, "types"), entry.types)
                _because(table.document, here, entry.because, entry.inputs, checking)
                for path, role in entry.inputs.items():
                    where = (*here, "inputs", path)
                    checking.input(table.document, where, entry.types, path)
                    for token in entry.types:
                        if checking.once(table.document, where, f"{token} {path}", "input", token, path):
                            judged.setdefault(token, {})[path] = role
    return judged


def read_names(package: str, tables: tuple[Read[NameTable], ...], checking: Checking) -> dict[str, Role]:
    """Return name → role; a name is the end of a path, one segment or several."""
    names: dict[str, Role] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            here: Where = ("groups", number)
            _because(table.document, here, group.because, group.names, checking)
            for name, role in group.names.items():
                checking.once(table.document, (*here, "names", name), f"'{name}'", "name", package, name)
                names.setdefault(name, role)
    return names


def all_inputs(
    judged: Mapping[str, Mapping[str, Role]], names: Mapping[str, Role], checking: Checking
) -> dict[str, dict[str, Role]]:
    """Return token → path → role of every AWS type that has such inputs: by its name, overruled by what was judged."""
    found = {token: roles(type_, names) for token, type_ in checking.offer.of("aws").items()}
    for token, paths in judged.items():
        found.setdefault(token, {}).update(paths)
    inputs = {token: paths for token, paths in found.items() if paths}
    for old, new in checking.offer.aliases.items():
        if new in inputs:
            inputs.setdefault(old, inputs[new])
    return inputs


def _because(
    document: Document, here: Where, because: Mapping[str, str], told: Mapping[str, Role], checking: Checking
) -> None:
    for path in because:
        if path not in told:
            checking.refuse(document, (*here, "because", path), f"gives a reason for {path}, which is not told here")
