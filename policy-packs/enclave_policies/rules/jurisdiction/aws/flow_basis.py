"""JUR-010: every copy of data to another place, and every way there, has a legal basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.regions import refused_region, refused_zone
from enclave_policies.reading.flow import VERBS, flow, lacking
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law.instruments import Movement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Mention, Reading

MOVEMENTS: dict[str, Movement] = {
    "region:destination": "copy",
    "region-keys:destination": "copy",
    "region:place": "copy",
    "region:opens": "copy",
    "region:link": "link",
    "region:source": "import",
    "place": "link",
}


def check(reading: Reading) -> Iterator[Finding]:
    """Judge every region that an input names, by what the type table says that it means there."""
    closes = reading.resource.props.get("enabled") is False  # a region that is opted out of
    for role, movement in MOVEMENTS.items():
        if closes and role == "region:opens":
            continue
        for mention in reading.of(role):
            for code in _codes(mention.value):
                yield from _judge(reading, mention, code, movement)


def _codes(value: Any) -> list[str]:
    """Return the codes of an input; some hold several with commas between, and ARNs are JUR-004's."""
    if not isinstance(value, str):
        return []  # JUR-008 refuses what is unknown
    return [code.strip() for code in value.split(",") if code.strip() and not code.strip().lower().startswith("arn:")]


def _judge(reading: Reading, mention: Mention, code: str, movement: Movement) -> Iterator[Finding]:
    law = reading.law
    refusal = refused_zone(code, law) if code in law.zones else refused_region(code, law)
    if refusal is None:
        return
    found = flow(reading, refusal.country, movement)
    if found.basis is None:
        problem = f"{VERBS[movement]} {refusal.words or shown(code)} ({mention.path}), {lacking(found)}"
        yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)


rule = Rule(
    id="JUR-010",
    name="flow-basis",
    title="Every copy of data to another place, and every way there, has a legal basis.",
    severity="critical",
    remedy="keep it in an approved region, or give the flow a transfer rule (law/transfers.yaml)",
    check=check,
    roles=frozenset(MOVEMENTS),
)
