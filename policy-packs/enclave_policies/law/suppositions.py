"""A law as it would be without one of its instruments, or if a country might hold nothing any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.access import Never
from enclave_policies.law.transition import Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from enclave_policies.law.instruments import AdequacyDecision, ExceptionGrant, TransferRule
    from enclave_policies.law.model import Law

    Instrument = AdequacyDecision | TransferRule | ExceptionGrant | Transition

TABLES: Final[Mapping[str, str]] = {"adequacy": "adequacy", "transfer": "transfers", "exception": "exceptions"}
"""The kind of an instrument, and the field of `Law` that holds those."""


def instruments(law: Law) -> Mapping[str, Instrument]:
    """Return everything that a law can be without, by kind and id such as ``adequacy:eu-us``."""
    found = {f"{kind}:{each.id}": each for kind, table in TABLES.items() for each in getattr(law, table)}
    return found | {f"transition:{each.row.id}": each for each in law.transitions.rows}


def without(law: Law, instrument: str) -> Law:
    """Return a law that lacks an instrument. Raises KeyError where it has none of that name."""
    gone = instruments(law)[instrument]
    if isinstance(gone, Transition):
        rows = tuple(each for each in law.transitions.rows if each is not gone)
        return replace(law, transitions=replace(law.transitions, rows=rows))
    table = TABLES[instrument.partition(":")[0]]
    left: dict[str, Any] = {table: tuple(each for each in getattr(law, table) if each is not gone)}
    return replace(law, **left)


def ended(law: Law, day: date) -> Iterator[str]:
    """Yield the instruments that are in force on the law's own day, and not on another one."""
    for name, instrument in instruments(law).items():
        if instrument.in_force(law.day) and not instrument.in_force(day):
            yield name


def denying(law: Law, country: str, classes: Iterable[str]) -> Law:
    """Return a law by which a country holds nothing, gets nothing and sends nothing.

    No gateway lets through to data of ``classes`` who is there, or works for whom is controlled from there.
    """
    never = Never(
        id=f"denied-{country.lower()}",
        classes=tuple(classes),
        located=(country,),
        controlled_from=(country,),
        source="supposed",
    )
    return replace(
        law,
        hosts=law.hosts - {country},
        transfers=tuple(
            replace(rule, sources=rule.sources - {country}, targets=rule.targets - {country}) for rule in law.transfers
        ),
        transitions=replace(
            law.transitions, rows=tuple(each for each in law.transitions.rows if each.row.site.country != country)
        ),
        placement=tuple(replace(row, countries=row.countries - {country}) for row in law.placement),
        access=replace(law.access, never=(*law.access.never, never)) if law.access and never.classes else law.access,
    )
