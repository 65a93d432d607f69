"""How the answers of the rules differ between two records: each resource by each rule, and what was found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from evidence.comparison.change import Change
from evidence.record.cells import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evidence.record.cells import Cell
    from evidence.record.model import Finding, Judged, Record, Verdict

SEVERITY: Final[Mapping[Verdict, int]] = {
    "pass": 0,
    "warned": 1,
    "not-checked": 2,
    "waived": 3,
    "undetermined": 4,
    "fail": 5,
}
KIND: Final[Mapping[Verdict, str]] = {
    "fail": "red",
    "undetermined": "undetermined",
    "waived": "waived",
    "warned": "warned",
    "not-checked": "unchecked",
}
NOT_ASKED: Final = "not asked"
NO_SUCH: Final = "no such finding"


def answers(old: Record, new: Record) -> Iterator[Change]:
    """Yield what differs of resources, of their answers, and of what was found on none of them."""
    if new.run.phase == "foretold" and old.resources:  # nothing was planned: that is one difference, and not thousands
        told = f"{len(old.resources)} resources judged"
        yield Change("unchecked", "every resource", before=told, after="; ".join(new.run.reasons))
    else:
        yield from _resources(old, new)
        yield from _cells(old, new)
    yield from _elsewhere(old, new)


def _resources(old: Record, new: Record) -> Iterator[Change]:
    before, after = _by_urn(old), _by_urn(new)
    for urn, resource in after.items():
        if urn not in before:
            yield Change("added", urn, after=resource.verdict)
    for urn, resource in before.items():
        if urn not in after:
            yield Change("removed", urn, before=resource.verdict)
        else:
            yield from _places(resource, after[urn])


def _places(one: Judged, other: Judged) -> Iterator[Change]:
    for aspect, before, after in (
        ("place", one.place.words if one.place else "", other.place.words if other.place else ""),
        ("site", one.site or "", other.site or ""),
        ("segment", one.segment or "", other.segment or ""),
        ("classes", ", ".join(one.classes), ", ".join(other.classes)),
    ):
        if before != after:
            yield Change("place", one.urn, aspect, before, after)


def _cells(old: Record, new: Record) -> Iterator[Change]:
    before, after = _by_cell(old), _by_cell(new)
    there = {resource.urn for resource in new.resources}
    for key, cell in after.items():
        yield from _cell(before.get(key), cell)
    for (urn, rule), cell in before.items():
        if (urn, rule) not in after and urn in there:
            yield Change("unchecked", urn, rule, _words(cell), NOT_ASKED)


def _cell(one: Cell | None, other: Cell) -> Iterator[Change]:
    verdict: Verdict = one.verdict if one else "pass"
    what, rule = other.resource.urn, other.rule.id
    if one is None and other.verdict == "pass":
        return
    if verdict == other.verdict:
        yield from _found(what, rule, one.findings if one else (), other.findings)
        return
    worse = other.verdict == "not-checked" or SEVERITY[other.verdict] > SEVERITY[verdict]
    before, short = (_words(one), _short(one)) if one else (NOT_ASKED, NOT_ASKED)
    kind = KIND[other.verdict] if worse else "mended"
    yield Change(kind, what, rule, before, _words(other), f"{short} => {_short(other)}")


def _elsewhere(old: Record, new: Record) -> Iterator[Change]:
    """Yield what differs of findings that are on no resource: of the declaration, of the guard."""
    found = [[one for one in record.findings if one.resource is None] for record in (old, new)]
    yield from _found("the declaration", "", *found)


def _found(what: str, rule: str, old: Iterable[Finding], new: Iterable[Finding]) -> Iterator[Change]:
    """Yield what differs of findings where the verdict is the same."""
    before, after = Counter(map(_mark, old)), Counter(map(_mark, new))
    messages = {_mark(one): one.message for one in (*old, *new)}
    short = {_mark(one): _problem(one) for one in (*old, *new)}
    gone, come = before - after, after - before
    known = {mark[0]: mark for mark in gone}
    for mark in come.elements():
        fingerprint, verdict, named, _ = mark
        earlier = known.pop(fingerprint, None)
        if earlier is not None and earlier[1] == verdict:
            gone[earlier] -= 1
            told = f"{short[earlier]} => {short[mark]}"
            yield Change("said", what, rule or named, messages[earlier], messages[mark], told)
        else:
            yield Change(KIND[verdict], what, rule or named, NO_SUCH, messages[mark], f"new: {short[mark]}")
    for mark in (+gone).elements():
        yield Change("mended", what, rule or mark[2], messages[mark], NO_SUCH, f"gone: {short[mark]}")


def _mark(one: Finding) -> tuple[str, Verdict, str, str]:
    waiver = one.waiver.model_dump_json() if one.waiver else ""
    return one.fingerprint, one.verdict, one.rule, f"{one.message}{waiver}{one.steps}"


def _words(cell: Cell) -> str:
    told = "; ".join(finding.message for finding in cell.findings) or cell.reason
    return f"{cell.verdict}: {told}" if told else cell.verdict


def _short(cell: Cell) -> str:
    """Return the same without names: the first finding, and how many more there are."""
    if not cell.findings:
        return _words(cell)
    more = f" (and {len(cell.findings) - 1} more of this rule)" if len(cell.findings) > 1 else ""
    return f"{cell.verdict}: {_problem(cell.findings[0])}{more}"


def _problem(finding: Finding) -> str:
    return f"{finding.problem}; to do: {finding.remedy}" if finding.remedy else finding.problem


def _by_urn(record: Record) -> dict[str, Judged]:
    return {resource.urn: resource for resource in record.resources}


def _by_cell(record: Record) -> dict[tuple[str, str], Cell]:
    return {(cell.resource.urn, cell.rule.id): cell for cell in cells(record)}
