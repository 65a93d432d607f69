"""KEY-013: a grant is for the enclave's own, for named data, and goes no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.keyring import MAC_USAGE, keyring_of
from enclave_policies.key_custody.needs import at
from enclave_policies.key_custody.outsiders import foreign
from enclave_policies.key_custody.policies import ADMINISTER, MAC, allowed, allowing
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

GRANT = "aws:kms/grant:Grant"
WITHOUT_CONTEXT = frozenset(
    {"GenerateMac", "VerifyMac", "Sign", "Verify", "GetPublicKey", "DeriveSharedSecret", "DescribeKey", "RetireGrant"}
)
"""Operations that know no encryption context."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge who is granted what; a principal that is not known yet is judged again before it is created."""
    props = reading.settings
    for name in ("granteePrincipal", "retiringPrincipal"):
        principal = props.get(name)
        if isinstance(principal, str) and principal:
            for who in foreign(principal, reading.law):
                yield rule.finding(reading, f"is a grant to {who} ({name})", at=name)
    for holder in keyring_of(stack).find(reading, "keyId", props.get("keyId", UNKNOWN)).holders:
        yield from _against_the_policy(reading, holder.reading)
    operations = [str(each) for each in at(props, "operations") if each is not None]
    if "CreateGrant" in operations:
        yield rule.finding(reading, "is a grant that may be granted on to others (CreateGrant)", at="operations")
    contexts = [*at(props, "constraints.encryptionContextEquals"), *at(props, "constraints.encryptionContextSubset")]
    if not set(operations) <= WITHOUT_CONTEXT and not any(one is UNKNOWN or one for one in contexts):
        yield rule.finding(
            reading, "is a grant for any data (no constraint on the encryption context)", at="constraints"
        )


def _against_the_policy(reading: Reading, key: Reading | None) -> Iterator[Finding]:
    """Judge a grant beside the policy of its key: administrators never use it, and a MAC key's users stand there."""
    if key is None:
        return
    grantee = reading.setting("granteePrincipal")
    if any(allowed(one, ADMINISTER) and ("aws", grantee) in one.principals for one in allowing(key.resource)):
        yield rule.finding(
            reading,
            f"lets {shown(str(grantee))} use the key, and its policy lets the same administer it",
            at="granteePrincipal",
        )
    users = {who for one in allowing(key.resource) if allowed(one, MAC) for _, who in one.principals}
    if key.setting("keyUsage") == MAC_USAGE and grantee not in users:
        yield rule.finding(
            reading, "widens a key for pseudonyms, whose users stand in its policy", at="granteePrincipal"
        )


rule = StackRule(
    id="KEY-013",
    name="key-grant",
    title="A grant is for the enclave's own, for named data, and goes no further.",
    severity="critical",
    remedy="grant to roles of own accounts, without CreateGrant, and constrain the encryption context",
    check=check,
    types=frozenset({GRANT}),
    placing=False,
    package="aws",
)
