"""How what was judged by differs between two records (law, packs, tools), and flows, sites and exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.comparison.change import Change, by_field
from evidence.record.model import Enclave

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evidence.record.model import Flow, Permission, Record, Site, Transfer, Transition

DECLARED: Final = frozenset(
    {"name", "subjects", "classes", "segments", "contact", "data_classes", "purposes", "entities"}
)
"""Fields of the enclave that are told as they are declared; everything else of it is compared by what it means."""
SOON: Final = 60
"""Days before the end of a basis or an exception from which on it is worse to be nearer to it."""


def grounds(old: Record, new: Record) -> Iterator[Change]:
    """Yield what differs of everything but the answers and what was proved."""
    yield from inputs(old, new)
    yield from _named("tool", "tools", _tools(old), _tools(new))
    yield from _countries(old, new)
    yield from _declared(old.enclave, new.enclave)
    yield from _sites(old.enclave.sites, new.enclave.sites)
    yield from _flows(old.enclave.flows, new.enclave.flows)
    yield from _transfers(old, new)
    yield from _exceptions(old.exceptions, new.exceptions)
    yield from _abroad(old.enclave.transitions, new.enclave.transitions)
    yield from _unchecked(old, new)


def inputs(old: Record, new: Record) -> Iterator[Change]:
    """Yield what differs of what a run was judged by: the digests of the law, the packs, and what it was about."""
    yield from _named("law", "what was read", _inputs(old), _inputs(new))
    yield from _named("law", "packs", _packs(old), _packs(new))


def _inputs(record: Record) -> dict[str, str]:
    return {one.role: one.sha256 for one in record.inputs if one.role != "state"}


def _packs(record: Record) -> dict[str, str]:
    return {f"pack {one.name}": f"{one.version}, {one.rules} rules, sha256 {one.sha256}" for one in record.packs}


def _tools(record: Record) -> dict[str, str]:
    return {f"{one.kind} {one.name}": f"{one.version} {one.sha256 or ''}".strip() for one in record.tools}


def _declared(old: Enclave, new: Enclave) -> Iterator[Change]:
    """Yield what differs of what is declared and nobody proves, but nothing of what an older record does not say."""
    unsaid = {name for name in DECLARED if getattr(old, name) == Enclave.model_fields[name].default}
    yield from by_field("site", "the declaration", old, new, Enclave.model_fields.keys() - DECLARED | unsaid)


def _sites(old: Iterable[Site], new: Iterable[Site]) -> Iterator[Change]:
    before, after = ({one.name: one for one in sites} for sites in (old, new))
    for name in dict.fromkeys((*before, *after)):
        yield from by_field(
            "site", f"site {name}", before.get(name), after.get(name), {"declared", "resources", "days"}
        )


def _countries(old: Record, new: Record) -> Iterator[Change]:
    approved = [{one.code: one.name for one in record.enclave.countries if one.approved} for record in (old, new)]
    if all(approved):  # an older record says nothing of countries
        yield from _named("law", "approved countries", *approved)


def _named(kind: str, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Change(kind, what, name, before.get(name, ""), after.get(name, ""))


def _flows(old: Iterable[Flow], new: Iterable[Flow]) -> Iterator[Change]:
    before, after = ({(one.what, one.source, one.target): one for one in flows} for flows in (old, new))
    for key, other in after.items():
        one, name = before.get(key), f"{other.what}: {other.source} -> {other.target}"
        if not other.lawful and (one is None or one.lawful):
            yield Change("basis", name, before=_basis(one), after=_basis(other))
        elif one is None or _basis(one) != _basis(other):
            kind = "mended" if one is not None and other.lawful and not one.lawful else "flow"
            yield Change(kind, name, before=_basis(one), after=_basis(other))
        if nearer(one.days if one else None, other.days):
            yield Change("expiry", name, "basis", _left(one.days if one else None), _left(other.days))
    for key, one in before.items():
        if key not in after:
            yield Change("flow", f"{one.what}: {one.source} -> {one.target}", before=_basis(one))


def _basis(one: Flow | None) -> str:
    if one is None:
        return ""
    countries = f"{one.source_country} -> {one.target_country}"
    return f"{countries}, {', '.join(one.classes) or 'no class'}, {one.basis_words}, until {one.expires or 'no end'}"


def _transfers(old: Record, new: Record) -> Iterator[Change]:
    """Yield transfers that lack the basis of a regime, and lacked it not before; what is a flow too is told there."""
    flows = {(one.source, one.target) for one in new.enclave.flows}
    before = {_transfer(one): _uncovered(one) for one in old.enclave.transfers}
    for one in new.enclave.transfers:
        name, uncovered = _transfer(one), _uncovered(one)
        known = before.get(name, frozenset())
        if (one.source, one.target) not in flows and uncovered - known:
            yield Change("basis", name, ", ".join(sorted(uncovered - known)), after="no rule of the law covers it")
        elif known - uncovered and name in before:
            yield Change("mended", name, ", ".join(sorted(known - uncovered)), before="no rule of the law covers it")


def _transfer(one: Transfer) -> str:
    return f"{one.who}, {one.what}: {one.source} -> {one.target}"


def _uncovered(one: Transfer) -> frozenset[str]:
    return frozenset(ground.regime for ground in one.grounds if ground.rule is None)


def _exceptions(old: Iterable[Permission], new: Iterable[Permission]) -> Iterator[Change]:
    """Yield which exceptions have ended, are others, or are near their end, or are there no more."""
    before, after = ({one.id: one for one in grants} for grants in (old, new))
    for id_, other in after.items():
        one = before.get(id_)
        if other.days < 0 and (one is None or one.days >= 0):
            yield Change("ended", id_, before=_grant(one), after=_grant(other))
        else:
            days = (one.days if one else None, other.days)
            yield from _dated("exception", "exception", id_, (_grant(one), _grant(other)), days)
    for id_, one in before.items():
        if id_ not in after:
            yield Change("mended", f"exception {id_}", before=_grant(one), after="withdrawn")


def _dated(
    kind: str, what: str, id_: str, words: tuple[str, str], days: tuple[int | None, int | None]
) -> Iterator[Change]:
    """Yield what differs of something that ends: its words (none before: it is new), or else that it is nearer."""
    before, after = words
    if before != after:
        yield Change(kind, id_, before=before, after=after)
    elif nearer(*days):
        yield Change("expiry", id_, what, _left(days[0]), _left(days[1]))


def _grant(one: Permission | None) -> str:
    if one is None:
        return ""
    return f"{', '.join(one.rules)}, {one.granted} to {one.expires}, {one.owner} and {one.approver}: {one.reason}"


def _abroad(old: Iterable[Transition], new: Iterable[Transition]) -> Iterator[Change]:
    """Yield which sites abroad have another basis, or one that is near its end, or none any more."""
    before, after = ({one.id: one for one in rows} for rows in (old, new))
    for id_, other in after.items():
        one = before.get(id_)
        days = (one.days if one else None, other.days)
        yield from _dated("abroad", "basis", id_, (_told(one), _told(other)), days)
    for id_, one in before.items():
        if id_ not in after:
            yield Change("mended", f"basis {id_} of a site abroad", before=_told(one), after="withdrawn")


def _told(one: Transition | None) -> str:
    if one is None:
        return ""
    approvals = "; ".join(f"until {each.until} by {each.approver}" for each in one.history)
    place = f"{one.site} in {one.country}, account {one.account}, {one.region}"
    force = "in force" if one.in_force else "not in force"
    return (
        f"{place}: {', '.join(one.classes)} of wave {one.wave}, {force}, {one.starts} to {one.last_day} ({approvals})"
    )


def nearer(before: int | None, after: int | None) -> bool:
    """Return whether an end is soon, and nearer than before; both in days that are left, None where there is no end."""
    return after is not None and 0 <= after <= SOON and (before is None or after < before)


def _left(days: int | None) -> str:
    return "no end" if days is None else f"{days} days left"


def _unchecked(old: Record, new: Record) -> Iterator[Change]:
    before, after = (
        {(one.kind, one.what): one.reason for one in record.not_checked if one.kind != "resource"}
        for record in (old, new)
    )
    for (kind, what), reason in after.items():
        if (kind, what) not in before:
            yield Change("step" if kind == "step" else "unchecked", what, kind, after=reason)
    for (kind, what), reason in before.items():
        if (kind, what) not in after:
            yield Change("step" if kind == "step" else "mended", what, kind, before=reason)
