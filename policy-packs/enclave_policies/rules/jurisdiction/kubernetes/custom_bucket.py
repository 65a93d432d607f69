"""JUR-044: custom resources keep data only in buckets whose place is known, or in an object store of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.own import has_own_endpoint
from enclave_policies.reading.objects import surveyed
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

BUCKET = re.compile(r"(?i).*buckets?(_?names?)?")


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge buckets by name: of this stack (JUR-001 judges its place), of the law, or behind an own host."""
    for found, survey in surveyed(reading):
        if not found.custom:
            continue
        named = [
            text for text in survey.texts if BUCKET.fullmatch(text.name) and isinstance(text.value, str) and text.value
        ]
        if not named or has_own_endpoint(survey, reading.law, store=True):
            continue
        for text in named:
            if text.value not in reading.law.buckets and text.value not in stack.buckets:
                problem = f"keeps data in the bucket {shown(text.value)} ({text.path}), which is not of this stack"
                yield rule.finding(reading, problem, verdict="undetermined")


rule = StackRule(
    id="JUR-044",
    name="custom-bucket",
    title="Custom resources keep data only in buckets whose place is known.",
    severity="high",
    remedy="use a bucket of this stack or the site's own object store, or list it in law/approved.yaml (buckets)",
    check=check,
    package="kubernetes",
)
