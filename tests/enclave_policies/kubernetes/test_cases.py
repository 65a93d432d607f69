"""Objects of a cluster as people write them: whatever leads out is refused, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.enclave_policies.sampling import samples, urn
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

FOLDER = Path(__file__).parent
HAMAR = samples("image-registry")[0].as_provider()


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def cases(side: str) -> list[Any]:
    read = [case for file in sorted(FOLDER.glob(f"{side}*.yaml")) for case in located_yaml.load(file).data]
    return [pytest.param(case, id=case["case"]) for case in read]


def findings(case: dict[str, Any], law: Law) -> list[Finding]:
    resource = Resource(urn(case["type"], "case"), case["type"], "case", case["props"], HAMAR, custom=True)
    return [finding for found in judge_stack([resource], law, JURISDICTION).values() for finding in found]


@pytest.mark.parametrize("case", cases("refused"))
def test_what_leads_out_of_the_enclave_is_refused_by_a_rule_that_did_not_break(case: dict[str, Any], law: Law) -> None:
    found = findings(case, law)
    assert found
    assert ill_formed(found) == []


@pytest.mark.parametrize("case", cases("clean"))
def test_what_stays_in_the_enclave_is_not_refused(case: dict[str, Any], law: Law) -> None:
    assert [finding.message for finding in findings(case, law)] == []


def test_no_case_stands_twice_or_on_both_sides() -> None:
    names = [param.id for side in ("refused", "clean") for param in cases(side)]
    assert len(names) > 400
    refused, clean = (
        {repr(case) for (case,) in (param.values for param in cases(side))} for side in ("refused", "clean")
    )
    assert refused.isdisjoint(clean)
