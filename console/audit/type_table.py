"""Where the law says what a resource type is, and what a person wrote about it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.tables.folder import read_tables
from enclave_policies.catalog.tables.offer import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.offer import Offer
    from enclave_policies.catalog.tables.shapes import Group

CATALOG: Final = "catalog"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: where it stands, and its reason or its group's."""

    file: str
    line: int
    reason: str


def rows(law: Path, type_: str) -> Iterator[Row]:
    """Yield every row of the tables in ``law``/catalog that names a type (or its whole package), table by table.

    Raises ProblemsError where the tables are not whole.
    """
    folder = law / CATALOG
    tables = read_tables(folder)
    names = (type_, f"{type_.partition(':')[0]}:*")
    shown = (folder / FILE).relative_to(law.parent)
    for number, line in enumerate((folder / FILE).read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith(f'"{type_}":'):
            yield Row(str(shown), number, _offered(tables.offer, type_))
    for table in tables.all:
        for path, reason in _told(table, names):
            yield Row(str(shown.parent / table.name), table.document.position(path).line, reason)


def _offered(offer: Offer, type_: str) -> str:
    return f"{offer.versions[type_.partition(':')[0]]} has it"


def _told(table: Read[Any], names: tuple[str, ...]) -> Iterator[tuple[Where, str]]:
    for number, group in enumerate(table.content.groups):
        where: Where = ("groups", number)
        yield from _listed(group, where, names, group.reason)
        for token, reason in getattr(group, "each", {}).items():
            if token in names:
                yield (*where, "each", token), reason
        for index, entry in enumerate(getattr(group, "entries", ())):
            yield from _listed(entry, (*where, "entries", index), names, entry.reason or group.reason)


def _listed(holder: Group | Any, where: Where, names: tuple[str, ...], reason: str) -> Iterator[tuple[Where, str]]:
    for index, token in enumerate(getattr(holder, "types", ())):
        if token in names:
            yield (*where, "types", index), reason
