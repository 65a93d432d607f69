"""One verdict on one resource or a whole stack, the same for the pack, the program's own guard and an audit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enclave_policies.exceptions import lapsed, waiver
from enclave_policies.reading import Reading, read
from enclave_policies.rule import Rule, StackRule
from enclave_policies.rules import JURISDICTION
from enclave_policies.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.resource import Resource

Question = Rule | StackRule


def judge(resource: Resource, law: Law, rules: Sequence[Question] = JURISDICTION) -> tuple[Finding, ...]:
    """Return what the rules find that need only the resource itself; none means that it may be created.

    In the order of the rules. A rule that raises becomes an undetermined finding: nothing passes because a check broke.
    """
    return judge_reading(try_read(resource, law), rules)


def judge_reading(reading: Reading, rules: Sequence[Question] = JURISDICTION) -> tuple[Finding, ...]:
    """As `judge`, of a resource that was read before."""
    package = (None, package_of(reading))
    return tuple(_findings(reading, [r for r in rules if isinstance(r, Rule) and r.package in package], None))


def judge_in_stack(reading: Reading, stack: Stack, rules: Sequence[Question] = JURISDICTION) -> tuple[Finding, ...]:
    """Return what the rules find on one resource that need the whole stack."""
    package = (None, package_of(reading))
    return tuple(_findings(reading, [r for r in rules if isinstance(r, StackRule) and r.package in package], stack))


def judge_stack(
    resources: Iterable[Resource], law: Law, rules: Sequence[Question] = JURISDICTION
) -> Mapping[str, tuple[Finding, ...]]:
    """Return every finding on every resource of a stack by URN, an empty tuple where there is none."""
    stack = Stack(try_read(resource, law) for resource in resources)
    asked: dict[str, tuple[list[Question], list[Question]]] = {}
    found: dict[str, tuple[Finding, ...]] = {}
    for urn, reading in stack.readings.items():
        package = package_of(reading)
        if package not in asked:
            of_package = [rule for rule in rules if rule.package in (None, package)]
            alone: list[Question] = [rule for rule in of_package if isinstance(rule, Rule)]
            asked[package] = alone, [rule for rule in of_package if isinstance(rule, StackRule)]
        alone, together = asked[package]
        found[urn] = (*_findings(reading, alone, None), *_findings(reading, together, stack))
    return found


def package_of(reading: Reading) -> str:
    """Return the package that the resource's type is of, such as ``aws``, ``kubernetes`` or ``pulumi``."""
    return reading.resource.type.partition(":")[0]


def try_read(resource: Resource, law: Law) -> Reading:
    """Return the resource's reading; one that cannot be read carries the error, which every rule then meets."""
    try:
        return read(resource, law)
    except Exception as error:  # noqa: BLE001 (whatever broke: the rules refuse the resource)
        return Reading(resource, law, {}, type(error).__name__)


def _findings(reading: Reading, rules: Iterable[Question], stack: Stack | None) -> Iterator[Finding]:
    mentions = reading.mentions
    for rule in rules:
        if rule.roles is None or reading.broken or not rule.roles.isdisjoint(mentions):
            for finding in _ask(rule, reading, stack):
                yield _waived(finding, reading) if reading.law.exceptions else finding


def _ask(rule: Question, reading: Reading, stack: Stack | None) -> Iterator[Finding]:
    try:
        if reading.broken:
            problem = f"could not be judged: its inputs cannot be read ({reading.broken})"
            yield rule.finding(reading, problem, verdict="undetermined")
        elif isinstance(rule, Rule):
            yield from rule.check(reading)
        elif stack is not None:
            yield from rule.check(reading, stack)
    except Exception as error:  # noqa: BLE001 (whatever broke: fail closed; the type alone, as texts may hold values)
        problem = f"could not be judged: the rule broke ({type(error).__name__})"
        yield rule.finding(reading, problem, verdict="undetermined")


def _waived(finding: Finding, reading: Reading) -> Finding:
    """Return the finding as the law's exceptions leave it: waived, or refused with a word on the one that ran out."""
    resource = reading.resource
    named = (reading.law, finding.rule, resource.urn, resource.type, resource.name)
    grant = waiver(*named)
    if grant is not None:
        until = f"waived until {grant.expires} by exception {grant.id} (owner {grant.owner}, approver {grant.approver})"
        return replace(finding, verdict="waived", exception=grant.id, message=f"{finding.message}; {until}")
    grant = lapsed(*named)
    if grant is not None:
        over = f"exception {grant.id} covered it from {grant.granted} until {grant.expires} only"
        return replace(finding, message=f"{finding.message}; {over}")
    return finding
