"""Read objects/*.yaml: what decides a place or an opening in each of Kubernetes' own kinds, judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.objects import PREFIX, ObjectInput, kind_of
from enclave_policies.catalog.switches import Beside, Switch
from enclave_policies.catalog.values import plain_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.catalog.controllers import Controllers
    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.offer import Offer
    from enclave_policies.catalog.tables.shapes import ObjectInputRow, ObjectTable


def read_objects(
    tables: tuple[Read[ObjectTable], ...], controllers: Controllers, checking: Checking
) -> dict[str, tuple[ObjectInput, ...]]:
    """Return GROUP/KIND → its inputs, none for a kind of which no input decides anything."""
    tokens = _tokens(checking.offer)
    found: dict[str, tuple[ObjectInput, ...]] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            here: Where = ("groups", number)
            if not (group.kinds or group.below):
                checking.refuse(table.document, here, "names no kinds; list them under 'kinds' or 'below'")
            for kind, below, where in _kinds(group.kinds, group.below, here):
                if tokens and kind not in tokens:
                    checking.refuse(table.document, where, f"no SDK has a kind {kind}; correct it or remove it")
                if kind not in found or not (group.inputs and found[kind]):
                    checking.once(table.document, where, kind, "kind", kind)
                for index, entry in enumerate(group.inputs):
                    told = _input(entry, below, controllers)
                    for wrong in _unknown(told, tokens.get(kind, []), checking.offer):
                        checking.refuse(table.document, (*here, "inputs", index, "path"), wrong)
                    found[kind] = (*found.get(kind, ()), told)
                found.setdefault(kind, ())
    return found


def unjudged_kinds(objects: Mapping[str, tuple[ObjectInput, ...]], offer: Offer) -> Iterator[str]:
    """Yield one sentence for each kind of the SDK that nobody judged."""
    for kind, tokens in _tokens(offer).items():
        if kind not in objects:
            yield f"{tokens[0]} is new: say in objects/ which input of {kind} decides a place or an opening"


def _tokens(offer: Offer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for token in offer.types:
        if token.startswith(PREFIX):
            found.setdefault(kind_of(token), []).append(token)
    return found


def _kinds(kinds: tuple[str, ...], below: Mapping[str, str], here: Where) -> Iterator[tuple[str, str, Where]]:
    for index, kind in enumerate(kinds):
        yield kind, "", (*here, "kinds", index)
    for kind, path in below.items():
        yield kind, f"{path}.", (*here, "below", kind)


def _input(entry: ObjectInputRow, below: str, controllers: Controllers) -> ObjectInput:
    left_out = Switch(
        f"{below}{entry.path}",
        (),
        entry.verdict,
        entry.absent,
        absent=True,
        within=f"{below}{entry.within}" if entry.within else None,
        when=tuple(Beside(f"{below}{each.path}", each.values, each.absent) for each in entry.when),
        unless=tuple(
            Beside(f"{below}{each.path}", controllers.patterns.get(each.named, {}).get(runs, ()))
            for each in entry.unless
            for runs in each.runs
        ),
    )
    return ObjectInput(entry.decides, entry.by, left_out, entry.on, tuple(entry.unannotated.items()))


def _unknown(told: ObjectInput, tokens: list[str], offer: Offer) -> Iterator[str]:
    """Yield the paths that no version of a kind has, where the SDK says what inputs there are."""
    switch = told.left_out
    for path in (switch.path, *(each.path for each in (*switch.when, *switch.unless))):
        types = [offer.types[token] for token in tokens]
        known = [type_ for type_ in types if type_.inputs]
        if known and not any(type_.offers(plain_path(path)) for type_ in known):
            yield f"no version of {kind_of(tokens[0])} has an input {path}; correct it"
