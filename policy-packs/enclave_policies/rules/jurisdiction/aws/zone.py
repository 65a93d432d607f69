"""JUR-003: every zone is one of an approved region, by its whole name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.places.regions import refused_zone
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

NO_ZONE = ("", "all")  # a target outside the network is reached from all zones of the balancer


def check(reading: Reading) -> Iterator[Finding]:
    """Judge every zone name and zone id among the inputs; some inputs hold several, with commas between."""
    if reading.setting("optInStatus") == "not-opted-in":
        return
    for mention in reading.of("zone"):
        if not isinstance(mention.value, str):
            continue
        for zone in mention.value.split(","):
            refusal = refused_zone(zone.strip(), reading.law) if zone.strip() not in NO_ZONE else None
            if refusal:
                problem = f"would be in {refusal.words} ({mention.path})"
                yield rule.finding(reading, problem, claim=mention, where=refusal.where, country=refusal.country)


rule = Rule(
    id="JUR-003",
    name="zone",
    title="Every zone is one of an approved region, by its whole name.",
    severity="critical",
    remedy="name a zone of an approved region (its region's name and one letter); local zones may lie abroad",
    check=check,
    roles=frozenset({"zone"}),
)
