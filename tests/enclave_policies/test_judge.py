"""A stack that is judged in two steps, as the engine does it, gets the verdict of one that is judged at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from enclave_policies import judge
from enclave_policies.law import load_law
from enclave_policies.resource import Resource
from enclave_policies.rule import Rule, StackRule
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.stack import Stack

from tests.corpus_cases import as_resources, load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.finding import Finding
    from enclave_policies.reading import Reading

WHOLE = [rule.id for rule in JURISDICTION if isinstance(rule, StackRule)]
CASES = [case for case in load_cases() if not case.law and not case.as_of and case.rules & frozenset(WHOLE)]


def agrees(resources: Sequence[Resource]) -> bool:
    law = load_law()
    readings = [judge.try_read(resource, law) for resource in resources]
    stack = Stack(readings)
    at_once = judge.judge_stack(resources, law)
    return all(
        (*judge.judge_reading(reading), *judge.judge_in_stack(reading, stack)) == at_once[reading.resource.urn]
        for reading in readings
    )


def test_two_steps_find_what_one_finds() -> None:
    assert len(CASES) >= 50
    assert [case.id for case in CASES if not agrees(as_resources(case))] == []


@pytest.mark.parametrize("kind", [Rule, StackRule])
def test_a_step_that_asks_too_little_is_noticed(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: rules that only one resource, or only the whole stack, answers are left out."""
    asked = tuple(rule for rule in JURISDICTION if not isinstance(rule, kind))
    whole = judge.judge_stack
    monkeypatch.setattr(judge, "judge_stack", lambda resources, law: whole(resources, law, asked))
    assert not all(agrees(as_resources(case)) for case in CASES)


def test_a_rule_is_asked_of_its_own_package_alone() -> None:
    def check(reading: Reading) -> Iterator[Finding]:
        yield rule.finding(reading, "is not liked")

    rule = Rule(
        id="JUR-999",
        name="picky",
        title="Nothing is liked.",
        severity="low",
        remedy="none",
        check=check,
        package="kubernetes",
    )
    law = load_law()
    types = ("kubernetes:core/v1:Pod", "aws:s3/bucket:Bucket")
    readings = [judge.try_read(Resource("urn", type_, "r"), law) for type_ in types]
    assert [len(judge.judge_reading(reading, [rule])) for reading in readings] == [1, 0]


def test_a_pack_without_the_rule_on_records_says_nothing_of_them() -> None:
    rules = tuple(rule for rule in JURISDICTION if rule.name != judge.RECORDED)
    law = load_law()
    for case in CASES:
        readings = [judge.try_read(resource, law) for resource in as_resources(case)]
        stack = Stack(readings)
        found = [finding.rule for one in readings for finding in judge.judge_in_stack(one, stack, rules)]
        assert set(found) <= {rule.id for rule in rules}
