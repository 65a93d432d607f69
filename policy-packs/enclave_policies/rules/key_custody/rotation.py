"""KEY-005: the material of a symmetric key is rotated in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.keyring import KEY
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

SYMMETRIC = (None, "", "SYMMETRIC_DEFAULT")
SPEC, ROTATES, PERIOD = "customerMasterKeySpec", "enableKeyRotation", "rotationPeriodInDays"
AWS_DEFAULT = 365
"""Days between rotations, where no period is given (AWS KMS API, EnableKeyRotation)."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge symmetric keys with material of AWS's own; AWS rotates no other (HMAC, asymmetric, custom key store)."""
    props = reading.settings
    if reading.resource.type != KEY or props.get("customKeyStoreId"):
        return
    spec, rotates = props.get(SPEC), props.get(ROTATES)
    period, limit = props.get(PERIOD), custody_of(reading.law).decided.rotation_days_at_most
    if UNKNOWN in (spec, rotates, period):
        path = next(name for name in (SPEC, ROTATES, PERIOD) if props.get(name) is UNKNOWN)
        yield rule.finding(reading, "has a rotation that is not known yet", verdict="undetermined", at=path)
    elif spec not in SYMMETRIC:
        return
    elif rotates is not True:
        yield rule.finding(reading, f"never changes its material ({ROTATES} is not true)", at=ROTATES)
    elif (days := period or AWS_DEFAULT) > limit:
        yield rule.finding(reading, f"changes its material every {days} days, {limit} are the limit", at=PERIOD)


rule = Rule(
    id="KEY-005",
    name="key-rotation",
    title="The material of a symmetric key is rotated in time.",
    severity="high",
    remedy="set enableKeyRotation to true, and rotationPeriodInDays to no more than the law's rotation_days_at_most",
    check=check,
    types=frozenset({KEY}),
    placing=False,
    package="aws",
)
