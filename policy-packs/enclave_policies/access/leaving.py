"""What a leaving flow lacks: for each regime, a measure that the law finds enough for its class and country."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from enclave_policies.law.basis import adequate
from enclave_policies.law.folder.access import access_of
from enclave_policies.law.instruments import REGIMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.law.access import MeasureRow
    from enclave_policies.law.instruments import Regime
    from hosts.deidentify.flow import Flow, Reversal


def lacking(flow: Flow, law: Law) -> Iterator[str]:
    """Yield why a flow may not leave, for the end of a sentence that begins with its name."""
    access = access_of(law)
    if flow.country not in law.countries:
        yield f"leads to {flow.country}, which is no country"
        return
    for regime in (one for one in REGIMES if one in flow.regimes):
        if enough(flow, regime, law) is None:
            others = sorted({measure for row in _rows(flow, regime, law) for measure in row.measures})
            known = f"enough would be: {', '.join(others)}" if others else "nothing is enough there"
            yield (
                f"lets {flow.data_class} data of people under '{regime}' leave to {flow.country} {flow.measure}, "
                f"and no row of measures.yaml finds that enough ({known})"
            )
    groups = flow.groups
    if groups is not None and groups.minimum < access.group_at_least:
        yield f"tells of groups of {groups.minimum} people, and {access.group_at_least} are the least (measures.yaml)"
    if groups is not None and groups.noise is not None and groups.noise.budget > Decimal(access.budget_at_most):
        most = f"{access.budget_at_most} is the most (measures.yaml)"
        yield f"has a budget of {groups.noise.budget} for noise, and {most}"
    if flow.has_tokens and _people(flow.reversal) < access.approvers_at_least:
        least = f"{access.approvers_at_least} are the least (measures.yaml): nobody approves their own request"
        yield f"names {_people(flow.reversal)} who may approve that tokens are turned back, and {least}"


def _people(reversal: Reversal | None) -> int:
    """Return how many people may approve: one name in two spellings, or one key under two names, is one person."""
    approvers = reversal.approvers if reversal else ()
    return min(len({name.casefold() for name, _ in approvers}), len({key for _, key in approvers}))


def enough(flow: Flow, regime: Regime, law: Law) -> MeasureRow | None:
    """Return the row of measures.yaml that finds a flow's measure enough for a regime; None where none does."""
    return next((row for row in _rows(flow, regime, law) if flow.measure in row.measures), None)


def _rows(flow: Flow, regime: Regime, law: Law) -> list[MeasureRow]:
    return [row for row in access_of(law).measures if _is_about(row, flow, regime, law)]


def _is_about(row: MeasureRow, flow: Flow, regime: Regime, law: Law) -> bool:
    return (
        flow.data_class in row.classes
        and regime in row.regimes
        and (flow.country in row.countries or _is_where(row, flow.country, regime, law))
    )


def _is_where(row: MeasureRow, country: str, regime: Regime, law: Law) -> bool:
    if row.where == "host":
        return law.approves(country)
    if row.where == "adequate":
        return adequate(law, regime, country) is not None
    return row.where == "anywhere"
