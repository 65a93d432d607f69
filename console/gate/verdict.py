"""The gate's verdict on a run: green only when every rule of every pack ran on every resource and refused nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from enclave_policies.identifiers.urns import urn_of

from console.exit_codes import FAILED, GOOD, REFUSED
from console.gate.losses import NOTHING, Losses, losses_of
from console.gate.silence import folded, silences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.judging.promise import Promise
    from enclave_policies.reading.finding import Finding

    from console.gate.record import RunRecord, Violation
    from console.gate.silence import Silence

ONLY_THE_END = frozenset({"preview failed", "update failed"})
"""Errors by which the engine says that it told others before."""
Color = Literal["green", "red"]
# pulumi-policy downgrades a rule that met an unknown value to this advisory and skips the rest of the rule.
_skipped = "can't run policy"


@dataclass(frozen=True)
class Refusal:
    """A mandatory violation, with the finding that it tells of; None where its pack handed none over."""

    violation: Violation
    finding: Finding | None = None

    @property
    def message(self) -> str:
        """What is refused and why, on one line."""
        return self.finding.message if self.finding else " ".join(self.violation.message.split())

    @property
    def name(self) -> str:
        """The resource's own name."""
        return name(self.violation.urn)


@dataclass(frozen=True)
class Verdict:
    """Whether a run may stand; ``reasons`` is empty exactly when it is green.

    ``failure`` is why the engine failed by itself: None where something was refused, as a refusal ends the engine, too.
    ``silent`` are the rules that did not run; their sentences are among ``reasons``. ``only_protected``: nothing
    is wrong but that something protected would be taken away. ``judged`` counts resources, ``rules`` the rules that the
    attached packs promise.
    """

    color: Color
    reasons: tuple[str, ...]
    refused: tuple[Refusal, ...]
    judged: int
    rules: int
    failure: str | None = None
    silent: tuple[Silence, ...] = ()
    losses: Losses = NOTHING
    only_protected: bool = False

    @property
    def exit_code(self) -> int:
        """How a command ends with it."""
        if self.color == "green":
            return GOOD
        return FAILED if self.failure else REFUSED

    @property
    def told(self) -> tuple[str, ...]:
        """The reasons as a person reads them: the engine's failure alone, rules that did not run in one line."""
        rules = folded(self.silent)
        if self.failure:
            return (self.failure, *rules)
        silent = {silence.words for silence in self.silent}
        return (*(reason for reason in self.reasons if reason not in silent), *rules)


def decide(record: RunRecord, promised: Mapping[str, Promise]) -> Verdict:
    """Return the verdict on a run; ``promised`` maps each attached pack to the rules that it must run."""
    refused, untold = _refused(record)
    judged = {urn for _, urn in record.answers}
    silent = tuple(silences(record, promised))
    protected = _protected(record)
    refusals = [
        *_refusals(refused),
        *_guarded(record, refused),
        *protected,
        *(f"{f.rule} {f.name} refuses {f.subject.name}, and the engine did not say so" for f in untold),
    ]
    failed = _failed(record)
    reasons = [
        *(failed if not refusals else ()),
        *(
            f"pack '{pack}' promises no rules; list them in its rules.yaml"
            for pack, rules in promised.items()
            if not rules.names
        ),
        *refusals,
        *(f"{v.rule} could not judge {name(v.urn)}: {v.message}" for v in record.violations if _skipped in v.message),
        *(silence.words for silence in silent),
    ]
    if not promised:
        reasons.append("no policy pack is attached; run it through `enclave`, with policy-packs/ in place")
    if not judged:
        reasons.append("nothing was judged: no pack answered for any resource")
    reasons += failed if refusals else ()
    return Verdict(
        "red" if reasons else "green",
        tuple(reasons),
        refused,
        len(judged),
        sum(len(rules.names) for rules in promised.values()),
        failed[0] if failed and not refusals else None,
        silent,
        losses_of(record.taken, record.created.values()),
        only_protected=bool(protected) and record.complete and refusals == protected and not _own_errors(record),
    )


def _failed(record: RunRecord) -> list[str]:
    return [
        *([f"the engine failed (exit code {record.exit_code})"] if record.exit_code else ()),
        *(["the engine's event log is incomplete: the run broke off"] if not record.complete else ()),
    ]


def name(urn: str) -> str:
    """Return a resource's own name."""
    return urn_of(urn).name


def _refused(record: RunRecord) -> tuple[tuple[Refusal, ...], list[Finding]]:
    """Return what the engine says is refused, with the packs' findings, and what it does not say of theirs.

    The engine keeps the order in which a pack's rule speaks of a resource.
    """
    left: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for pack, findings in record.findings.items():
        for finding in findings:
            if finding.refuses:
                left[pack, finding.name, finding.urn].append(finding)
    refused = []
    for violation in record.violations:
        if violation.level == "mandatory":
            found = left[violation.pack, violation.rule, violation.urn]
            refused.append(Refusal(violation, found.pop(0) if found else None))
    return tuple(refused), list(chain.from_iterable(left.values()))


def _refusals(refused: tuple[Refusal, ...]) -> list[str]:
    resources = {refusal.violation.urn for refusal in refused}
    return [f"{len(refused)} refusals of {len(resources)} resources by mandatory rules"] if refused else []


def _own_errors(record: RunRecord) -> list[str]:
    return [error for error in record.errors if error not in ONLY_THE_END]


def _guarded(record: RunRecord, refused: tuple[Refusal, ...]) -> list[str]:
    """Return that the program's guard refused what no pack did: a pack's refusal is told already."""
    told = {refusal.message for refusal in refused}
    own = [message for message in record.guard if message not in told]
    return [f"{len(own)} refusals by the program's own guard"] if own else []


def _protected(record: RunRecord) -> list[str]:
    count = len(record.protected)
    return [f"{count} of what would be taken away hold data or keys and are protected"] if count else []
