"""What a record says of the bases by which sites may be abroad: each with the whole history of its approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.model import Approved, Line, Transition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.law.transition import Transition as Basis
    from enclave_policies.law.transition import TransitionRow

FOLDER: Final = "policy-packs/jurisdiction"


def transitions(stack: str, law: Law) -> Iterator[Transition]:
    """Yield the bases of a stack's sites."""
    for found in law.transitions.rows:
        row = found.row
        if row.site.stack != stack:
            continue
        last = found.last_day(law.day)
        yield Transition(
            id=row.id,
            site=row.site.name,
            account=row.site.account,
            region=row.site.region,
            country=row.site.country,
            wave=row.wave,
            classes=row.classes,
            regimes=row.regimes,
            basis=row.basis,
            owner=row.owner,
            starts=row.starts.isoformat(),
            last_day=last.isoformat(),
            days=(last - law.day).days,
            in_force=found.in_force(law.day),
            stand_in=row.stand_in,
            history=tuple(_history(row)),
            decided=_line(found),
        )


def _history(row: TransitionRow) -> Iterator[Approved]:
    yield Approved(
        until=row.until.isoformat(), approved=None, approver=row.approver, reason=row.basis, source=row.source
    )
    for each in row.extensions:
        yield Approved(
            until=each.until.isoformat(),
            approved=each.approved.isoformat(),
            approver=each.approver,
            reason=each.reason,
            source=each.source,
        )


def _line(found: Basis) -> Line:
    file, _, line = found.line.rpartition(":")
    return Line(file=f"{FOLDER}/{file}", line=int(line))
