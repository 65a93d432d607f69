"""Who somebody is that a statement lets in: programs, people, or nobody can tell."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Verdict

PEOPLES: Final = ("AWSReservedSSO_", ":user/", ":saml-provider/", ":federated-user/")
SERVICE_LINKED: Final = ":role/aws-service-role/"
ROLE: Final = re.compile(r"arn:[^:]*:(?:iam::\d+:role/(?:[^/]+/)*|sts::\d+:assumed-role/)([^/]+)(?:/[^/]+)?", re.ASCII)
ONE: Final = re.compile(r"[\w+=,.@-]+", re.ASCII)
"""A role's name; a pattern of names has other letters."""
WHOSE: Final = "aws:principalarn"
EXACT: Final = frozenset({"arnequals", "arnlike", "stringequals", "stringlike"})
ACCOUNT_OF_A_CLUSTER: Final = "system:serviceaccount:"


class Who(IntEnum):
    """Whom a right goes to; of several, the greatest counts."""

    PROGRAMS = 0
    UNTOLD = 1
    PEOPLE = 2

    @property
    def told(self) -> str:
        """Who it is, for a message."""
        return "people" if self is Who.PEOPLE else "a role, of which nobody can tell whether people assume it,"

    @property
    def verdict(self) -> Verdict:
        """What is known of a wrong that they could do."""
        return "fail" if self is Who.PEOPLE else "undetermined"


def let_in(one: Statement, law: Law) -> Iterator[tuple[str, Who | str]]:
    """Yield whom a statement lets in: each as it stands there, and who that is, or the name of the role it has.

    Source: IAM user guide, "AWS JSON policy elements: Principal".
    """
    if one.everyone_but:
        yield "everybody but some", Who.PEOPLE
    for kind, principal in one.principals:
        text = str(principal)
        if principal is UNKNOWN:
            yield text, Who.UNTOLD
        elif kind == "service":
            yield text, Who.PROGRAMS
        elif kind == "federated":
            yield text, _federated(text, one)
        elif _is_whole(text):
            yield from ((found, _aws(found, law)) for found in _named(one) or [text])
        else:
            yield text, _aws(text, law)


def _is_whole(text: str) -> bool:
    """Return whether a principal is all that an account, or everybody, has; whom of them, the account says itself."""
    return text == "*" or text.isdigit() or text.endswith(":root")


def _named(one: Statement) -> list[str]:
    """Return by which ARNs a statement's conditions narrow an account."""
    found: Any = one.conditions.get(WHOSE, ())
    return [str(value) for operator, values in found if operator in EXACT for value in values]


def _aws(text: str, law: Law) -> Who | str:
    if _is_whole(text) or any(mark in text for mark in PEOPLES):
        return Who.PEOPLE
    if SERVICE_LINKED in text:
        return Who.PROGRAMS
    role, arns = ROLE.fullmatch(text), arns_in(text)
    ours = bool(arns) and arns[0].account in law.accounts
    return role[1] if role and ours and ONE.fullmatch(role[1]) else Who.UNTOLD


def _federated(text: str, one: Statement) -> Who:
    """Return who comes from a provider of identities: programs only where the cluster's service accounts are named."""
    if any(mark in text for mark in PEOPLES) or "AssumeRoleWithSAML" in str(one.actions):
        return Who.PEOPLE
    subjects = [
        str(value)
        for key, tests in one.conditions.items()
        for operator, values in tests
        if key.endswith(":sub") and operator in EXACT
        for value in values
    ]
    named = bool(subjects) and all(each.startswith(ACCOUNT_OF_A_CLUSTER) for each in subjects)
    return Who.PROGRAMS if named else Who.UNTOLD
