"""What an engine run left in its event log, as one frozen record."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from enclave_policies.reading.finding import Finding

# Steps for which the engine asks packs; it does not for deletions and reads.
judged_steps = frozenset({"same", "create", "update", "replace", "create-replacement", "import", "import-replacement"})
MAKES = frozenset({"create", "create-replacement"})

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
class RunRecord:
    """An engine run: its exit code, what it planned and what the packs answered.

    ``steps`` maps each resource's URN to its step, ``answers`` each (pack, URN) to the rules that ran on it,
    ``stack_answers`` each pack to the rules that ran on the stack as a whole, ``findings`` each pack to what it handed
    over beside the engine, ``created`` each URN that is made to its entry as it is planned.
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
    created: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
    complete = outputs_change = False
    steps: dict[str, str] = {}
    created: dict[str, Mapping[str, Any]] = {}
    answers: dict[tuple[str, str], frozenset[str]] = {}
    stack_answers: dict[str, frozenset[str]] = {}
    violations: dict[Violation, None] = {}
    errors: dict[str, None] = {}
    for event in events:
        if "summaryEvent" in event:
            complete = True
        elif (done := event.get("resOutputsEvent")) and done["metadata"]["type"] == _stack_type:
            outputs_change = _outputs(done["metadata"], "old") != _outputs(done["metadata"], "new")
        elif step := event.get("resourcePreEvent"):
            urn, op = step["metadata"]["urn"], step["metadata"]["op"]
            steps[urn] = op
            if op in MAKES:
                created[urn] = step["metadata"].get("new") or {}
        elif answer := event.get("policyAnalyzeSummaryEvent"):
            key = (answer["policyPackName"], answer["resourceUrn"])
            answers[key] = answers.get(key, frozenset()) | _ran(answer)
        elif answer := event.get("policyAnalyzeStackSummaryEvent"):
            pack = answer["policyPackName"]
            stack_answers[pack] = stack_answers.get(pack, frozenset()) | _ran(answer)
        elif found := event.get("policyEvent"):
            violations[_violation(found)] = None
        elif (said := event.get("diagnosticEvent")) and said.get("severity") == "error":
            errors[said["message"].strip()] = None
    return RunRecord(
        exit_code,
        complete,
        steps,
        answers,
        stack_answers,
        tuple(violations),
        outputs_change,
        tuple(errors),
        created=created,
    )


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
