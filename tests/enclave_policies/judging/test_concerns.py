"""A rule that says which types are any business of its own finds what it finds when it is asked of all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging import judge
from enclave_policies.judging.packs import EVERY
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.resource import Resource

from tests.corpus_cases import as_resources, load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Question

    from tests.corpus_cases import Case

LAW = EVERY.load(None, None)
CASES = [case for case in load_cases() if not case.law and not case.as_of]
NARROW = [rule.name for rule in EVERY.rules if rule.concerns is not None]
ASKED_OF_ALL = [replace(rule, concerns=None) for rule in EVERY.rules]


@cache
def asked_of_all() -> Mapping[str, Mapping[str, tuple[Finding, ...]]]:
    """Return what rules find that are asked of every type, by case and URN."""
    return {case.id: judge.judge_stack(as_resources(case), LAW, ASKED_OF_ALL) for case in CASES}


def finds_all(case: Case, narrow: Sequence[Question]) -> bool:
    """Whether rules find the same in a case as those that are asked of every type."""
    return judge.judge_stack(as_resources(case), LAW, narrow) == asked_of_all()[case.id]


def test_rules_that_are_asked_of_some_types_find_all_that_they_would_find() -> None:
    assert len(NARROW) >= 10
    assert len(CASES) >= 500
    assert [case.id for case in CASES if not finds_all(case, EVERY.rules)] == []


@pytest.mark.parametrize("name", NARROW)
def test_a_rule_that_is_asked_of_too_few_types_is_noticed(name: str) -> None:
    """The seeded bugs of this family: each of these rules in turn is of no type."""
    spoiled = [replace(rule, concerns=_of_none) if rule.name == name else rule for rule in EVERY.rules]
    telling = (case for case in CASES if any(each.name == name for each in chain(*asked_of_all()[case.id].values())))
    assert not finds_all(next(telling), spoiled)


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
