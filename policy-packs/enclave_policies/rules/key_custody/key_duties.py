"""KEY-011: who administers a key cannot use it, and somebody administers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.keyring import KEYS, keyring_of
from enclave_policies.key_custody.policies import (
    ADMINISTER,
    EITHER,
    KEY_POLICIES,
    PUT_POLICY,
    USE,
    allowed,
    allowing,
    grants_freely,
)
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the principals of a key's policy; statements for services are no people's."""
    resource = reading.resource
    path = KEY_POLICIES[resource.type]
    if not reading.setting(path):
        if resource.type in KEYS and resource.urn not in _with_policy_set_apart(stack):
            problem = "has no policy, so by AWS's default its whole account administers and uses it"
            yield rule.finding(reading, problem, at=path)
        return
    statements = allowing(resource)
    doing = _doings(statements)
    for who, what in doing.items():
        for words in _troubles(who, what):
            yield rule.finding(reading, f"has a policy that lets {words}", at=path)
    if statements and not any(PUT_POLICY in what for what in doing.values()):
        yield rule.finding(reading, "has a policy that nobody may ever change (kms:PutKeyPolicy)", at=path)


@once
def _with_policy_set_apart(stack: Stack) -> frozenset[str]:
    """Return the URNs of the keys whose policy is a resource of its own."""
    ring = keyring_of(stack)
    meant = each(stack, stack.of_type(KEY_POLICY), lambda one: ring.find(one, "keyId", one.setting("keyId", UNKNOWN)))
    keys = (holder.reading for found in meant for holder in found.holders)
    return frozenset(key.resource.urn for key in keys if key is not None)


def _troubles(who: str, what: set[str]) -> Iterator[str]:
    if what & ADMINISTER and what & USE:
        yield f"{shown(who)} administer it and use it"
    elif what & ADMINISTER and GRANTS in what:
        yield f"{shown(who)} administer it and grant its use to anybody"
    elif what and _is_whole_account(who):
        yield f"every identity of an account in ({shown(who)})"


GRANTS = "grants"


def _doings(policy: Iterable[Statement]) -> dict[str, set[str]]:
    """Return principal → what it may do that counts: to administer, to use, to grant freely."""
    doing: dict[str, set[str]] = {}
    for one in policy:
        what = set(allowed(one, EITHER)) | ({GRANTS} if grants_freely(one) else set())
        for kind, principal in one.principals:
            if kind != "service" and principal is not UNKNOWN:
                doing.setdefault(str(principal), set()).update(what)
    everybody = doing.get("*", set())
    return {who: what | everybody for who, what in doing.items()}


def _is_whole_account(principal: str) -> bool:
    return (principal.isdigit() or principal.endswith(":root")) and (principal.isdigit() or bool(arns_in(principal)))


rule = StackRule(
    id="KEY-011",
    name="key-duties",
    title="Who administers a key cannot use it, and somebody administers it.",
    severity="critical",
    remedy="give administrators and users statements of their own, with roles of their own, and no kms:*",
    check=check,
    types=frozenset(KEY_POLICIES),
    placing=False,
    package="aws",
)
