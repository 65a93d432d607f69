"""KEY-007: imported key material expires, and does not lie in a state."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

EXPIRY = "validTo"
IMPORTED = frozenset({"aws:kms/externalKey:ExternalKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"})


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the last day of the material by the day that is judged for."""
    props = reading.settings
    if props.get("keyMaterialBase64"):
        told = "takes its key material from the program, so it lies in the stack's state"
        yield rule.finding(reading, told, at="keyMaterialBase64")
    limit = custody_of(reading.law).decided.imported_days_at_most
    until = props.get(EXPIRY)
    last = _day(until)
    if until is UNKNOWN or (until and last is None):
        yield rule.finding(reading, "expires on a day that cannot be read (validTo)", verdict="undetermined", at=EXPIRY)
    elif last is None:
        yield rule.finding(reading, "has imported material that never expires (no validTo)", at=EXPIRY)
    elif (days := (last - reading.law.day).days) < 0:
        yield rule.finding(reading, f"has imported material that expired on {last}", at=EXPIRY)
    elif days > limit:
        problem = f"has imported material that expires in {days} days, {limit} are the limit"
        yield rule.finding(reading, problem, at=EXPIRY)


def _day(value: Any) -> date | None:
    """Return the day of an RFC 3339 time, None for what is none."""
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


rule = Rule(
    id="KEY-007",
    name="imported-material",
    title="Imported key material expires, and does not lie in a state.",
    severity="high",
    remedy="import the material out of band with an expiry (validTo) within the law's imported_days_at_most",
    check=check,
    types=IMPORTED,
    placing=False,
    package="aws",
)
