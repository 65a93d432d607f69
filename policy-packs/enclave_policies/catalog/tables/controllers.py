"""Read controllers/*.yaml: who acts on an object of Kubernetes, by the name that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.controllers import Controllers

if TYPE_CHECKING:
    from enclave_policies.catalog.controllers import Naming, Runs
    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read
    from enclave_policies.catalog.tables.shapes import ControllerTable


def read_controllers(tables: tuple[Read[ControllerTable], ...], checking: Checking) -> Controllers:
    """Return every name by what bears it and where such a one acts."""
    found: dict[Naming, dict[Runs, tuple[str, ...]]] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            for index, name in enumerate(group.names):
                where = ("groups", number, "names", index)
                checking.once(table.document, where, name, "controller", group.named, name)
                if name != name.lower():
                    checking.refuse(table.document, where, f"{name} is compared in lower case; write it so")
            known = found.setdefault(group.named, {})
            known[group.runs] = (*known.get(group.runs, ()), *group.names)
    return Controllers(found)
