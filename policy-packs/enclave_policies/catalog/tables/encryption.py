"""Read encryption/*.yaml: which input names the key of a type's data, and what its absence means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.encryption import Class, Condition, Encryption, Named, SetApart, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.shapes import Asked, EncryptionRow, EncryptionTable
    from located_yaml import Document


def read_encryption(tables: tuple[Read[EncryptionTable], ...], checking: Checking) -> dict[str, Encryption]:
    """Return token → what is known of its encryption."""
    found: dict[str, Encryption] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            for index, entry in enumerate(group.entries):
                here: Where = ("groups", number, "entries", index)
                checking.types(table.document, (*here, "types"), entry.types)
                _check(table.document, here, entry, checking)
                known = _encryption(entry)
                for row, token in enumerate(entry.types):
                    if checking.once(table.document, (*here, "types", row), token, "encryption", token):
                        found[token] = known
    return found


def _check(document: Document, here: Where, entry: EncryptionRow, checking: Checking) -> None:
    classes = [bool(entry.inherits), bool(entry.cannot), entry.keeps_no_data]
    if sum(classes) > 1:
        checking.refuse(document, here, "has more than one of inherits, cannot and keeps_no_data; choose one")
    if not (any(classes) or entry.keys or entry.settings or entry.by):
        message = "says nothing of a key; give keys, settings, by, inherits, cannot or keeps_no_data"
        checking.refuse(document, here, message)
    for path, where in _paths(entry, here):
        checking.input(document, where, entry.types, path)
    for row, holder in enumerate(entry.by):
        where = (*here, "by", row)
        wrong = checking.offer.refusal(holder.type) or checking.offer.refusal_of_input(holder.type, holder.path)
        if wrong:
            checking.refuse(document, where, wrong)


def _paths(entry: EncryptionRow, here: Where) -> Iterator[tuple[str, Where]]:
    if entry.of:
        yield entry.of, (*here, "of")
    for row, path in enumerate(entry.no_keys):
        yield path, (*here, "no_keys", row)
    asked: list[tuple[Asked, Where]] = [(key, (*here, "keys", row)) for row, key in enumerate(entry.keys)]
    asked += [(setting, (*here, "settings", row)) for row, setting in enumerate(entry.settings)]
    if entry.cannot:
        asked.append((entry.cannot, (*here, "cannot")))
    for each, where in asked:
        for name in ("path", "within", "unless", "when"):
            named: str | None = getattr(each, name, None)
            if named:
                yield named, (*where, name)


def _encryption(entry: EncryptionRow) -> Encryption:
    return Encryption(
        kind=_class(entry),
        words=entry.inherits or (entry.cannot.why if entry.cannot else ""),
        keys=tuple(
            Named(key.path, key.absent, _condition(key), elsewhere=key.elsewhere, via=key.configuration)
            for key in entry.keys
        ),
        settings=tuple(
            Setting(each.path, frozenset(value.lower() for value in each.values), each.absent, _condition(each))
            for each in entry.settings
        ),
        apart=tuple(SetApart(holder.type, holder.path) for holder in entry.by),
        of=entry.of,
        none=entry.no_keys,
        condition=_condition(entry.cannot) if entry.cannot else Condition(),
    )


def _class(entry: EncryptionRow) -> Class:
    if entry.keeps_no_data:
        return "no-data"
    if entry.cannot:
        return "cannot"
    return "inherits" if entry.inherits else "encrypts"


def _condition(asked: Asked) -> Condition:
    return Condition(within=asked.within, unless=asked.unless, when=asked.when)
