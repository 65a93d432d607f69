"""One verdict on one resource or a whole stack, the same for the pack, the program's own guard and an audit."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.side_by_side import fitting
from enclave_policies.judging.waivers import lapsed, waiver
from enclave_policies.places.inspectors_own import law_in_stack
from enclave_policies.places.transition import law_for
from enclave_policies.reading.finding import Waiver
from enclave_policies.reading.reading import Reading, read
from enclave_policies.reading.rule import Rule, StackRule
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import ExceptionGrant
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question
    from enclave_policies.resources.resource import Resource

    Judged = tuple[Mapping[str, tuple[Finding, ...]], Mapping[str, str]]

OF_OBJECTS: Final = frozenset({"spec", "data", "stringData", "webhooks", "roleRef", "subjects", "endpoints", "subsets"})
PLACES: Final = frozenset({"region", "availabilityZone", "arn"})
"""Recorded places, which the rule itself reads."""
RECORDED: Final = "actual-place"
"""The rule under which a record that differs from the inputs is refused."""


def judge(resource: Resource, law: Law, rules: Sequence[Question]) -> tuple[Finding, ...]:
    """Return what the rules find that need only the resource itself; none means that it may be created.

    In the order of the rules. A rule that raises becomes an undetermined finding: nothing passes because a check broke.
    """
    return judge_reading(try_read(resource, law), rules)


def judge_reading(reading: Reading, rules: Sequence[Question]) -> tuple[Finding, ...]:
    """As `judge`, of a resource that was read before."""
    return tuple(_findings(reading, [r for r in rules if isinstance(r, Rule) and is_asked(r, reading)], None))


def judge_in_stack(reading: Reading, stack: Stack, rules: Sequence[Question]) -> tuple[Finding, ...]:
    """Return what the rules find on one resource that need the whole stack."""
    asked = [rule for rule in rules if isinstance(rule, StackRule) and is_asked(rule, reading)]
    return (*_findings(reading, asked, stack), *_as_recorded(reading, rules))


def judge_stack(
    resources: Iterable[Resource], law: Law, rules: Sequence[Question]
) -> Mapping[str, tuple[Finding, ...]]:
    """Return every finding on every resource of a stack by URN, an empty tuple where there is none."""
    return judge_packs(resources, law, (rules,))


def judge_packs(
    resources: Iterable[Resource], law: Law, packs: Sequence[Sequence[Question]]
) -> Mapping[str, tuple[Finding, ...]]:
    """As `judge_stack`, of the rules of several packs, which are asked at the same time where there is much to ask."""
    return judge_readings(Stack(try_read(resource, law) for resource in resources), packs)


def judge_readings(stack: Stack, packs: Sequence[Sequence[Question]]) -> Mapping[str, tuple[Finding, ...]]:
    """As `judge_packs`, of a stack that is read already.

    A pack with a rule whose work is to be kept is asked in this process, where the stack keeps it.
    """
    rules = tuple(chain.from_iterable(packs))
    packs = sorted(packs, key=lambda pack: not any(isinstance(rule, StackRule) and rule.kept for rule in pack))
    found: dict[str, tuple[Finding, ...]] = dict.fromkeys(stack.readings, ())
    for findings, broken in fitting([partial(_judged, stack, pack) for pack in packs], len(stack.readings)):
        stack.broken.update(broken)
        for urn, each in findings.items():
            found[urn] += each
    places = {rule.id: place for place, rule in enumerate(_in_order(rules))}
    for urn, reading in stack.readings.items():
        if len(found[urn]) > 1:
            found[urn] = tuple(sorted(found[urn], key=lambda finding: places[finding.rule]))
        found[urn] += tuple(_as_recorded(reading, rules))
    for finding in left_out(stack, found, rules):
        found[finding.urn] += (finding,)
    return found


def _judged(stack: Stack, rules: Sequence[Question]) -> Judged:
    """Return what some rules find, and what of the stack they could not gather."""
    plan = Plan(rules)
    found = {}
    for urn, reading in stack.readings.items():
        findings = tuple(_findings(reading, plan.rules_for(reading), stack))
        if findings:
            found[urn] = findings
    return found, stack.broken


def left_out(stack: Stack, found: Mapping[str, Sequence[Finding]], rules: Sequence[Question]) -> Iterator[Finding]:
    """Yield that a resource is undetermined which rules had to leave out of a stack, where nothing else refuses it."""
    for urn, error in stack.broken.items():
        reading = stack.readings[urn]
        rule = next((rule for rule in rules if isinstance(rule, StackRule) and is_asked(rule, reading)), None)
        if rule is not None and not any(finding.refuses for finding in found[urn]):
            problem = f"could not be held against the rest of the stack: its inputs cannot be read ({error})"
            yield _waived(rule.finding(reading, problem, verdict="undetermined"), reading)


class Plan:
    """Which rules a resource is asked, worked out once for each type and set of mentioned roles."""

    def __init__(self, rules: Iterable[Question]) -> None:
        self.rules = _in_order(rules)
        self.made: dict[tuple[str, tuple[str, ...], str | None], list[Question]] = {}

    def rules_for(self, reading: Reading) -> list[Question]:
        """Return the rules that a resource is asked, those of the whole stack last; the same list for what is alike."""
        key = (reading.resource.type, tuple(reading.mentions), reading.broken)
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = [rule for rule in self.rules if is_asked(rule, reading)]
        return found


def _in_order(rules: Iterable[Question]) -> list[Question]:
    return sorted(rules, key=lambda rule: isinstance(rule, StackRule))  # stable: the stack's own come last


def is_asked(rule: Question, reading: Reading) -> bool:
    """Return whether a rule is about resources of this type that mention these roles; a broken one asks all."""
    if rule.package not in (None, package_of(reading)):
        return False
    if reading.broken:
        return True
    type_ = reading.resource.type
    if rule.types is not None and type_ not in rule.types:
        return False
    if rule.roles is not None and rule.roles.isdisjoint(reading.mentions):
        return False
    return rule.concerns is None or _is_concerned(rule.concerns, type_, reading.law)


def _is_concerned(concerns: Callable[[str, Law], bool], type_: str, law: Law) -> bool:
    try:
        return concerns(type_, law)
    except Exception:  # noqa: BLE001 (whatever broke breaks the rule too, which then refuses)
        return True


def package_of(reading: Reading) -> str:
    """Return the package that the resource's type is of, such as ``aws``, ``kubernetes`` or ``pulumi``."""
    return reading.resource.type.partition(":")[0]


def _as_recorded(reading: Reading, rules: Iterable[Question]) -> Iterator[Finding]:
    """Yield what the rules find on the resource as it is recorded, and not as it was asked for."""
    recorded = as_recorded(reading)
    if recorded is None:
        return
    rule = next((rule for rule in rules if rule.name == RECORDED), None)
    if rule is None:
        return
    asked_for = {(finding.rule, finding.where) for finding in judge_reading(reading, tuple(rules))}
    for finding in judge_reading(recorded, tuple(rules)):
        if (finding.rule, finding.where) not in asked_for and finding.refuses:
            problem = f"is recorded otherwise than it was asked for, and {finding.problem} ({finding.rule})"
            found = rule.finding(
                reading,
                problem,
                where=finding.where,
                country=finding.country,
                verdict=finding.verdict,
                claim=finding.claim,
                steps=finding.steps,
            )
            yield _waived(found, reading)


def as_recorded(reading: Reading) -> Reading | None:
    """Return the resource as its outputs record its inputs, None where they agree or nothing is recorded.

    A record that is sealed may say anything, so it differs from an input in the clear.
    """
    resource = reading.resource
    if not resource.outputs or resource.as_provider is not None:
        return None
    inputs = _inputs(reading.law, resource.type)
    if _agree(resource, inputs):
        return None  # as nearly all do: nothing is looked at one by one
    changed = {
        key: value
        for key, value in resource.outputs.items()
        if (key in inputs or key in resource.props)
        and key not in PLACES
        and (value not in (None, "", UNKNOWN) or (value is UNKNOWN and resource.sealed))
        and value != resource.props.get(key)
    }
    if not changed:
        return None
    return try_read(replace(resource, props={**resource.props, **changed}), reading.law)


def _agree(resource: Resource, inputs: frozenset[str]) -> bool:
    """Whether the outputs hold every input as it was given, and none that nobody gave."""
    props, outputs = resource.props, resource.outputs
    return props.items() <= outputs.items() and inputs.isdisjoint(outputs.keys() - props.keys())


@lru_cache(maxsize=1 << 12)
def _inputs(law: Law, type_: str) -> frozenset[str]:
    """Return the names of a type's inputs that can place it or send its data, also where nobody gave them.

    Networks are left out: what AWS records by itself (``0.0.0.0/0`` for any) opens no way that nobody asked for.
    """
    if type_.startswith("kubernetes:"):
        return OF_OBJECTS
    placed = [path for path, role in law.inputs.get(type_, {}).items() if role != "network"]
    switched = [switch.path for switch in law.switches.get(type_, ())]
    return frozenset(path.partition(".")[0] for path in (*placed, *switched))


def try_read(resource: Resource, law: Law) -> Reading:
    """Return the resource's reading; one that cannot be read carries the error, which every rule then meets."""
    try:
        return read(resource, law_for(resource, law_in_stack(resource, law)))
    except Exception as error:  # noqa: BLE001 (whatever broke: the rules refuse the resource)
        return Reading(resource, law, {}, _why(error))


def _why(error: Exception) -> str:
    """Return what broke a judge, without a word of what it read: that may be a secret."""
    return "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__


def _findings(reading: Reading, rules: Iterable[Question], stack: Stack | None) -> Iterator[Finding]:
    for rule in rules:
        try:
            if reading.broken:
                problem = f"could not be judged: its inputs cannot be read ({reading.broken})"
                found: Iterable[Finding] = [rule.finding(reading, problem, verdict="undetermined")]
            elif isinstance(rule, Rule):
                found = rule.check(reading)
            else:
                found = rule.check(reading, stack) if stack is not None else ()
            for finding in found:
                yield _waived(finding, reading)
        except Exception as error:  # noqa: BLE001 (whatever broke: fail closed; its text may hold values)
            problem = f"could not be judged: the rule broke ({_why(error)})"
            yield rule.finding(reading, problem, verdict="undetermined")


def _waived(finding: Finding, reading: Reading) -> Finding:
    """Return the finding as the law's exceptions leave it: waived, or refused with the one that ran out."""
    if finding.verdict == "warned":
        return finding  # nothing is refused yet that an exception could permit
    resource = reading.resource
    named = (reading.law, finding.rule, resource.state_urn or resource.urn, resource.type, resource.name)
    grant = waiver(*named)
    if grant is not None:
        return replace(finding, verdict="waived", waiver=_told(grant))
    grant = lapsed(*named)
    return finding if grant is None else replace(finding, waiver=_told(grant))


def _told(grant: ExceptionGrant) -> Waiver:
    return Waiver(grant.id, grant.owner, grant.approver, grant.granted, grant.expires)
