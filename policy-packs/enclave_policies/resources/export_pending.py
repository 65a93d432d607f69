"""What an engine left unfinished in a state: resources that await deletion, and operations that it broke off.

Source: engine 3.259, DeserializeOperation (resource/stack/deployment.go) and OperationType (apitype/core.go).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.export_entries import AGAIN, NotAnExportError, entry_of, spelled
from located_yaml.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

AWAITS_DELETION: Final = "awaits deletion"
WORDS: Final = {
    "creating": "was being created",
    "updating": "was being updated",
    "deleting": "was being deleted",
    "reading": "was being read",
    "importing": "was being imported",
}
UNTOLD: Final = frozenset({"reading", "importing"})
"""Operations that record an id and not yet what it names."""
TELLING: Final = ("urn", "type", "custom", "id", "inputs", "outputs", "parent", "provider")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A resource that the engine has not finished with: its URN as it is judged under, and what is still to happen."""

    urn: str
    what: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a state: its fields, what is unfinished about it (or nothing), whether its inputs tell what it is."""

    fields: Mapping[str, Any]
    unfinished: str = ""
    told: bool = True


def finished_or_awaiting(fields: Mapping[str, Any]) -> Entry:
    """Return an entry of the list of resources."""
    return Entry(fields, AWAITS_DELETION if fields.get("delete") else "")


def operations_of(given: Any) -> Iterator[Entry]:
    """Yield the resources of operations that were broken off; NotAnExportError where the engine would refuse them."""
    if given is None:
        return
    if not isinstance(given, list):
        raise NotAnExportError(f"has pending_operations that are {kind_of(given)} and no list; {AGAIN}")
    for number, operation in enumerate(given, 1):
        if not isinstance(operation, dict):
            raise NotAnExportError(f"has a pending operation that is {kind_of(operation)} and no table; {AGAIN}")
        fields = spelled(operation, ("resource", "type"))
        entry = entry_of(fields.get("resource"), f"number {number} of the pending operations")
        kind = fields.get("type")
        if not isinstance(kind, str):
            message = f"has a pending operation of {entry['urn']} whose type is {kind_of(kind)} and no text; {AGAIN}"
            raise NotAnExportError(message, entry["urn"])
        yield Entry(entry, WORDS.get(kind, f"was in an operation '{kind}'"), kind in WORDS and kind not in UNTOLD)


def with_operations(entries: Sequence[Entry], operations: Iterable[Entry]) -> list[Entry]:
    """Return the entries and what was broken off; an operation on a resource as the state holds it marks that entry."""
    every = list(entries)
    of_urn: dict[str, list[int]] = {}
    for number, each in enumerate(entries):
        of_urn.setdefault(each.fields["urn"], []).append(number)
    for operation in operations:
        same = (number for number in of_urn.get(operation.fields["urn"], ()) if _is_same(operation, entries[number]))
        found = next(same, None)
        if found is None:
            every.append(operation)
        else:
            every[found] = replace(every[found], unfinished=operation.unfinished)
    return every


def _is_same(one: Entry, other: Entry) -> bool:
    return all(one.fields.get(name) == other.fields.get(name) for name in TELLING)


def own_urns(wanted: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a URN of its own for each (URN, what is unfinished about it or nothing), so that no two are one.

    The first that is finished keeps the URN, else the first.
    """
    wanted = list(wanted)
    taken = {urn for urn, what in wanted if not what}
    copies: dict[tuple[str, str], int] = {}
    for urn, what in wanted:
        made = urn
        while what and made in taken:
            number = copies[urn, what] = copies.get((urn, what), 0) + 1
            made = f"{urn} ({what}{'' if number == 1 else f', {number}'})"
        taken.add(made)
        yield made
