"""JUR-044: what runs in a cluster keeps data only in buckets whose place is known, or in the site's own store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.taken import claims_with_taken, depends_on_others, is_taken
from enclave_policies.texts.judge import stores_of_others

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge buckets by name: of this stack (JUR-001 judges its place), of the law, or behind an own host."""
    told: set[str] = set()
    for claim in stores_of_others(claims_with_taken(reading, stack), reading.law):
        name = claim.value
        if depends_on_others(claim, reading) and is_taken(claim, reading, stack):
            continue  # the pods that take it answer for it
        if name not in told and name not in reading.law.buckets and name not in stack.buckets:
            told.add(name)
            problem = f"keeps data in the bucket {shown(name)} ({claim.path}), which is not of this stack"
            remedy = f"name the bucket; {name} is a region" if name in reading.law.regions else None
            yield rule.finding(reading, problem, verdict="undetermined", claim=claim, remedy=remedy)


rule = StackRule(
    id="JUR-044",
    name="custom-bucket",
    title="What runs in a cluster keeps data only in buckets whose place is known.",
    severity="high",
    remedy="use a bucket of this stack or the site's own object store; law/approved.yaml lists only the enclave's own",
    check=check,
    package="kubernetes",
)
