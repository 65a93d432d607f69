"""Turn a refused place into a finding, unless a transfer rule allows the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.flow import flow, lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.instruments import Movement
    from enclave_policies.reading import Reading
    from enclave_policies.regions import Refusal
    from enclave_policies.rule import Rule, StackRule


def refuse(
    rule: Rule | StackRule,
    reading: Reading,
    verb: str,
    path: str,
    refusal: Refusal | None,
    *,
    movement: Movement = "link",
) -> Iterator[Finding]:
    """Yield the finding that ``verb`` and the place make a sentence of; None: nobody can tell the place."""
    if refusal is None:
        problem = f"{verb} a place that nobody can tell ({path})"
        yield rule.finding(reading, problem, verdict="undetermined")
        return
    problem = f"{verb} {refusal.words} ({path})"
    if refusal.country is not None:
        found = flow(reading, refusal.country, movement)
        if found.basis is not None:
            return
        problem = f"{problem}, {lacking(found)}"
    yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)
