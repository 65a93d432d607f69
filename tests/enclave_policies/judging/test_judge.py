"""A stack that is judged in two steps, as the engine does it, gets the verdict of one that is judged at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging import judge
from enclave_policies.law.folder import load_law
from enclave_policies.reading.reading import DEEPEST
from enclave_policies.reading.rule import Rule, StackRule
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

from tests.corpus_cases import as_resources, load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Question

WHOLE = [rule.id for rule in JURISDICTION if isinstance(rule, StackRule)]
CASES = [case for case in load_cases() if not case.law and not case.as_of and case.rules & frozenset(WHOLE)]
RECORDED = next(rule for rule in JURISDICTION if rule.name == judge.RECORDED)
DUBLIN = Provider("urn:p", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})


def function(url: str, recorded: str | None = None) -> Resource:
    """Return a function that is told one address, and of which maybe another one is recorded."""
    props, outputs = ({"environment": {"variables": {"SINK": each}}} for each in (url, recorded))
    return Resource("urn", "aws:lambda/function:Function", "f", props, DUBLIN, outputs=outputs if recorded else {})


DRIFTED = function("https://api.hamar.example", "https://evil.net")


def in_stack(resource: Resource, rules: Sequence[Question] = JURISDICTION) -> tuple[Finding, ...]:
    """Return what is found on a resource that is a stack by itself, in the second step."""
    reading = judge.try_read(resource, load_law())
    return judge.judge_in_stack(reading, Stack([reading]), rules)


def agrees(resources: Sequence[Resource]) -> bool:
    law = load_law()
    readings = [judge.try_read(resource, law) for resource in resources]
    stack = Stack(readings)
    at_once = judge.judge_stack(resources, law, JURISDICTION)
    return all(
        (*judge.judge_reading(reading, JURISDICTION), *judge.judge_in_stack(reading, stack, JURISDICTION))
        == at_once[reading.resource.urn]
        for reading in readings
    )


def test_two_steps_find_what_one_finds() -> None:
    assert len(CASES) >= 50
    assert [case.id for case in CASES if not agrees(as_resources(case))] == []
    assert agrees([DRIFTED])


@pytest.mark.parametrize("kind", [Rule, StackRule])
def test_a_step_that_asks_too_little_is_noticed(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: rules that only one resource, or only the whole stack, answers are left out."""
    asked = tuple(rule for rule in JURISDICTION if not isinstance(rule, kind))
    whole = judge.judge_stack
    monkeypatch.setattr(judge, "judge_stack", lambda resources, law, _: whole(resources, law, asked))
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


def test_a_rule_that_breaks_leaves_the_resource_undetermined_with_what_was_found_before() -> None:
    def check(reading: Reading) -> Iterator[Finding]:
        yield rule.finding(reading, "is not liked")
        raise KeyError("a value")

    rule = Rule(id="JUR-999", name="picky", title="Nothing is liked.", severity="low", remedy="none", check=check)
    found = judge.judge(Resource("urn", "aws:s3/bucket:Bucket", "r"), load_law(), [rule])
    assert [finding.verdict for finding in found] == ["fail", "undetermined"]
    assert "could not be judged: the rule broke (KeyError); cannot be determined" in found[1].message


def test_a_pack_without_the_rule_on_records_says_nothing_of_them() -> None:
    rules = tuple(rule for rule in JURISDICTION if rule.name != judge.RECORDED)
    law = load_law()
    for case in CASES:
        readings = [judge.try_read(resource, law) for resource in as_resources(case)]
        stack = Stack(readings)
        found = [finding.rule for one in readings for finding in judge.judge_in_stack(one, stack, rules)]
        assert set(found) <= {rule.id for rule in rules}
    assert in_stack(DRIFTED, rules) == ()


def test_a_record_that_leads_elsewhere_than_was_asked_for_is_refused_with_what_it_leads_to() -> None:
    (finding,) = in_stack(DRIFTED)
    assert (finding.rule, finding.verdict, finding.where) == (RECORDED.id, "fail", "evil.net")
    assert "is recorded otherwise than it was asked for, and would copy data to 'evil.net'" in finding.message
    assert "(JUR-015)" in finding.message
    assert finding.claim is not None
    assert (finding.claim.kind, finding.claim.path) == ("host", "environment.variables.SINK")


def test_a_record_is_judged_by_the_rules_of_the_pack_alone() -> None:
    assert in_stack(DRIFTED, [RECORDED]) == ()


def test_what_was_asked_for_is_not_said_of_the_record_again() -> None:
    def check(reading: Reading) -> Iterator[Finding]:
        yield rule.finding(reading, "is not liked", where="anywhere")

    rule = Rule(id="JUR-999", name="picky", title="Nothing is liked.", severity="low", remedy="none", check=check)
    assert in_stack(DRIFTED, [rule, RECORDED]) == ()
    assert in_stack(function("https://evil.net", "https://evil.net:8443")) == ()


@pytest.mark.parametrize("recorded", [{}, {"url": "a"}, {"url": None}, {"url": ""}, {"url": UNKNOWN}, {"other": "b"}])
def test_a_record_that_says_nothing_else_than_the_inputs_is_not_judged(recorded: dict[str, Any]) -> None:
    resource = Resource("urn", "aws:sqs/queue:Queue", "r", {"url": "a"}, DUBLIN, outputs=recorded)
    assert judge.as_recorded(judge.try_read(resource, load_law())) is None


def test_the_record_of_a_provider_is_not_judged_as_it_is_spelled_otherwise() -> None:
    provider = Resource("urn", DUBLIN.type, "p", {"endpoints": []}, outputs={"endpoints": "[]"})
    assert judge.as_recorded(judge.try_read(provider, load_law())) is None


def test_a_resource_that_cannot_be_read_is_refused_by_every_rule_that_it_might_break() -> None:
    value: Any = "x"
    for _ in range(DEEPEST + 2):
        value = [value]
    resource = Resource("urn", "aws:s3/bucket:Bucket", "r", {"value": value}, DUBLIN)
    found = judge.judge_stack([resource], load_law(), JURISDICTION)["urn"]
    assert {finding.rule for finding in found} == {r.id for r in JURISDICTION if r.package in (None, "aws")}
    assert {(finding.urn, finding.verdict) for finding in found} == {("urn", "undetermined")}
    words = "could not be judged: its inputs cannot be read (nested too deeply); cannot be determined"
    assert all(words in finding.message for finding in found)
