"""Read kinds/*.yaml: what places a type, where the SDK alone cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.kinds import UNJUDGED, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.shapes import KindGroup, KindTable


def judged_kinds(tables: tuple[Read[KindTable], ...], checking: Checking) -> dict[str, Kind]:
    """Return token → kind as people judged them."""
    kinds: dict[str, Kind] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            here: Where = ("groups", number)
            if not (group.types or group.each):
                checking.refuse(table.document, here, "names no types; list them under 'types' or 'each'")
            if group.kind == UNJUDGED:
                checking.refuse(table.document, (*here, "kind"), f"'{UNJUDGED}' is no judgement; choose another kind")
            checking.types(table.document, (*here, "types"), group.types, any_package=True)
            checking.types(table.document, (*here, "each"), group.each, any_package=True)
            for token, path in _tokens(group, here):
                if checking.once(table.document, path, token, "kind", token):
                    kinds[token] = group.kind
    return kinds


def all_kinds(judged: dict[str, Kind], checking: Checking) -> dict[str, Kind]:
    """Return token → kind of every type of the SDKs and of every other that was judged; old names have their type's."""
    kinds: dict[str, Kind] = {token: type_.kind for token, type_ in checking.offer.types.items()} | judged
    return {old: kinds[new] for old, new in checking.offer.aliases.items()} | kinds


def _tokens(group: KindGroup, here: Where) -> Iterator[tuple[str, Where]]:
    for index, token in enumerate(group.types):
        yield token, (*here, "types", index)
    for token in group.each:
        yield token, (*here, "each", token)
