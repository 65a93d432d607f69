"""What the rules answered, resource by resource: from findings, the engine's steps and what the packs ran."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.judge import Plan
from enclave_policies.reading.rule import StackRule

from console.audit.document import place_of
from evidence.record.model import Finding, Judged, Place, RuleFacts, Step, Unchecked, WaivedBy
from evidence.record.sums import verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.judging.promise import Promise
    from enclave_policies.reading.finding import Finding as Found
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Question

    from console.recording.marked import Marked

NOT_ASKED: Final = "the engine asked no pack about it"
DID_NOT_RUN: Final = "the rule did not run"


def rule_facts(rules_by_pack: Mapping[str, Sequence[Question]], others: Mapping[str, Promise]) -> tuple[RuleFacts, ...]:
    """Return the rules of all packs, in their order; of ``others``, somebody's own packs, only the names are known."""
    own = (
        RuleFacts(
            id=rule.id,
            name=rule.name,
            pack=pack,
            title=rule.title,
            severity=rule.severity,
            remedy=rule.remedy,
            whole=isinstance(rule, StackRule),
        )
        for pack, rules in rules_by_pack.items()
        for rule in rules
    )
    added = (
        RuleFacts(
            id=foreign(pack, name),
            name=name,
            pack=pack,
            title=f"{name}, of a pack that was added",
            severity="high",
            remedy=f"see the pack '{pack}'",
            whole=name in promise.whole,
        )
        for pack, promise in others.items()
        for name in sorted(promise.names)
    )
    return (*own, *added)


def foreign(pack: str, name: str) -> str:
    """Return the id of a rule of somebody's own pack, which has none."""
    return f"{pack}/{name}"


class Profiles:
    """The sets of rules that resources are asked, each once; worked out once for what is asked alike.

    ``rules`` are those of our own packs, which ``facts`` begins with; the others are asked of everything.
    """

    def __init__(self, rules: Sequence[Question], facts: Sequence[RuleFacts]) -> None:
        self._plan, self._facts = Plan(rules), facts
        self._others = tuple(range(len(rules), len(facts)))
        self._numbers = {fact.id: number for number, fact in enumerate(facts)}
        self._places: dict[tuple[int, ...], int] = {}
        self._made: dict[int, tuple[int, ...]] = {}

    def of(self, reading: Reading, told: Iterable[str]) -> int:
        """Return the place of the set of rules asked about a resource; ``told`` are ids of those that found something.

        They were asked, whatever a reading made afterwards says.
        """
        rules = self._plan.rules_for(reading)  # the same list for what is alike
        if id(rules) not in self._made:
            self._made[id(rules)] = (*sorted(self._numbers[rule.id] for rule in rules), *self._others)
        known = self._made[id(rules)]
        more = {self._numbers[rule] for rule in told if rule in self._numbers} - set(known)
        asked = tuple(sorted({*known, *more})) if more else known
        return self._places.setdefault(asked, len(self._places))

    def facts_at(self, place: int) -> tuple[RuleFacts, ...]:
        """Return the rules of one set."""
        return tuple(self._facts[number] for number in self.all[place])

    @property
    def all(self) -> tuple[tuple[int, ...], ...]:
        """Every set, in the order of their places."""
        return tuple(self._places)


def judged(
    readings: Iterable[Reading],
    findings: Mapping[str, Sequence[Finding]],
    profiles: Profiles,
    marked: Marked,
    *,
    steps: Mapping[str, str],
    ran: Mapping[str, frozenset[tuple[str, str]]] | None,
) -> tuple[Judged, ...]:
    """Return every resource with what came of it.

    ``steps`` are the engine's, by URN (empty: of a state). ``ran`` are (pack, name) of the rules that ran on each URN
    as the engine tells it; None where the rules were asked in this process, so that all of them ran.
    """
    found = []
    for reading in readings:
        resource = reading.resource
        told = findings.get(resource.urn, ())
        asked = profiles.of(reading, (finding.rule for finding in told))
        silent = () if ran is None else _silent(profiles.facts_at(asked), ran.get(resource.urn), told)
        place = place_of(resource, reading.law)
        found.append(
            Judged(
                urn=resource.urn,
                type=resource.type,
                name=resource.name,
                step=steps.get(resource.urn, "stands"),
                asked=asked,
                verdict=verdict_of(told, silent),
                site=marked.site(resource),
                segment=marked.segment(resource),
                classes=marked.classes(resource),
                place=Place(code=place["code"], country=place["country"], words=place["words"]) if place else None,
                declared=marked.line(resource),
                unchecked=silent,
            )
        )
    return tuple(found)


def placed(resources: Sequence[Judged], found: Mapping[str, Sequence[Finding]]) -> Iterator[Finding]:
    """Yield findings by URN in the order of the resources, each with its place; those on none of them come last."""
    left = dict(found)
    for number, resource in enumerate(resources):
        for one in left.pop(resource.urn, ()):
            yield one.model_copy(update={"resource": number, "declared": one.declared or resource.declared})
    for urn in sorted(left):
        yield from left[urn]


def finding(found: Found) -> Finding:
    """Return a rule's finding as the record has it, of no resource yet."""
    path = found.claim.path if found.claim else None
    waiver = found.waiver
    return Finding(
        fingerprint=fingerprint(found.rule, found.urn, found.where, path),
        rule=found.rule,
        name=found.name,
        verdict=found.verdict,
        message=found.message,
        problem=found.problem,
        remedy=found.remedy,
        where=found.where,
        country=found.country,
        path=path,
        steps=tuple(
            Step(source=step.source, target=step.target, ports=step.ports, rules=step.rules) for step in found.steps
        ),
        waiver=WaivedBy(
            id=waiver.id,
            owner=waiver.owner,
            approver=waiver.approver,
            granted=waiver.granted.isoformat(),
            expires=waiver.expires.isoformat(),
        )
        if waiver
        else None,
    )


def fingerprint(*parts: str | None) -> str:
    """Return what stays the same of a finding whatever its words say."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _silent(
    rules: Iterable[RuleFacts], heard: frozenset[tuple[str, str]] | None, told: Sequence[Finding]
) -> tuple[Unchecked, ...]:
    """Return the rules that did not answer; ``heard`` are (pack, name) of those that ran, None where none was asked."""
    answered = {finding.rule for finding in told}
    reason = NOT_ASKED if heard is None else DID_NOT_RUN
    return tuple(
        Unchecked(rule=rule.id, reason=reason)
        for rule in rules
        if (rule.pack, rule.name) not in (heard or ()) and rule.id not in answered
    )
