"""Who a policy statement or a grant lets at a key, and is not of the enclave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.policies import values_of
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.places.regions import refused_region, region_in_host
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.law import Law

ACCOUNT: Final = re.compile(r"\d{12}")
ANYBODY: Final = "*"
ACCOUNT_KEYS: Final = ("aws:sourceaccount", "aws:principalaccount", "aws:sourceowner", "kms:calleraccount")
ARN_KEYS: Final = ("aws:sourcearn", "aws:principalarn")
ORGANIZATION_KEYS: Final = ("aws:principalorgid", "aws:sourceorgid")
CONTEXT: Final = "kms:encryptioncontext:"


def outsiders(statement: Statement, law: Law) -> Iterator[str]:
    """Yield in words who an allowing statement lets in that is not of the enclave."""
    if statement.everyone_but and not is_bound(statement, law):
        yield "everyone but a few (NotPrincipal)"
    for kind, principal in statement.principals:
        if principal is UNKNOWN:
            continue  # an ARN of this stack, judged again before it is created
        if principal == ANYBODY:
            if not is_bound(statement, law):
                yield "anybody (Principal *)"
        elif kind == "service":
            yield from _service(statement, str(principal), law)
        elif kind == "aws":
            yield from foreign(str(principal), law)
        else:
            yield f"a {kind} principal, who is administered elsewhere"
    yield from _foreign_conditions(statement, law)


def foreign(principal: str, law: Law) -> Iterator[str]:
    """Yield a principal, given as an ARN, an account or an id, that is not of the enclave's accounts."""
    arns = arns_in(principal)
    account = arns[0].account if arns else principal
    if law.owns_account(account):
        return
    who = custody_of(law).decided.outsiders.accounts.get(account)
    if who:
        yield f"the AWS account {account}, an outsider ({who})"
    elif ACCOUNT.fullmatch(account):
        yield f"the AWS account {account}, which is not one of the enclave's"
    else:
        yield f"{shown(principal)}, a principal whose account cannot be told"


def is_bound(statement: Statement, law: Law) -> bool:
    """Return whether conditions keep a statement to the enclave's accounts or organisations."""
    for key in ACCOUNT_KEYS:
        values = values_of(statement, key)
        if values and all(law.owns_account(value) for value in values):
            return True
    for key in ORGANIZATION_KEYS:
        values = values_of(statement, key)
        if values and all(_own_organization(value, law) for value in values):
            return True
    return any(_own_arns(values_of(statement, key), law) for key in ARN_KEYS)


def _names_own_data(statement: Statement, law: Law) -> bool:
    """Return whether a service must name data of the enclave's; of other callers the context says nothing."""
    contexts = (key for key in statement.conditions if key.startswith(CONTEXT))
    return any(_own_arns(values_of(statement, key), law) for key in contexts)


def _own_arns(values: list[str], law: Law) -> bool:
    return bool(values) and all((arns := arns_in(value)) and law.owns_account(arns[0].account) for value in values)


def _own_organization(value: str, law: Law) -> bool:
    return value in law.organizations  # named in the law, unlike elsewhere: who holds a key is never left open


def _service(statement: Statement, service: str, law: Law) -> Iterator[str]:
    """A service acts for whoever asks it, so a condition must say for whom it acts, and in which region."""
    region = region_in_host(service.lower(), law)
    refusal = refused_region(region, law) if region else None
    if refusal:
        yield f"a service of {refusal.words}"
    if not is_bound(statement, law) and not _names_own_data(statement, law):
        yield f"the service {shown(service)}, on anybody's behalf (no condition on source account or ARN)"


def _foreign_conditions(statement: Statement, law: Law) -> Iterator[str]:
    for key in ACCOUNT_KEYS:
        for account in values_of(statement, key):
            if ACCOUNT.fullmatch(account):
                yield from foreign(account, law)
    decided = custody_of(law).decided
    for key in ORGANIZATION_KEYS:
        for organization in values_of(statement, key):
            if not _own_organization(organization, law):
                who = decided.outsiders.organizations.get(organization)
                yield f"the AWS organization {organization}" + (f", an outsider ({who})" if who else "")
