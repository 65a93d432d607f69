"""Shows a verdict: as text for a person, as JSON for a machine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.side_channel import as_data

from console.document import document
from console.gate.loss_report import asks, loss_lines
from console.gate.verdict import ONLY_THE_END

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from console.gate.record import RunRecord
    from console.gate.verdict import Refusal, Verdict

_shown = 3
# After a failed run the engine reports every plugin that it ended itself (pulumi 3.259, plugin.go, Close).
_shutdown = "exited prematurely"


def text_lines(phase: str, record: RunRecord, verdict: Verdict) -> Iterator[str]:
    """Yield the lines of the report; ``phase`` names the stack and what was done with it."""
    yield from _refused(verdict)
    yield from (f"  warning: {message}" for message in _warnings(record))
    for error in _errors(record, verdict):
        yield f"  error: {error}"
    yield from loss_lines(verdict.losses)
    changes = ", ".join(f"{count} {step}" for step, count in sorted(record.changes.items())) or "no changes"
    if not record.complete:
        changes = "broken off"
    yield f"{phase}: {changes}; {verdict.judged} resources judged by {verdict.rules} rules: {verdict.color}"
    for reason in verdict.told:
        yield f"  because {reason}"


def as_json(stack: str, phase: str, record: RunRecord, verdict: Verdict, as_of: date | None = None) -> str:
    """Return the report as one JSON document; ``phase`` is ``plan`` or ``done``, ``as_of`` None for today."""
    return gate_document(
        stack,
        as_of,
        phase=phase,
        verdict=verdict.color,
        reasons=verdict.reasons,
        judged=verdict.judged,
        rules=verdict.rules,
        changes=record.changes,
        refused=[
            {
                "pack": refusal.violation.pack,
                "rule": refusal.violation.rule,
                "urn": refusal.violation.urn,
                "level": refusal.violation.level,
                "message": refusal.message,
                "finding": as_data(refusal.finding) if refusal.finding else None,
            }
            for refusal in verdict.refused
        ],
        errors=record.errors,
        failure=verdict.failure,
        silent=[asdict(silence) for silence in verdict.silent],
        losses=[
            {**asdict(loss), "name": loss.name, "protected": loss.urn in record.protected, "allowed_by": allowed_by}
            for loss, allowed_by in asks(verdict.losses)
        ],
        guard=record.guard,
    )


def gate_document(stack: str, as_of: date | None, **told: Any) -> str:
    """Return the document of a run, or of one that was refused beforehand: what is not told is empty."""
    day = as_of.isoformat() if as_of else None
    nothing: dict[str, Any] = {"as_of": day, "judged": 0, "rules": 0, "changes": {}, "errors": [], "failure": None}
    return document(
        "gate", {"stack": stack, "phase": "plan", **nothing, "silent": [], "losses": [], "guard": [], **told}
    )


def _errors(record: RunRecord, verdict: Verdict) -> list[str]:
    """Return the errors that say something new: the guard repeats what packs say, the engine its own shutdown."""
    said = {refusal.message for refusal in verdict.refused}
    new = [error for error in record.errors if error not in said]
    if record.protected or len(new) > 1:
        new = [error for error in new if error not in ONLY_THE_END]
    return [error for error in new if _shutdown not in error] or new


def _warnings(record: RunRecord) -> list[str]:
    """Return what packs tell of that is refused on a day that is near, each once."""
    found = (finding for findings in record.findings.values() for finding in findings)
    return list(dict.fromkeys(finding.message for finding in found if finding.verdict == "warned"))


def _refused(verdict: Verdict) -> Iterator[str]:
    """Yield refusals grouped by rule; the first few in full, the others by name."""
    by_rule: dict[str, list[Refusal]] = defaultdict(list)
    for refusal in verdict.refused:
        by_rule[refusal.violation.rule].append(refusal)
    for found in by_rule.values():
        for refusal in found[:_shown]:
            yield f"  refused: {refusal.message}"
        rest = [refusal.name for refusal in found[_shown:]]
        if rest:
            yield f"  refused by the same rule: {len(rest)} more ({', '.join(rest[:_shown])}, …)"
