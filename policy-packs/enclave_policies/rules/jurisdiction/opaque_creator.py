"""JUR-013: nothing creates what no judge can see: templates, charts, scripts, other clouds' calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

OPAQUE = frozenset({"opaque", "kubernetes-opaque"})


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse types that create or run things which the engine does not show, and groups that a provider manages."""
    grouped = reading.kind == "component" and reading.resource.provider is not None
    if reading.kind in OPAQUE or grouped:
        problem = "would create or run what no judge sees before it exists"
        yield rule.finding(reading, problem, verdict="undetermined")


rule = Rule(
    id="JUR-013",
    name="opaque-creator",
    title="Nothing creates what no judge can see.",
    severity="high",
    remedy="declare its resources one by one, or have this one reviewed and excepted (law/exceptions.yaml)",
    check=check,
    concerns=lambda type_, law: law.kind(type_) in (*OPAQUE, "component"),
)
