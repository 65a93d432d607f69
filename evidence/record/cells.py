"""Each resource by each rule that was asked about it: the record's whole matrix, cell by cell.

Hundreds of thousands of cells pass. Who only needs the others, or how many there are, asks `apart` or `counts`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from evidence.record.sums import verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.record.model import Finding, Judged, Record, RuleFacts, Verdict


class Cell(NamedTuple):
    """One rule's answer about one resource; ``reason`` says why nothing was checked."""

    resource: Judged
    rule: RuleFacts
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: str = ""


def cells(record: Record) -> Iterator[Cell]:
    """Yield every cell, in the order of the resources and, for each, of the rules."""
    found = _found(record)
    for number, resource in enumerate(record.resources):
        yield from _of(record, resource, found.get(number, {}))


def apart(record: Record) -> Iterator[tuple[Judged, tuple[Cell, ...]]]:
    """Yield every resource with those of its cells that did not pass, in their order."""
    found = _found(record)
    for number, resource in enumerate(record.resources):
        told = found.get(number, {})
        some = _of(record, resource, told) if told or resource.unchecked else ()
        yield resource, tuple(cell for cell in some if cell.verdict != "pass")


def counts(record: Record) -> dict[str, Counter[Verdict]]:
    """Return how many cells each rule has of which verdict, in the order of the rules."""
    found: dict[str, Counter[Verdict]] = {rule.id: Counter() for rule in record.rules}
    for profile, times in Counter(resource.asked for resource in record.resources).items():
        for place in record.profiles[profile]:
            found[record.rules[place].id]["pass"] += times
    for _, others in apart(record):
        for cell in others:
            found[cell.rule.id]["pass"] -= 1
            found[cell.rule.id][cell.verdict] += 1
    return {rule: Counter({verdict: n for verdict, n in each.items() if n}) for rule, each in found.items()}


def _found(record: Record) -> Mapping[int, Mapping[str, list[Finding]]]:
    found: dict[int, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in record.findings:
        if finding.resource is not None:
            found[finding.resource][finding.rule].append(finding)
    return found


def _of(record: Record, resource: Judged, found: Mapping[str, list[Finding]]) -> Iterator[Cell]:
    silent = {one.rule: one.reason for one in resource.unchecked}
    for place in record.profiles[resource.asked]:
        rule = record.rules[place]
        told = tuple(found.get(rule.id, ()))
        if not told and rule.id not in silent:
            yield Cell(resource, rule, "pass")
        else:
            yield Cell(resource, rule, verdict_of(told, resource.unchecked), told, silent.get(rule.id, ""))
