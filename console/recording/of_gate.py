"""The record of a gated run: the engine's event log joined with the packs' promises and what they found."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.urns import urn_of
from enclave_policies.judging.packs import PACKS
from enclave_policies.resources.export import export_of

from console.gate.errors import EngineError
from console.gate.exporting import export_text
from console.gate.record import judged_steps
from console.recording.judged import finding, fingerprint, foreign
from console.recording.kept import keep
from console.recording.making import PROJECT, Judgement, record_of, run_of, surroundings
from console.recording.marked import line_at
from console.recording.overdue import overdue
from evidence.record.model import Finding, Input, NotChecked
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Resource

    from components.declaration import Declaration
    from console.gate.engine import Engine
    from console.gate.foretold import Foretold
    from console.gate.judged import Judged
    from console.gate.keeper import Command
    from console.gate.record import RunRecord
    from console.gate.verdict import Refusal, Verdict
    from console.objections import Objection
    from evidence.record.model import Line, Outcome, Record
    from located_yaml import Position

UNJUDGED: Final = {
    "delete": "it is deleted, and the engine asks no pack about that",
    "read": "it is only read, and the engine asks no pack about that",
}
STATE: Final = "the state after the run"
NOT_STARTED: Final = "the law refuses what the declaration says, so the engine was not started and nothing was planned"
GUARD: Final = "GUARD"
DECLARED: Final = "DECLARED"


class Records:
    """Keeps the record of each run in its stack's place (see gate.keeper); it was judged as of a day, None: today.

    ``last`` is the last one that was kept.
    """

    def __init__(self, as_of: date | None = None) -> None:
        self._as_of = as_of
        self.last: Record | None = None

    def ran(self, command: Command, stack: str, judged: Judged, engine: Engine) -> None:
        """Write down a run of the engine, as the gate judged it."""
        with surroundings(engine.environment, self._as_of) as law:
            self.remember(gate_record(command, stack, judged, engine, law, inputs=_state(engine)))

    def foretold(self, command: Command, stack: str, found: Sequence[Foretold]) -> None:
        """Write down that the declaration alone was refused."""
        with surroundings(os.environ, self._as_of) as law:
            self.remember(foretold_record(command, stack, found, law))

    def overdue(self, stack: str, declaration: Declaration, law: Law) -> Iterable[Objection]:
        """Return which waves had to be over by now and are not proved to be, by their journals."""
        return overdue(stack, declaration, law)

    def remember(self, record: Record) -> None:
        """Write down a record, whatever was judged."""
        keep(record)
        self.last = record


def gate_record(
    command: Command, stack: str, judged: Judged, engine: Engine, law: Law, *, inputs: Sequence[Input] = ()
) -> Record:
    """Return the record of a run of the engine, as the gate judged it; ``inputs`` are what else it stands on."""
    record, verdict = judged.record, judged.verdict
    resources, untold = _resources(record, stack)
    run = run_of(
        command, judged.phase, stack, _outcome(verdict), law, reasons=verdict.reasons, exit_code=verdict.exit_code
    )
    return record_of(
        Judgement(
            run,
            law,
            resources,
            _findings(record, verdict),
            steps=record.steps,
            ran=_ran(record),
            unchecked=[*untold, *_unjudged(record), *_silent(verdict)],
            more=list(_guarded(record, verdict)),
            inputs=inputs,
            environment=engine.environment,
            other_packs=[pack for pack in engine.packs if pack.name not in PACKS],
        )
    )


def _state(engine: Engine) -> Sequence[Input]:
    """Return the digest of the state as it stands after a run, as `pulumi stack export` writes it."""
    try:
        export = export_text(engine)
    except EngineError:
        return ()
    return [Input(role="state", name=STATE, sha256=hashlib.sha256(export.encode()).hexdigest())]


def foretold_record(command: Command, stack: str, found: Sequence[Foretold], law: Law) -> Record:
    """Return the record of a run that the declaration alone ended: no engine was started, and nothing was checked."""
    unchecked = [NotChecked(what="everything that the declaration would build", kind="step", reason=NOT_STARTED)]
    run = run_of(command, "foretold", stack, "refused", law, reasons=(NOT_STARTED,), exit_code=1)
    return record_of(Judgement(run, law, (), {}, unchecked=unchecked, more=list(_foretold(found))))


def _outcome(verdict: Verdict) -> Outcome:
    if verdict.color == "green":
        return "clean"
    if verdict.failure:
        return "failed"
    return "refused" if verdict.refused else "undetermined"


def _resources(record: RunRecord, stack: str) -> tuple[Sequence[Resource], list[NotChecked]]:
    """Return what was planned, as the rules see it; what the log says nothing readable of is there by its name."""
    judged = [urn for urn, step in record.steps.items() if step in judged_steps]
    bare = {urn: {"urn": urn, "type": urn_of(urn).type} for urn in judged}
    try:
        return _read({urn: {**bare[urn], **_entry(record.planned.get(urn, {}))} for urn in judged}.values(), stack), []
    except ProblemsError as error:
        reason = f"the engine's log does not tell what was planned: {error.problems[0].message}"
        return _read(bare.values(), stack), [NotChecked(what="places and networks", kind="step", reason=reason)]


def _read(entries: Iterable[Mapping[str, Any]], stack: str) -> Sequence[Resource]:
    deployment = {"resources": list(entries), "secrets_providers": {"type": "passphrase"}}
    return export_of(json.dumps({"version": 3, "deployment": deployment}).encode(), f"the plan of {stack}").resources


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a planned resource as an export would hold it."""
    kept = {name: value for name, value in entry.items() if name not in ("detailedDiff", "initErrors")}
    if not kept.get("custom"):
        kept.pop("id", None)
    return kept


def _findings(record: RunRecord, verdict: Verdict) -> Mapping[str, Sequence[Finding]]:
    """Return what packs handed over, and what the engine alone tells of the rules of somebody's own packs."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for findings in record.findings.values():
        for one in findings:
            found[one.urn].append(finding(one))
    for refusal in verdict.refused:
        if refusal.finding is None:
            found[refusal.violation.urn].append(_told(refusal))
    return found


def _told(refusal: Refusal) -> Finding:
    violation = refusal.violation
    own = violation.pack in PACKS
    rules = {rule.name: rule.id for rule in PACKS[violation.pack].rules} if own else {}
    rule = rules.get(violation.rule, foreign(violation.pack, violation.rule))
    return Finding(
        fingerprint=fingerprint(rule, violation.urn),
        rule=rule,
        name=violation.rule,
        verdict="fail",
        message=refusal.message,
        problem=refusal.message,
        remedy=f"see the rule '{violation.rule}' of the pack '{violation.pack}'",
    )


def _guarded(record: RunRecord, verdict: Verdict) -> Iterator[Finding]:
    """Yield what the program's own guard refused, and no pack."""
    told = {refusal.message for refusal in verdict.refused}
    for message in record.guard:
        if message not in told:
            yield _plain(GUARD, "guard", message, "do what the message says; the guard asks the packs' own rules")


def _ran(record: RunRecord) -> Mapping[str, frozenset[tuple[str, str]]]:
    whole = frozenset((pack, rule) for pack, rules in record.stack_answers.items() for rule in rules)
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for (pack, urn), rules in record.answers.items():
        found[urn] = found.get(urn, whole) | {(pack, rule) for rule in rules}
    return found


def _unjudged(record: RunRecord) -> Iterator[NotChecked]:
    for urn, step in record.steps.items():
        if step not in judged_steps:
            reason = UNJUDGED.get(step.partition("-")[0], f"the engine asks no pack about the step '{step}'")
            yield NotChecked(what=urn, kind="step", reason=reason)


def _silent(verdict: Verdict) -> Iterator[NotChecked]:
    for one in verdict.silent:
        yield NotChecked(what=one.rule, kind="rule", reason=one.words)


def _foretold(found: Iterable[Foretold]) -> Iterator[Finding]:
    for one in found:
        told, lines = (
            one.objection.finding,
            {"declared": _inside(one.declared), "decided": _inside(one.law) if one.law else None},
        )
        if told is not None:
            yield finding(told).model_copy(update=lines)
            continue
        remedy = "change the declaration, or let the law's owners change the line that decides"
        yield _plain(DECLARED, "declared", one.objection.message, remedy, *map(str, one.objection.keys)).model_copy(
            update=lines
        )


def _plain(rule: str, name: str, message: str, remedy: str, *marks: str) -> Finding:
    """Return a finding of no rule of a pack."""
    return Finding(
        fingerprint=fingerprint(rule, *(marks or (message,))),
        rule=rule,
        name=name,
        verdict="fail",
        message=message,
        problem=message,
        remedy=remedy,
    )


def _inside(position: Position) -> Line:
    """Return a position by its path inside the project."""
    path = Path(position.file)
    inside = path.relative_to(PROJECT) if path.is_absolute() and path.is_relative_to(PROJECT) else path
    return line_at(position).model_copy(update={"file": inside.as_posix()})
