"""A finding is data, and one renderer makes its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from enclave_policies.reading.finding import Finding, Subject, Verdict, Waiver

STORE = Finding(
    rule="JUR-001",
    name="resource-region",
    subject=Subject("urn:x", "aws:s3/bucket:Bucket", "store"),
    verdict="fail",
    problem="would be in Paris",
    remedy="move it",
    approved="Dublin",
)
WAIVER = Waiver("e-1", "Kari", "Aoife", date(2026, 1, 1), date(2026, 12, 31))

PARIS = "would be in Paris; approved: Dublin; to do: move it"


@pytest.mark.parametrize(
    ("verdict", "expected"), [("fail", True), ("undetermined", True), ("waived", False), ("warned", False)]
)
def test_every_finding_refuses_but_a_waived_one(verdict: Verdict, *, expected: bool) -> None:
    assert replace(STORE, verdict=verdict).refuses is expected


@pytest.mark.parametrize(
    ("finding", "rest"),
    [
        (STORE, PARIS),
        (replace(STORE, approved=None), "would be in Paris; to do: move it"),
        (
            replace(STORE, verdict="undetermined"),
            "would be in Paris; cannot be determined and counts as refused; approved: Dublin; to do: move it",
        ),
        (
            replace(STORE, verdict="waived", waiver=WAIVER),
            f"{PARIS}; waived until 2026-12-31 by exception e-1 (owner Kari, approver Aoife)",
        ),
        (
            replace(STORE, waiver=WAIVER),
            f"{PARIS}; exception e-1 covered it from 2026-01-01 until 2026-12-31 only",
        ),
    ],
)
def test_the_sentence_names_rule_subject_problem_places_remedy_and_exception(finding: Finding, rest: str) -> None:
    assert finding.message == f"JUR-001 resource-region: store (aws:s3/bucket:Bucket) {rest}"


def test_under_its_subject_a_finding_repeats_neither_the_name_nor_the_approved_places() -> None:
    assert STORE.clause == "JUR-001 resource-region: would be in Paris; to do: move it"


def test_only_an_exception_that_waives_counts_as_used() -> None:
    assert replace(STORE, verdict="waived", waiver=WAIVER).exception == "e-1"
    assert replace(STORE, waiver=WAIVER).exception is None
