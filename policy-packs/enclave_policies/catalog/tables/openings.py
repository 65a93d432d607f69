"""Read openings/*.yaml: who is let in to each type of AWS, judged once for every type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.openings import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.catalog.kinds import Kind
    from enclave_policies.catalog.openings import Opening
    from enclave_policies.catalog.roles import Role
    from enclave_policies.catalog.tables.checking import Checking
    from enclave_policies.catalog.tables.folder import Read, Where
    from enclave_policies.catalog.tables.sdk_type import SdkType
    from enclave_policies.catalog.tables.shapes import OpeningTable, SwitchTable

GRANTS = frozenset({"document", "account"})


def read_openings(
    tables: tuple[Read[OpeningTable], ...],
    opened: frozenset[str],
    inputs: Mapping[str, Mapping[str, Role]],
    checking: Checking,
) -> dict[str, tuple[Opening, ...]]:
    """Return token → by what its openings are judged; ``opened``: the types that a switch says to be open."""
    found: dict[str, tuple[Opening, ...]] = {}
    for table in tables:
        for number, group in enumerate(table.content.groups):
            here: Where = ("groups", number)
            checking.types(table.document, (*here, "types"), group.types)
            for index, token in enumerate(group.types):
                where = (*here, "types", index)
                if checking.once(table.document, where, token, "opening", token):
                    found[token] = group.by
                    for wrong in _unfounded(token, group.by, opened, frozenset(inputs.get(token, {}).values())):
                        checking.refuse(table.document, where, wrong)
    return found


def opened_by_switches(tables: tuple[Read[SwitchTable], ...]) -> frozenset[str]:
    """Return the types that have a setting which lets somebody in."""
    return frozenset(
        token
        for table in tables
        for group in table.content.groups
        if group.opening
        for entry in group.entries
        if any(setting.verdict != "allowed" for setting in entry.settings)
        for token in entry.types
    )


def unjudged_openings(
    openings: Mapping[str, tuple[Opening, ...]], kinds: Mapping[str, Kind], types: Mapping[str, SdkType]
) -> Iterator[str]:
    """Yield one sentence for each type without a row about who is let in, and for each that is refused anyway."""
    for token, type_ in types.items():
        refused = kinds.get(token, type_.kind) in REFUSED
        if not refused and token not in openings:
            yield f"{token} is new: say in openings/ who is let in"
        if refused and token in openings:
            yield f"{token} is refused as it is ({kinds[token]}): remove it from openings/"


def _unfounded(token: str, by: tuple[Opening, ...], opened: frozenset[str], roles: frozenset[Role]) -> Iterator[str]:
    """Yield what a type says of its openings that the other tables do not."""
    if ("settings" in by) != (token in opened):
        yield f"{token} is judged by settings where switches/ tells of one that opens it, and only there"
    if "grants" in by and not roles & GRANTS:
        yield f"{token} has no input that is a policy document or an account; judge it by something else"
    if "addresses" in by and "network" not in roles:
        yield f"{token} has no input that is a network; judge it by something else"
    if "api" in by and len(by) > 1:
        yield f"{token} is judged by 'api' and by more; 'api' stands alone"
