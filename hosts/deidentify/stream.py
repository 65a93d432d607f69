"""One file goes in record by record, and what may leave comes out: nothing is ever held whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hosts.deidentify.errors import OddError
from hosts.deidentify.files import records_of, written
from hosts.deidentify.grouping import Grouping
from hosts.deidentify.settling import settled_already
from hosts.deidentify.treatments import treatment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.settling import Settle
    from hosts.deidentify.tally import Tally
    from hosts.deidentify.treatments import Means, Treatment

    Treat = Callable[[Mapping[str, Any]], dict[str, Any]]


def deidentify(
    flow: Flow, treat: Treat, source: Path, target: Path, tally: Tally, *, settle: Settle = settled_already
) -> None:
    """Read a file and write another, which is there whole or not at all. Raises DeidentifyError.

    ``settle`` writes down what must be known before rows leave.
    """
    listed = [field.name for field in flow.fields]
    grouping = Grouping(flow, flow.groups) if flow.groups else None
    with written(target, flow, settle) as write:
        pass_on(records_of(source, listed, tally), treat, write if grouping is None else grouping.add, tally)
        if grouping is None:
            tally.written = tally.read - tally.refused.total()
            return
        for row in grouping.table():
            write(row)
            tally.written += 1
        tally.suppressed += grouping.suppressed
        tally.beyond += grouping.beyond


def pass_on(
    records: Iterable[dict[str, Any] | str], treat: Treat, take: Callable[[dict[str, Any]], None], tally: Tally
) -> None:
    """Treat records one by one, and count those that are odd; a text in the place of one is the reason why."""
    refused = tally.refused
    for record in records:
        tally.read += 1
        if isinstance(record, str):
            refused[record] += 1
            continue
        try:
            take(treat(record))
        except OddError as error:
            refused[str(error)] += 1


def treating(flow: Flow, means: Means, tally: Tally) -> Treat:
    """Return what becomes of a record: what is listed, treated, and nothing else. It raises OddError."""
    made = {field.name: treatment(field, means) for field in flow.fields}
    treatments: tuple[tuple[str, Treatment], ...] = tuple((name, one) for name, one in made.items() if one is not None)
    stays = tuple(name for name, one in made.items() if one is None)

    def treat(record: Mapping[str, Any]) -> dict[str, Any]:
        left: dict[str, Any] = {}
        get = record.get
        unlisted = len(record)
        for name, one in treatments:
            value = get(name)
            if value is not None:
                left[name] = one(value)
                unlisted -= 1
            elif name in record:
                unlisted -= 1
        for name in stays:
            unlisted -= name in record
        tally.dropped += unlisted
        return left

    return treat
