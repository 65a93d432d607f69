"""KEY-013: a grant is for the enclave's own, for named data, and goes no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.needs import at
from enclave_policies.key_custody.outsiders import foreign
from enclave_policies.rule import Rule
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.reading import Reading

GRANT = "aws:kms/grant:Grant"
WITHOUT_CONTEXT = frozenset(
    {"GenerateMac", "VerifyMac", "Sign", "Verify", "GetPublicKey", "DeriveSharedSecret", "DescribeKey", "RetireGrant"}
)
"""Operations that know no encryption context."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge who is granted what; a principal that is not known yet is judged again before it is created."""
    if reading.resource.type != GRANT:
        return
    props = reading.resource.props
    for name in ("granteePrincipal", "retiringPrincipal"):
        principal = props.get(name)
        if isinstance(principal, str) and principal:
            for who in foreign(principal, reading.law):
                yield rule.finding(reading, f"is a grant to {who} ({name})")
    operations = [str(each) for each in at(props, "operations") if each is not None]
    if "CreateGrant" in operations:
        yield rule.finding(reading, "is a grant that may be granted on to others (CreateGrant)")
    contexts = [*at(props, "constraints.encryptionContextEquals"), *at(props, "constraints.encryptionContextSubset")]
    if not set(operations) <= WITHOUT_CONTEXT and not any(one is UNKNOWN or one for one in contexts):
        yield rule.finding(reading, "is a grant for any data (no constraint on the encryption context)")


rule = Rule(
    id="KEY-013",
    name="key-grant",
    title="A grant is for the enclave's own, for named data, and goes no further.",
    severity="critical",
    remedy="grant to roles of own accounts, without CreateGrant, and constrain the encryption context",
    check=check,
    placing=False,
    package="aws",
)
