"""`enclave whatif`: judge an exported state under another law, and tell what turns red, grouped by what it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console import terminal
from console.audit.judges import judges
from console.audit.outcome import conclude
from console.audit.state import exported
from console.collector import without_collector
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.recording.of_state import audit_record
from console.report.around import around
from console.report.changes import as_fields, lines
from console.whatif.supposing import refuse, supposed
from evidence.comparison.change import Change
from evidence.comparison.comparing import compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.resources.export import Export

    from console.audit.judges import Judges
    from console.whatif.supposing import Asked
    from evidence.record.model import Record

TOGETHER = "all of it together"
NOT_RED = frozenset({"expiry", "exception"})
"""What is worse, and refuses nothing."""
Groups = dict[str, list[Change]]


def whatif(export: Path, asked: Asked, *, json: bool) -> int:
    """Say which resources, flows and tables turn red under a law that is supposed."""
    state = exported(export)
    stack = state.origin.stack or ""
    with around(stack) as notes, without_collector():
        today = judges(None, None)
        refuse(asked, today.law)
        before = _record(stack, state, today, today.law)
        alone, together = supposed(asked, today.law, before.enclave.classes)
        after = _record(stack, state, today, together)
        parts = [(one.words, _record(stack, state, today, one.law)) for one in alone] if len(alone) > 1 else []
    groups = _groups(before, after, parts or [(alone[0].words, after)])
    words = [one.words for one in alone]
    if not before.enclave.name:
        notes = (*notes, f"the stack '{stack}' is declared nowhere here, so only what its resources say was judged")
    if json:
        terminal.document(document("whatif", _fields(after, groups, words, notes)))
    else:
        terminal.out([*notes, *_lines(export, before, after, groups, words)])
    return REFUSED if any(groups.values()) else GOOD


def _record(stack: str, state: Export, asked: Judges, law: Law) -> Record:
    """Return the record of an audit of a state under a law: the same judges, the same findings."""
    judging = replace(asked, law=law)
    return audit_record(stack, conclude(state, judging.findings(state.resources), judging, strict=False))


def _groups(before: Record, after: Record, parts: Sequence[tuple[str, Record]]) -> Groups:
    """Return what turns red, by the first change of the law that alone makes it so."""
    alone = {words: {_mark(one) for one in _red(before, part)} for words, part in parts}
    groups: Groups = {}
    for one in _red(before, after):
        because = next((words for words, marks in alone.items() if _mark(one) in marks), TOGETHER)
        groups.setdefault(because, []).append(one)
    return groups


def _red(before: Record, after: Record) -> list[Change]:
    return [one for one in compared(before, after) if one.grade == "worse" and one.kind not in NOT_RED]


def _mark(one: Change) -> tuple[str, str, str]:
    return one.kind, one.what, one.aspect


def _counts(groups: Groups) -> dict[str, int]:
    found = [one for group in groups.values() for one in group]
    return {
        "resources": len({one.what for one in found if one.what.startswith("urn:")}),
        "flows": len({one.what for one in found if one.kind == "basis"}),
        "decisions": len({one.what for one in found if one.kind == "proof"}),
    }


def _fields(after: Record, groups: Groups, words: Sequence[str], notes: Sequence[str]) -> dict[str, Any]:
    return {
        "verdict": "worse" if groups else "same",
        "stack": after.run.stack,
        "as_of": after.run.as_of,
        "supposed": list(words),
        "groups": [{"because": because, "changes": as_fields(found)} for because, found in groups.items()],
        "counts": _counts(groups),
        "notes": list(notes),
    }


def _lines(export: Path, before: Record, after: Record, groups: Groups, words: Sequence[str]) -> Iterator[str]:
    for because, found in groups.items():
        yield f"{because}:"
        yield from (f"  {line}" for line in lines(found))
    red = before.summary.failed + before.summary.undetermined
    counts = _counts(groups)
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    more = f"; {red:,} resources are refused already" if red else ""
    yield f"{export}: {' and '.join(words)}, as of {after.run.as_of}: {told} turn red{more}"
