"""Read switches/*.yaml: settings whose value decides whether a type stays in its region, or lets the world in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.switches import Beside, Switch
from enclave_policies.catalog.values import plain_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.shapes import BesideRow, SettingRow, SwitchTable
    from located_yaml import Document


def read_switches(tables: tuple[Read[SwitchTable], ...], checking: Checking) -> dict[str, tuple[Switch, ...]]:
    """Return token → its switches, in the order of the tables."""
    switches: dict[str, tuple[Switch, ...]] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            for index, entry in enumerate(group.entries):
                here: Where = ("groups", number, "entries", index)
                checking.types(table.document, (*here, "types"), entry.types)
                for row, setting in enumerate(entry.settings):
                    where = (*here, "settings", row)
                    for path, place in _paths(setting, where):
                        checking.input(table.document, place, entry.types, plain_path(path))
                    _refuse_silent(table.document, where, setting, checking)
                    switch = _switch(setting)
                    for token in entry.types:
                        key = ("switch", token, repr(switch))
                        if checking.once(table.document, where, f"this setting of {token}", *key):
                            switches[token] = (*switches.get(token, ()), switch)
    return switches


def _paths(setting: SettingRow, where: Where) -> Iterator[tuple[str, Where]]:
    """Yield every input that a setting names, and where."""
    for name in ("path", "unless_approved", "within"):
        named: str | None = getattr(setting, name)
        if named:
            yield named, (*where, name)
    for name in ("when", "unless"):
        for index, beside in enumerate(getattr(setting, name)):
            yield beside.path, (*where, name, index, "path")


def _refuse_silent(document: Document, where: Where, setting: SettingRow, checking: Checking) -> None:
    if setting.values and setting.only:
        checking.refuse(document, where, "has 'values' and 'only'; what speaks is either these or all but those")
    speaks = setting.values or setting.only or setting.absent
    if not speaks and setting.verdict != "allowed":
        checking.refuse(document, where, "speaks for no value; give 'values', 'only' or 'absent: true'")
    if setting.within and not setting.path.startswith(f"{setting.within}."):
        message = f"{setting.path} does not lie in {setting.within}; a path begins with what it is asked of"
        checking.refuse(document, (*where, "within"), message)
    for name in ("when", "unless"):
        for index, beside in enumerate(getattr(setting, name)):
            if not (beside.values or beside.absent):
                checking.refuse(document, (*where, name, index), "holds for no value; give 'values' or 'absent: true'")


def _switch(setting: SettingRow) -> Switch:
    return Switch(
        path=setting.path,
        values=tuple(value.lower() for value in setting.values or setting.only),
        verdict=setting.verdict,
        words=setting.says,
        only=bool(setting.only),
        absent=setting.absent,
        place=setting.unless_approved,
        within=setting.within,
        when=_beside(setting.when),
        unless=_beside(setting.unless),
    )


def _beside(entries: tuple[BesideRow, ...]) -> tuple[Beside, ...]:
    return tuple(Beside(each.path, tuple(value.lower() for value in each.values), each.absent) for each in entries)
