"""Work out the role of every input of an SDK from its name, by the tables of names (law/catalog/names)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.tables.sdk_type import ancestors, is_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.catalog.roles import Role
    from enclave_policies.catalog.tables.sdk_type import SdkType


def role_by_name(path: str, names: Mapping[str, Role]) -> Role | None:
    """Return the role of a path by its longest ending among ``names``; None where nobody judged the name."""
    segments = path.split(".")
    for start in range(len(segments)):
        role = names.get(".".join(segments[start:]))
        if role is not None:
            return role
    return None


def roles(type_: SdkType, names: Mapping[str, Role]) -> dict[str, Role]:
    """Return path → role for the inputs of a type that the table of names knows.

    Nothing is told below an input that is ``words`` as a whole; numbers and flags have no role.
    """
    found: dict[str, Role] = {}
    for path, held in type_.inputs.items():
        whole = next((above for above in ancestors(path) if role_by_name(above, names) == "words"), None)
        if whole is not None:
            found[whole] = "words"
        elif is_text(held):
            role = role_by_name(path, names)
            if role is not None:
                found[path] = role
    return found
