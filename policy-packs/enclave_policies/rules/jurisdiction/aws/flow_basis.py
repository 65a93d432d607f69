"""JUR-010: every copy of data to another place, and every way there, has a legal basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import owner
from enclave_policies.places.regions import refused_region, refused_zone
from enclave_policies.reading.flow import VERBS, flow, lacking, movement_of
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.claim import Claim

ROLES = (
    *("region:destination", "region-keys:destination", "region:place", "region:opens", "region:link", "region:source"),
    "place",
)


def check(reading: Reading) -> Iterator[Finding]:
    """Judge every region that an input names, by what the type table says that it means there."""
    for role in ROLES:
        for mention in reading.of(role):
            for code in _codes(mention.value):
                yield from _judge(reading, mention, code)


def _codes(value: Any) -> list[str]:
    """Return the codes of an input; some hold several with commas between, and ARNs are JUR-004's."""
    if not isinstance(value, str):
        return []  # JUR-008 refuses what is unknown
    return [code.strip() for code in value.split(",") if code.strip() and not code.strip().lower().startswith("arn:")]


def _judge(reading: Reading, mention: Claim, code: str) -> Iterator[Finding]:
    law = reading.law
    refusal = refused_zone(code, law) if code in law.zones else refused_region(code, law)
    if refusal is None:
        return
    found = flow(reading, refusal.country, movement_of(mention), owner(reading).classes)
    if found.basis is None:
        problem = f"{VERBS[found.movement]} {refusal.words or shown(code)} ({mention.path}), {lacking(found)}"
        yield rule.finding(reading, problem, claim=mention, where=refusal.where, country=refusal.country)


rule = Rule(
    id="JUR-010",
    name="flow-basis",
    title="Every copy of data to another place, and every way there, has a legal basis.",
    severity="critical",
    remedy="keep it in an approved region, or give the flow a transfer rule (law/transfers.yaml)",
    check=check,
    roles=frozenset(ROLES),
)
