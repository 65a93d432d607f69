"""The gate's verdict on a run: green only when every rule of every pack ran on every resource and refused nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from enclave_policies.identifiers.urns import urn_of

from console.gate.record import judged_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.judging.promise import Promise
    from enclave_policies.reading.finding import Finding

    from console.gate.record import RunRecord, Violation

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

    ``judged`` counts resources, ``rules`` the rules that the attached packs promise.
    """

    color: Color
    reasons: tuple[str, ...]
    refused: tuple[Refusal, ...]
    judged: int
    rules: int


def decide(record: RunRecord, promised: Mapping[str, Promise]) -> Verdict:
    """Return the verdict on a run; ``promised`` maps each attached pack to the rules that it must run."""
    refused, untold = _refused(record)
    judged = {urn for _, urn in record.answers}
    reasons = [
        *(
            f"pack '{pack}' promises no rules; list them in its rules.yaml"
            for pack, rules in promised.items()
            if not rules.names
        ),
        *_refusals(refused),
        *(f"{f.rule} {f.name} refuses {f.subject.name}, and the engine did not say so" for f in untold),
        *(f"{v.rule} could not judge {name(v.urn)}: {v.message}" for v in record.violations if _skipped in v.message),
        *_silent(record, promised),
    ]
    if not promised:
        reasons.append("no policy pack is attached; run it through `enclave`, with policy-packs/ in place")
    if not judged:
        reasons.append("nothing was judged: no pack answered for any resource")
    if not record.complete:
        reasons.append("the engine's event log is incomplete: the run broke off")
    if record.exit_code:
        reasons.append(f"the engine failed (exit code {record.exit_code})")
    rules = sum(len(rules.names) for rules in promised.values())
    return Verdict("red" if reasons else "green", tuple(reasons), refused, len(judged), rules)


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


def _silent(record: RunRecord, promised: Mapping[str, Promise]) -> list[str]:
    """Return which promised rules did not run on some resource."""
    reasons: list[str] = []
    urns = [urn for urn, step in record.steps.items() if step in judged_steps]
    for pack, rules in promised.items():
        missing: dict[str, list[str]] = {}
        for urn in urns:
            for rule in rules.each - record.answers.get((pack, urn), frozenset()):
                missing.setdefault(rule, []).append(urn)
        reasons += [
            f"rule '{rule}' of pack '{pack}' did not run on {len(where)} of {len(urns)} resources: {name(where[0])} …"
            for rule, where in sorted(missing.items())
        ]
        reasons += [
            f"rule '{rule}' of pack '{pack}' did not run on the stack as a whole"
            for rule in sorted(rules.whole - record.stack_answers.get(pack, frozenset()))
        ]
    return reasons
