"""JUR-007: the catalog knows the resource's type, so that somebody has thought about where it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

UNJUDGED = (None, "foreign", "no-region")


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse types that nobody has judged. A component has no provider and no place; its children are judged."""
    resource, kind = reading.resource, reading.kind
    if kind not in UNJUDGED:
        return
    itself = resource.as_provider
    looks_like_component = kind is None and resource.provider is None and itself is None
    if resource.custom is False or (looks_like_component and resource.custom is None):
        return
    problem = "is of a type that the catalog does not know, so its place cannot be told"
    yield rule.finding(reading, problem)


rule = Rule(
    id="JUR-007",
    name="known-type",
    title="The catalog knows the resource's type.",
    severity="high",
    remedy="use a type of the catalog, or judge this one in law/catalog/kinds",
    check=check,
    concerns=lambda type_, law: law.kind(type_) in UNJUDGED,
)
