"""JUR-049: what a pod takes from ConfigMaps and Secrets names no place outside the enclave, beside its own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.reading.flow import movement_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.taken import claims_with_taken, depends_on_others, is_taken, sources_of
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.judge import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.places.regions import Refusal
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.claim import Claim

SEALED = "takes a secret that this judge cannot read where a place may be chosen"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge a pod as if it had written what it takes, and what an object keeps that no pod of the stack takes."""
    joined, sources = claims_with_taken(reading, stack), sources_of(reading, stack)
    if joined is reading.claims:
        open_ = [found for found in judged(joined, reading.law) if depends_on_others(found[0], reading)]
        yield from _refused(reading, (found for found in open_ if not is_taken(found[0], reading, stack)))
        return
    settled = {_said(found) for one in (reading, *sources) for found in _alone(one)}
    yield from _refused(reading, (found for found in judged(joined, reading.law) if _said(found) not in settled))
    if any(source.resource.sealed for source in sources):
        told = {claim.path for claim in reading.claims if claim.given == "sealed"}
        for path in dict.fromkeys(claim.path for claim in joined if claim.given == "sealed" and claim.path not in told):
            yield rule.finding(reading, f"{SEALED} ({path})", verdict="undetermined")


def _alone(reading: Reading) -> Iterator[tuple[Claim, Refusal]]:
    """Yield what JUR-027 refuses about a resource, whatever stands beside it."""
    yield from (found for found in judged(reading.claims, reading.law) if not depends_on_others(found[0], reading))


def _said(found: tuple[Claim, Refusal]) -> tuple[str, Refusal]:
    """Return what a refusal is about; the same thing is refused once, where it stands."""
    claim, refusal = found
    return claim.kind, refusal


def _refused(reading: Reading, found: Iterable[tuple[Claim, Refusal]]) -> Iterator[Finding]:
    told: set[tuple[str, Refusal]] = set()
    for claim, refusal in found:
        if (claim.path, refusal) not in told:
            told.add((claim.path, refusal))
            movement = movement_of(claim)
            yield from refuse(rule, reading, "would reach", claim.path, refusal, movement=movement, claim=claim)


rule = StackRule(
    id="JUR-049",
    name="taken-variable",
    title="What a pod takes from ConfigMaps and Secrets names no place outside the enclave.",
    severity="high",
    remedy="use hosts of the enclave or an approved region, and say what the program needs in the pod or what it takes",
    check=check,
    package="kubernetes",
)
