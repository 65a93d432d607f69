"""Turn a refused place into a finding, unless a transfer rule allows the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.reading.flow import flow, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law.instruments import Movement
    from enclave_policies.places.regions import Refusal
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Rule, StackRule
    from enclave_policies.resources.claim import Claim


def refuse(
    rule: Rule | StackRule,
    reading: Reading,
    verb: str,
    path: str,
    refusal: Refusal | None,
    *,
    movement: Movement = "link",
    claim: Claim | None = None,
) -> Iterator[Finding]:
    """Yield the finding that ``verb`` and the place make a sentence of; None: nobody can tell the place."""
    if refusal is None:
        problem = f"{verb} a place that is not known ({path})"
        yield rule.finding(reading, problem, verdict="undetermined", claim=claim)
        return
    problem = f"{verb} {refusal.words} ({path})"
    if refusal.country is not None:
        found = flow(reading, refusal.country, movement)
        if found.basis is not None:
            return
        problem = f"{problem}, {lacking(found)}"
    yield rule.finding(reading, problem, where=refusal.where, country=refusal.country, host=refusal.host, claim=claim)
