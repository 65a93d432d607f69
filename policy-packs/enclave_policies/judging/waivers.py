"""Exceptions: which grant waives a finding, which have run out, which match nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.urns import urn_of
from enclave_policies.law.facts import matches

if TYPE_CHECKING:
    from collections.abc import Collection

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import ExceptionGrant


def waiver(law: Law, rule: str, urn: str, type_: str, name: str) -> ExceptionGrant | None:
    """Return the exception in force on ``law.day`` that waives this rule's finding on this resource, None without one.

    ``rule`` is the rule's id (JUR-010).
    """
    matching = _matching(law, rule, urn, type_, name)
    return next((grant for grant in matching if grant.in_force(law.day)), None)


def lapsed(law: Law, rule: str, urn: str, type_: str, name: str) -> ExceptionGrant | None:
    """Return an exception that matches this finding but does not hold on ``law.day``, to be named in the refusal."""
    matching = _matching(law, rule, urn, type_, name)
    return next((grant for grant in matching if not grant.in_force(law.day)), None)


def expired(law: Law) -> tuple[ExceptionGrant, ...]:
    """Return the exceptions that have run out on ``law.day``: they waive nothing and can be removed."""
    return tuple(grant for grant in law.exceptions if law.day > grant.expires)


def unused(law: Law, used: Collection[str]) -> tuple[ExceptionGrant, ...]:
    """Return the exceptions in force whose id is not among ``used`` (those that waived something): removable."""
    return tuple(grant for grant in law.exceptions if grant.in_force(law.day) and grant.id not in used)


def _matching(law: Law, rule: str, urn: str, type_: str, name: str) -> tuple[ExceptionGrant, ...]:
    return tuple(grant for grant in law.exceptions if rule in grant.rules and covers(grant, urn, type_, name))


def covers(grant: ExceptionGrant, urn: str, type_: str, name: str) -> bool:
    """Return whether an exception is about this resource: its very URN, or its type, name and stack."""
    if grant.urn is not None:
        return urn == grant.urn
    return (
        grant.type == type_
        and grant.name is not None
        and matches(name, grant.name)
        and grant.stack in (None, stack_of(urn))
    )


def stack_of(urn: str) -> str:
    """Return the stack that a URN names: ``urn:pulumi:STACK::PROJECT::TYPE::NAME``; empty where it names none."""
    return urn_of(urn).stack
