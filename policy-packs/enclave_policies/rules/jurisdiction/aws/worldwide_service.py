"""JUR-009: no service that keeps data in many countries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

WORLDWIDE: Final = "worldwide"


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse types whose data plane has no single country (CloudFront, Global Accelerator, WAF classic, ...)."""
    if reading.kind == WORLDWIDE:
        yield rule.finding(reading, "would be in many countries at once: its service has no single place")


rule = Rule(
    id="JUR-009",
    name="worldwide-service",
    title="No service is used that keeps data in many countries at once.",
    severity="high",
    remedy="use a regional service of an approved region instead",
    check=check,
    concerns=lambda type_, law: law.kind(type_) == WORLDWIDE,
)
