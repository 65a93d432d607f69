"""One verdict on one resource, the same for the pack, the program's own guard and an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.rules import JURISDICTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.finding import Finding
    from enclave_policies.law import Law
    from enclave_policies.resource import Resource
    from enclave_policies.rule import Rule


def judge(resource: Resource, law: Law, rules: Sequence[Rule] = JURISDICTION) -> tuple[Finding, ...]:
    """Return every finding of every rule, in the order of the rules; none means that the resource may be created.

    A rule that raises becomes an undetermined finding: nothing passes because a check broke.
    """
    return tuple(finding for rule in rules for finding in _ask(rule, resource, law))


def _ask(rule: Rule, resource: Resource, law: Law) -> Iterator[Finding]:
    try:
        yield from rule.check(resource, law)
    except Exception as error:  # noqa: BLE001 (whatever broke: fail closed; the type alone, as texts may hold values)
        problem = f"could not be judged: the rule broke ({type(error).__name__})"
        yield rule.finding(resource, law, problem, verdict="undetermined")
