"""What decides a finding is said as data: every refused case of the rule pages and of the corpora shows it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.reading import rule as rules
from enclave_policies.reading.deciding import deciding, values_on
from enclave_policies.reading.finding import Claimed, Finding, Step, Subject
from enclave_policies.reading.reading import read
from enclave_policies.resources.claim import KINDS
from enclave_policies.resources.resource import UNKNOWN, Resource
from enclave_policies.rules.segmentation import SEGMENTATION

from tests.enclave_policies.key_custody import cases as custody
from tests.enclave_policies.said_where import EXEMPT, Exempt, silent, used
from tests.enclave_policies.sampling import urn
from tests.enclave_policies.segmentation import test_breaks as segmentation
from tests.enclave_policies.segmentation.breaking import changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEWEST = 900
Judged = tuple[str, "Sequence[Resource]", "Sequence[Finding]"]


def judged_custody() -> Iterator[Judged]:
    for case in (case for file in ("samples", "faults") for case in custody.cases(file)):
        for planned in (False, True):
            yield case.name, case.stack(planned=planned), case.findings(custody.law(), planned=planned)


def judged_breaks() -> Iterator[Judged]:
    for change in segmentation.BOOK.breaks:
        resources = changed(segmentation.shipped("state"), change, segmentation.BOOK.types, planned=False)
        yield change.id, resources, segmentation.judged(resources, "state")


@cache
def every_case() -> tuple[Judged, ...]:
    return (*judged_custody(), *judged_breaks())


def test_every_finding_carries_the_input_that_decides_it_or_the_path_that_resources_open() -> None:
    wrong = [f"{name}: {one}" for name, resources, found in every_case() for one in silent(found, resources)]
    assert wrong == []
    assert sum(len(found) for _, _, found in every_case()) >= FEWEST


def test_every_exemption_is_needed() -> None:
    needed = frozenset[Exempt]().union(*(used(found) for _, _, found in every_case()))
    assert [one for one in EXEMPT if one not in needed] == []


@pytest.mark.parametrize("broken", ["nothing is said", "a path that is not there"])
def test_seeded_bug_a_rule_that_drops_or_misnames_its_claim_is_caught(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claimed(claim: Any) -> Claimed | None:
        wrong = Claimed("setting", "not.there", "decides")
        told = rules_claimed(claim)
        if told.path != "enableKeyRotation":
            return told
        return None if broken == "nothing is said" else wrong

    rules_claimed = rules._claimed
    monkeypatch.setattr(rules, "_claimed", claimed)
    case = next(case for case in custody.cases("samples") if case.name == "samples: key-rotation disallowed")
    assert list(silent(case.findings(custody.law()), case.stack()))


def test_a_path_through_the_network_is_data_and_is_told_by_the_one_renderer() -> None:
    steps = (Step("a", "b", "tcp 443", ("group x",)), Step("b", "c", "tcp 5432"), Step("b", "d", "tcp 5432"))
    finding = Finding(
        rule="SEG-005",
        name="must-cross",
        subject=Subject("urn", "type", "intent"),
        verdict="fail",
        problem="is gone round",
        remedy="close it",
        steps=steps,
    )
    told = "is gone round: a -> b on tcp 443 by group x; then b -> c, d on tcp 5432; to do: close it"
    assert finding.message == f"SEG-005 must-cross: intent (type) {told}"
    assert finding.clause == f"SEG-005 must-cross: {told}"


KEY = "aws:kms/key:Key"
GIVEN = [
    ({"multiRegion": True}, "multiRegion", "given", True),
    ({"deletionWindowInDays": 7}, "deletionWindowInDays", "given", 7),
    ({}, "deletionWindowInDays", "defaulted", None),
    ({"multiRegion": UNKNOWN}, "multiRegion", "unknown", None),
    ({"description": "hunter2"}, "description", "given", None),
    ({"rules": [{"enabled": False}, {}]}, "rules.enabled", "given", False),
    ({"rules": [{"enabled": False}, {"enabled": True}]}, "rules.enabled", "given", None),
]


@pytest.mark.parametrize(("props", "path", "given", "value"), GIVEN)
def test_a_claim_of_a_setting_says_whether_it_is_given_and_keeps_no_text(
    props: dict[str, Any], path: str, given: str, value: Any
) -> None:
    claim = deciding(read(Resource(urn(KEY, "key"), KEY, "key", props), load_law()), path)
    assert (claim.kind, claim.effect, claim.given, claim.value) == ("setting", "decides", given, value)
    assert claim.kind in KINDS


def test_what_a_sealed_input_holds_is_called_sealed() -> None:
    resource = Resource(urn(KEY, "key"), KEY, "key", {"multiRegion": UNKNOWN}, sealed=True)
    assert deciding(read(resource, load_law()), "multiRegion").given == "sealed"


def test_what_the_reading_knows_of_an_input_is_told_with_it() -> None:
    group = "aws:ec2/securityGroupRule:SecurityGroupRule"
    resource = Resource(urn(group, "open"), group, "open", {"cidrBlocks": ["0.0.0.0/0"], "type": "ingress"})
    (finding,) = judge(resource, load_law(), SEGMENTATION)
    assert finding.claim == Claimed("network", "cidrBlocks", "linked", "given", None)


def test_a_path_leads_through_lists_texts_of_json_and_keys_with_dots() -> None:
    value = {"a.b/c": {"d": [{"e": 1}, '{"e": 2}']}, "text": "e: 3"}
    assert list(values_on(value, "a.b/c.d.e")) == [1, 2]
    assert list(values_on(value, "text.e")) == ["e: 3"]
    assert list(values_on(value, "a.b")) == [None]
