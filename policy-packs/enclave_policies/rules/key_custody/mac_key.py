"""KEY-016: keys for pseudonyms make and check authentication codes, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.keyring import KEY, MAC_USAGE
from enclave_policies.key_custody.owner import PURPOSE, tags_of
from enclave_policies.key_custody.policies import GRANT, KEY_POLICIES, MAC, OPEN, USE, allowed, allowing
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge keys by their usage and their tag ``purpose``, and what their users may do."""
    props, purpose = reading.settings, tags_of(reading).get(PURPOSE)
    is_mac = props.get("keyUsage") == MAC_USAGE
    if purpose in custody_of(reading.law).decided.mac_purposes and not is_mac:
        yield rule.finding(
            reading, f"is a key for {shown(str(purpose))}, but not an HMAC key (keyUsage)", at="keyUsage"
        )
    if not is_mac:
        return
    if not isinstance(purpose, str) or not purpose:
        yield rule.finding(reading, "is an HMAC key that says no purpose (tag purpose)", at=f"tags.{PURPOSE}")
    spec = props.get("customerMasterKeySpec")
    if spec is not UNKNOWN and not str(spec).startswith("HMAC_"):
        yield rule.finding(
            reading,
            "is for authentication codes, but its spec is not one of HMAC_… (customerMasterKeySpec)",
            at="customerMasterKeySpec",
        )
    for one in allowing(reading.resource):
        if allowed(one, MAC) and allowed(one, {*USE, GRANT} - MAC):
            yield rule.finding(
                reading, "lets its users do more than make and check authentication codes", at=KEY_POLICIES[KEY]
            )
    for who in sorted(_principals(reading, MAC) & _decrypting(stack)):
        problem = f"lets {shown(who)} make pseudonyms, and another key lets the same decrypt data"
        yield rule.finding(reading, problem, at=KEY_POLICIES[KEY])


@once
def _decrypting(stack: Stack) -> frozenset[str]:
    """Return who decrypts data by any key of a stack."""
    return frozenset().union(*each(stack, stack.of_type(KEY), lambda key: _principals(key, OPEN)))


def _principals(key: Reading, actions: frozenset[str]) -> set[str]:
    """Return who a key's policy lets do something, services left out."""
    using = (one for one in allowing(key.resource) if allowed(one, actions))
    return {str(who) for one in using for kind, who in one.principals if kind == "aws" and who is not UNKNOWN}


rule = StackRule(
    id="KEY-016",
    name="mac-key",
    title="Keys for pseudonyms make and check authentication codes, and nothing else.",
    severity="high",
    remedy="use keyUsage GENERATE_VERIFY_MAC, a tag purpose, and only kms:GenerateMac and kms:VerifyMac for users",
    check=check,
    types=frozenset({KEY}),
    placing=False,
    package="aws",
)
