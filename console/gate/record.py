"""What an engine run left in its event log, as one frozen record."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from console import unhandled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from enclave_policies.reading.finding import Finding

# Steps for which the engine asks packs; it does not for deletions and reads.
judged_steps = frozenset({"same", "create", "update", "replace", "create-replacement", "import", "import-replacement"})
MADE = frozenset({"create", "replace"})
TAKES = frozenset({"create-replacement", "replace", "delete"})

PROTECTED: Final = re.compile(
    r"unable to replace resource .*protection|cannot be deleted\s+because it is protected", re.DOTALL
)
"""What the engine says of what it may not take away (pulumi 3.259, deploy/step_generator.go and step.go)."""
_stack_type = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Violation:
    """One policy event: what a rule said about a resource."""

    pack: str
    rule: str
    urn: str
    level: str
    message: str


@dataclass(frozen=True)
class Taken:
    """A resource that a run replaces (else deletes): its URN, the state's entry, the inputs that force it."""

    urn: str
    replaced: bool
    old: Mapping[str, Any] = field(default_factory=dict)
    forced_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunRecord:
    """An engine run: its exit code, what it planned and what the packs answered.

    ``steps`` maps each resource's URN to its step (one that is replaced to ``replace``), ``answers`` each (pack, URN)
    to the rules that ran on it, ``stack_answers`` each pack to the rules that ran on the stack as a whole,
    ``findings`` each pack to what it handed over beside the engine, ``planned`` each URN that stays or is made to its
    entry as it would be then. ``taken`` are the resources that are replaced or deleted, ``guard`` what the program's
    own guard refused, ``protected`` the URNs that the engine does not take away as they are protected: it says so as
    errors, which ``errors`` lacks. ``bare`` are the URNs of what stands, is protected as declared, and not in the
    state. ``failed`` are the errors that are about a resource, by its URN.
    """

    exit_code: int
    complete: bool
    steps: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    stack_answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    outputs_change: bool = False
    errors: tuple[str, ...] = ()
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    planned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    guard: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def created(self) -> Mapping[str, Mapping[str, Any]]:
        """Each URN that is made, to its entry as it is planned."""
        return {urn: entry for urn, entry in self.planned.items() if self.steps[urn] in MADE}

    @property
    def unchanged(self) -> bool:
        """Whether the run found nothing to change, the stack's outputs included."""
        return self.complete and not self.exit_code and not self.changes and not self.outputs_change

    @property
    def changes(self) -> Mapping[str, int]:
        """How many resources each step concerns, `same` left out."""
        return Counter(step for step in self.steps.values() if step != "same")


def read_record(log: Path, exit_code: int) -> RunRecord:
    """Return the record of a run; a log that is missing, cut or malformed is incomplete, never an error."""
    try:
        lines = log.read_text(encoding="utf-8").splitlines()
        return record([json.loads(line) for line in lines], exit_code)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return RunRecord(exit_code, complete=False)


def record(events: Iterable[Mapping[str, Any]], exit_code: int) -> RunRecord:
    """Return the record of a run from the engine's events."""
    told = list(events)
    steps, planned, taken = _steps(told)
    answers, stack_answers = _answers(told)
    errors, protected = _errors(told)
    return RunRecord(
        exit_code,
        complete=any("summaryEvent" in event for event in told),
        steps=steps,
        answers=answers,
        stack_answers=stack_answers,
        violations=tuple(dict.fromkeys(_violation(event["policyEvent"]) for event in told if "policyEvent" in event)),
        outputs_change=_outputs_change(told),
        errors=errors,
        planned=planned,
        taken=tuple(taken.values()),
        protected=protected,
        bare=tuple(dict.fromkeys(_bare(told))),
        failed=_failed(told),
    )


def _steps(
    events: Iterable[Mapping[str, Any]],
) -> tuple[dict[str, str], dict[str, Mapping[str, Any]], dict[str, Taken]]:
    steps: dict[str, str] = {}
    planned: dict[str, Mapping[str, Any]] = {}
    taken: dict[str, Taken] = {}
    for event in events:
        if done := event.get("resOutputsEvent"):  # the same entry, now with what the cloud recorded
            urn, entry = done["metadata"].get("urn"), done["metadata"].get("new")
            if urn in planned and entry:
                planned[urn] = entry
            continue
        if not (step := event.get("resourcePreEvent")):
            continue
        urn, op = step["metadata"]["urn"], step["metadata"]["op"]
        _note_step(steps, urn, op)
        if op in judged_steps and step["metadata"].get("new"):
            planned[urn] = step["metadata"]["new"]
        if op in TAKES:
            taken[urn] = _taken(step["metadata"], taken.get(urn))
    return steps, planned, taken


def _bare(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        if step := event.get("resourcePreEvent"):
            old, new = step["metadata"].get("old"), step["metadata"].get("new")
            if old and new and new.get("protect") and not old.get("protect"):
                yield step["metadata"]["urn"]


def _answers(
    events: Iterable[Mapping[str, Any]],
) -> tuple[dict[tuple[str, str], frozenset[str]], dict[str, frozenset[str]]]:
    answers: dict[tuple[str, str], frozenset[str]] = {}
    stack_answers: dict[str, frozenset[str]] = {}
    for event in events:
        if answer := event.get("policyAnalyzeSummaryEvent"):
            key = (answer["policyPackName"], answer["resourceUrn"])
            answers[key] = answers.get(key, frozenset()) | _ran(answer)
        elif answer := event.get("policyAnalyzeStackSummaryEvent"):
            pack = answer["policyPackName"]
            stack_answers[pack] = stack_answers.get(pack, frozenset()) | _ran(answer)
    return answers, stack_answers


def _errors(events: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the errors that the engine tells, and the URNs that it does not take away as they are protected."""
    errors: dict[str, None] = {}
    protected: dict[str, None] = {}
    for event in events:
        said = event.get("diagnosticEvent")
        if not said or said.get("severity") != "error":
            continue
        if said.get("urn") and PROTECTED.search(said["message"]):
            protected[said["urn"]] = None
        else:
            errors[unhandled.told(said["message"].strip())] = None
    return tuple(errors), tuple(protected)


def _failed(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    failed: dict[str, str] = {}
    for event in events:
        said = event.get("diagnosticEvent") or {}
        if said.get("severity") == "error" and said.get("urn"):
            failed.setdefault(said["urn"], " ".join(unhandled.told(said["message"]).split()))
    return failed


def _outputs_change(events: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the stack's own outputs differ."""
    change = False
    for event in events:
        if (done := event.get("resOutputsEvent")) and done["metadata"]["type"] == _stack_type:
            change = _outputs(done["metadata"], "old") != _outputs(done["metadata"], "new")
    return change


def _note_step(steps: dict[str, str], urn: str, op: str) -> None:
    """Note a step; of a replacement's three, `delete-replaced`, about which no pack is asked, may be the last."""
    if op != "delete-replaced" or urn not in steps:
        steps[urn] = "replace" if op == "create-replacement" else op


def _taken(metadata: Mapping[str, Any], known: Taken | None) -> Taken:
    """Return what a step takes away; the steps of one replacement tell it together."""
    keys = tuple(metadata.get("keys") or ()) or (known.forced_by if known else ())
    return Taken(metadata["urn"], metadata["op"] != "delete", metadata.get("old") or {}, keys)


def _ran(answer: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(answer.get("passed") or ()) | frozenset(answer.get("failed") or ())


def _outputs(metadata: Mapping[str, Any], when: str) -> Any:
    return (metadata.get(when) or {}).get("outputs")


def _violation(event: Mapping[str, Any]) -> Violation:
    return Violation(
        event.get("policyPackName", ""),
        event.get("policyName", ""),
        event.get("resourceUrn", ""),
        event.get("enforcementLevel", ""),
        event.get("message", "").strip(),
    )
