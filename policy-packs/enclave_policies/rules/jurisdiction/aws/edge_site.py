"""JUR-026: nothing stands at the edge of a region: an Outpost, a carrier's site, a network border group abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.regions import refused_region, refused_zone
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Refuse edge inputs, except those that name an approved region itself."""
    for mention in reading.of("edge"):
        value = mention.value
        if isinstance(value, str) and value.lower().startswith("arn:"):
            continue  # JUR-004
        if isinstance(value, str) and (
            refused_region(value, reading.law) is None or refused_zone(value, reading.law) is None
        ):
            continue
        words = shown(value) if isinstance(value, str) else "something unknown"
        problem = f"would stand at {words}, at the edge of a region and maybe in another country ({mention.path})"
        yield rule.finding(
            reading, problem, claim=mention, where=value if isinstance(value, str) else None, verdict="undetermined"
        )


rule = Rule(
    id="JUR-026",
    name="edge-site",
    title="Nothing stands at the edge of a region, where the country is not the region's.",
    severity="high",
    remedy="use the zones of an approved region",
    check=check,
    roles=frozenset({"edge"}),
)
