"""What ends soon: exceptions, legal bases, waves, approvals; whoever reads it in time has no red run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Line, Record

PURGED: Final = "purged"
SOON: Final = 60
"""Days, in which somebody can still ask for more and get it."""


class Ending(NamedTuple):
    """Something with a last day; ``days`` are left, below 0: it is over."""

    what: str
    last: str
    days: int
    line: Line | None = None


def endings(record: Record) -> list[Ending]:
    """Return everything that has an end, the nearest first."""
    return sorted(_endings(record), key=lambda one: (one.days, one.what))


def _endings(record: Record) -> Iterator[Ending]:
    for grant in record.exceptions:
        yield Ending(f"exception {grant.id} of {grant.owner}", grant.expires, grant.days)
    for flow in record.enclave.flows:
        if flow.expires is not None and flow.days is not None:
            what = f"{flow.what}, {flow.source} to {flow.target}: {flow.basis_words}"
            yield Ending(what, flow.expires, flow.days, flow.declared)
    yield from _leaving(record)
    as_of = date.fromisoformat(record.run.as_of)
    yield from _accepted(record, as_of)
    for one in record.enclave.approvals:
        if one.last_day is not None:
            days = (date.fromisoformat(one.last_day) - as_of).days
            yield Ending(f"approval of the gateway {one.gateway} on {one.site}", one.last_day, days)


def _accepted(record: Record, as_of: date) -> Iterator[Ending]:
    """Yield until when what was accepted of sites counts, where it has an end."""
    for one in record.enclave.gates:
        if one.last_day is not None:
            days = (date.fromisoformat(one.last_day) - as_of).days
            yield Ending(f"acceptance of the check {one.check} of the site {one.site}", one.last_day, days)


def _leaving(record: Record) -> Iterator[Ending]:
    """Yield until when transitional sites may hold data, and by when they are empty and left."""
    for basis in record.enclave.transitions:
        yield Ending(
            f"basis {basis.id} of the transitional site {basis.site}", basis.last_day, basis.days, basis.decided
        )
    for site in record.enclave.sites:
        if site.exit_by is not None and site.days is not None and site.lifecycle != "retired":
            yield Ending(
                f"the transitional site {site.name}, which is left by then", site.exit_by, site.days, site.declared
            )
    for wave in record.enclave.waves:
        if wave.stage != PURGED or wave.left != 0:
            what = f"wave {wave.name}, by whose end {wave.source} is empty"
            yield Ending(what, wave.delete_by, wave.days, wave.declared)
