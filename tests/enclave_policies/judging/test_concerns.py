"""A rule that says which types are any business of its own finds what it finds when it is asked of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enclave_policies.judging import judge
from enclave_policies.judging.packs import EVERY
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.resource import Resource

from tests.corpus_cases import as_resources, load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Question

LAW = EVERY.load(None, None)
CASES = [case for case in load_cases() if not case.law and not case.as_of]
NARROW = [rule.name for rule in EVERY.rules if rule.concerns is not None]
ASKED_OF_ALL = [replace(rule, concerns=None) for rule in EVERY.rules]


def differing(narrow: Sequence[Question]) -> Iterator[str]:
    """Yield the cases on which rules find something else than those that are asked of every type."""
    for case in CASES:
        resources = as_resources(case)
        if judge.judge_stack(resources, LAW, narrow) != judge.judge_stack(resources, LAW, ASKED_OF_ALL):
            yield case.id


def test_rules_that_are_asked_of_some_types_find_all_that_they_would_find() -> None:
    assert len(NARROW) >= 10
    assert len(CASES) >= 500
    assert list(differing(EVERY.rules)) == []


def test_a_rule_that_is_asked_of_too_few_types_is_noticed() -> None:
    """The seeded bugs of this family: each of these rules in turn is of no type."""
    for name in NARROW:
        spoiled = [replace(rule, concerns=_of_none) if rule.name == name else rule for rule in EVERY.rules]
        assert next(differing(spoiled), None), name


def _of_none(_type: str, _law: Law) -> bool:
    return False


def test_a_rule_that_breaks_while_it_says_what_concerns_it_is_asked() -> None:
    def check(reading: Reading) -> Iterator[Finding]:
        yield rule.finding(reading, "is not liked")

    def breaks(_type: str, _law: Law) -> bool:
        raise KeyError

    rule = Rule(
        id="JUR-999",
        name="picky",
        title="Nothing is liked.",
        severity="low",
        remedy="none",
        check=check,
        concerns=breaks,
    )
    reading = judge.try_read(Resource("urn", "aws:s3/bucket:Bucket", "b"), LAW)
    assert [finding.problem for finding in judge.judge_reading(reading, [rule])] == ["is not liked"]
