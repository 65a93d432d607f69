"""What the segmentation rules say of one resource or object alone, in milliseconds; breaks ask for whole stacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import UNKNOWN, Resource
from enclave_policies.rules.segmentation import SEGMENTATION, pod_exposure

import located_yaml
from tests.corpus_cases import with_unknowns
from tests.enclave_policies.sampling import urn
from tests.enclave_policies.wellformed import ill_formed

CASES: list[Any] = located_yaml.load(Path(__file__).with_name("objects.yaml")).data


def differs(case: Any) -> list[str]:
    """Return what the rules say of a case otherwise than it expects."""
    type_ = case["type"] if case["type"].startswith("aws:") else f"kubernetes:{case['type']}"
    resource = Resource(urn(type_, "it"), type_, "it", with_unknowns(case["props"], UNKNOWN))
    found = judge_stack([resource], load_law(), SEGMENTATION)[resource.urn]
    said = " ".join(finding.message for finding in found)
    wrong = ill_formed(found)
    if {finding.rule for finding in found} != set(case["rules"]) or case.get("says", "") not in said:
        wrong.append(f"{case['rules']} should speak, but: {said}")
    if "where" in case and case["where"] not in {finding.where for finding in found}:
        wrong.append(f"no finding is about {case['where']}: {said}")
    return wrong


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_exactly_the_expected_rules_speak_of_an_object(case: Any) -> None:
    assert differs(case) == []


def test_seeded_bug_a_rule_that_looks_into_no_container_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_exposure, "CONTAINERS", ())
    assert any(differs(case) for case in CASES)
