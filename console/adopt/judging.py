"""What the rules say of objects as if they were in the stack already, and what only their owners can say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from enclave_policies.resources.export import export_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from enclave_policies.reading.finding import Finding, Verdict

    from console.adopt.objects import Object
    from console.audit.judges import Judges

Answer = Literal["adoptable", "refused", "undetermined", "managed"]
OWN: Final = "ADOPT"
"""Stands where a rule's id would, for what no rule says."""

UNREAD: Final = "unread"
"""Why an object is undetermined that nobody could read."""

Entries = tuple["Mapping[str, Any]", ...]


class Reason(NamedTuple):
    """Why an object is not adopted, or soon may not be: a rule's id and name (or ADOPT), which resource, a sentence."""

    rule: str
    name: str
    verdict: Verdict
    resource: str
    sentence: str


@dataclass(frozen=True)
class Judged:
    """An object and what came out; ``entries`` are its resources as a state would hold them, none where unread."""

    object: Object
    reasons: tuple[Reason, ...] = ()
    entries: Entries = ()

    @property
    def answer(self) -> Answer:
        """What came out."""
        if self.object.managed:
            return "managed"
        verdicts = {reason.verdict for reason in self.reasons} - {"warned"}
        return "refused" if "fail" in verdicts else "undetermined" if verdicts else "adoptable"


def said(
    deployment: Mapping[str, Any], objects: Mapping[Object, Entries], asked: Judges
) -> Mapping[Object, tuple[Reason, ...]]:
    """Return what rules say of objects, which are put into a stack's state for it; none of it is written anywhere.

    Those that nothing is said against are judged once more without the others: what is written for them stands alone.
    """
    found: dict[Object, tuple[Reason, ...]] = {}
    left = dict(objects)
    while left:
        findings = _findings(deployment, left.values(), asked)
        told = {
            one: reasons
            for one, entries in left.items()
            if (reasons := _of(entries, findings, lambda finding: finding.refuses))
        }
        if not told:
            break
        found |= told
        left = {one: entries for one, entries in left.items() if one not in told}
    if left:
        warned = {
            one: _of(entries, findings, lambda finding: finding.verdict == "warned") for one, entries in left.items()
        }
        found |= {one: reasons for one, reasons in warned.items() if reasons}
        for one, reasons in _blamed(deployment, left, findings, asked).items():
            found[one] = (*reasons, *found.get(one, ()))
    return found


def _blamed(
    deployment: Mapping[str, Any],
    left: Mapping[Object, Entries],
    findings: Mapping[str, Iterable[Finding]],
    asked: Judges,
) -> Mapping[Object, tuple[Reason, ...]]:
    """Return what objects would turn red in the stack itself: of each alone, of all where only all do it together."""
    own = {entry["urn"] for entries in left.values() for entry in entries}
    after = _elsewhere(findings, own)
    if not after:
        return {}
    before = _elsewhere(_findings(deployment, (), asked), own)
    if not after.keys() - before.keys():
        return {}
    alone = {
        one: tuple(
            reason
            for key, reason in _elsewhere(_findings(deployment, [entries], asked), own).items()
            if key not in before
        )
        for one, entries in left.items()
    }
    blamed = {one: reasons for one, reasons in alone.items() if reasons}
    together = tuple(reason for key, reason in after.items() if key not in before)
    return blamed or dict.fromkeys(left, together)


def _elsewhere(findings: Mapping[str, Iterable[Finding]], own: set[str]) -> Mapping[tuple[str, ...], Reason]:
    return {
        (urn, one.rule, one.problem): _reason(one)
        for urn, several in findings.items()
        if urn not in own
        for one in several
        if one.refuses
    }


def _findings(
    deployment: Mapping[str, Any], more: Iterable[Entries], asked: Judges
) -> Mapping[str, tuple[Finding, ...]]:
    entries = [*(deployment.get("resources") or ()), *(entry for each in more for entry in each)]
    state = {"version": 3, "deployment": {**deployment, "resources": entries}}
    return asked.findings(export_of(json.dumps(state).encode(), "the state with what exists").resources)


def _of(
    entries: Entries, findings: Mapping[str, tuple[Finding, ...]], wanted: Callable[[Finding], bool]
) -> tuple[Reason, ...]:
    return tuple(_reason(one) for entry in entries for one in findings[entry["urn"]] if wanted(one))


def _reason(one: Finding) -> Reason:
    resource = f"{one.subject.name} ({one.subject.type})"
    return Reason(one.rule, one.name, one.verdict, resource, one.clause)
