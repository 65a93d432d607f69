"""How what was proved or signed differs between two records: promises, ways, tables, approvals, keys, the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.comparison.change import Change, by_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evidence.record.model import Approval, Custody, Gate, Promise, Record, Replica, Row, Table, Wave

HOLDS = {True: "holds", False: "is broken", None: "nobody can tell"}


def proofs(old: Record, new: Record) -> Iterator[Change]:
    """Yield what differs of what was proved, or signed."""
    one, other = old.enclave, new.enclave
    yield from _promises(one.network.promises, other.network.promises)
    if one.network.known and other.network.known:
        yield from _lists("way", "permitted ways", map(str, _ways(old)), map(str, _ways(new)))
    yield from _tables(one.decisions.tables, other.decisions.tables)
    yield from _lists("table", "rows", map(_row, one.decisions.rows), map(_row, other.decisions.rows))
    nevers = {each.id for each in other.decisions.never}
    for never in one.decisions.never:
        if never.id not in nevers:
            yield Change("never", never.id, before=never.words)
    yield from _approvals(one.approvals, other.approvals)
    if one.gates:  # an older record says nothing of them
        yield from _gates(one.gates, other.gates)
    yield from _keys(one.keys, other.keys)
    yield from _waves(one.waves, other.waves)
    yield from _replicas(one.replicas, other.replicas)
    kind = "inspector" if one.inspector and not other.inspector else "watcher"
    yield from by_field(kind, "the inspector", one.inspector, other.inspector)


def _ways(record: Record) -> Iterator[str]:
    for way in record.enclave.network.ways:
        yield f"{way.source} -> {way.target} on {way.ports}"


def _promises(old: Iterable[Promise], new: Iterable[Promise]) -> Iterator[Change]:
    def named(promises: Iterable[Promise]) -> dict[str, bool | None]:
        return {f"{one.kind} {one.source} -> {one.target} on {one.on}": one.holds for one in promises}

    before, after = named(old), named(new)
    for name, held in before.items():
        if name not in after:
            yield Change("promise", name, before=HOLDS[held], after="not promised any more")
        elif held != after[name]:
            kind = "mended" if after[name] or held is False else "promise"
            yield Change(kind, name, before=HOLDS[held], after=HOLDS[after[name]])
    for name, holds in after.items():
        if name not in before:
            yield Change("way" if holds else "promise", name, before="not promised", after=HOLDS[holds])


def _tables(old: Iterable[Table], new: Iterable[Table]) -> Iterator[Change]:
    before = {(one.site, one.gateway): one for one in old}
    after = {(one.site, one.gateway): one for one in new}
    for (site, gateway), one in before.items():
        other = after.get((site, gateway))
        name = f"{gateway} of {site}"
        if other is None:
            yield Change("table", name, before=_table(one))
        elif _table(one) != _table(other):
            worse = one.proved and not other.proved
            better = other.proved and not one.proved
            kind = "proof" if worse else "mended" if better else "table"
            yield Change(kind, name, before=_table(one), after=_table(other))
    for (site, gateway), one in after.items():
        if (site, gateway) not in before:
            yield Change("table" if one.proved else "proof", f"{gateway} of {site}", after=_table(one))


def _table(one: Table) -> str:
    proved = "proved" if one.proved else f"not proved: {one.wrong}"
    return f"{proved}, {one.asked} questions for {one.covered} combinations, bundle {one.bundle}"


def _row(one: Row) -> str:
    return one.model_dump_json()


def _approvals(old: Iterable[Approval], new: Iterable[Approval]) -> Iterator[Change]:
    before = {(one.site, one.gateway): one for one in old}
    after = {(one.site, one.gateway): one for one in new}
    for (site, gateway), one in before.items():
        name, other = f"{gateway} of {site}", after.get((site, gateway))
        if other is None:
            yield Change("signed", name, before=_approval(one), after="no such gateway")
        elif _approval(one) != _approval(other):
            kind = "signed" if other.file else "approval"
            yield Change("mended" if other.file and not one.file else kind, name, "", _approval(one), _approval(other))
        if other is not None and other.ends_soon and not one.ends_soon:
            yield Change("expiry", name, "approval", one.last_day or "", other.last_day or "")
    for (site, gateway), one in after.items():
        if (site, gateway) not in before:
            yield Change("signed" if one.file else "approval", f"{gateway} of {site}", after=_approval(one))


def _approval(one: Approval) -> str:
    if one.file is None:
        return f"not approved: {one.why_not}"
    return f"approved until {one.last_day} by {one.key} for bundle {one.bundle} ({one.file}, sha256 {one.sha256})"


def _gates(old: Iterable[Gate], new: Iterable[Gate]) -> Iterator[Change]:
    before = {(one.site, one.check): one for one in old}
    after = {(one.site, one.check): one for one in new}
    for (site, check), other in after.items():
        one, name = before.get((site, check)), f"check {check} of {site}"
        told = _gate(one) if one else ""
        if told != _gate(other):
            opened = "signed" if one is None else "approval"
            kind = opened if other.file is None else "signed" if one is None or one.file else "mended"
            yield Change(kind, name, "", told, _gate(other))


def _gate(one: Gate) -> str:
    if one.file is None:
        return f"open: {one.why_not}"
    end = f", until {one.last_day}" if one.last_day else ""
    return f"accepted by {one.who} on {one.day}{end} ({one.file}, sha256 {one.sha256}, key {one.key})"


def _keys(old: Iterable[Custody], new: Iterable[Custody]) -> Iterator[Change]:
    before, after = {one.name: one for one in old}, {one.name: one for one in new}
    for name in dict.fromkeys((*before, *after)):
        yield from by_field("key", f"key {name}", before.get(name), after.get(name))


def _waves(old: Iterable[Wave], new: Iterable[Wave]) -> Iterator[Change]:
    before, after = {one.name: one for one in old}, {one.name: one for one in new}
    for name in dict.fromkeys((*before, *after)):
        yield from by_field(
            "wave", f"wave {name}", before.get(name), after.get(name), ("days", "statements", "declared")
        )


def _replicas(old: Iterable[Replica], new: Iterable[Replica]) -> Iterator[Change]:
    before, after = {one.name: one for one in old}, {one.name: one for one in new}
    for name in dict.fromkeys((*before, *after)):
        what = f"replica {name}"
        yield from by_field("replica", what, before.get(name), after.get(name), ("statements", "declared"))


def _lists(kind: str, what: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    for one in before:
        if one not in after:
            yield Change(kind, what, before=one)
    for one in after:
        if one not in before:
            yield Change(kind, what, after=one)
