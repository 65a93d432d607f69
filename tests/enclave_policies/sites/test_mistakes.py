"""Mistakes about where and when data may be: each is refused by the rule that it breaks, and no near miss is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.law.placing import unplaced
from enclave_policies.rules.jurisdiction import JURISDICTION, class_placement

import located_yaml
from tests.corpus_cases import Case, as_resources, pack_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.rule import Question

DATA = located_yaml.load(Path(__file__).with_name("mistakes.yaml")).data


def _case(raw: Mapping[str, Any]) -> Case:
    day = date.fromisoformat(raw["as_of"]) if "as_of" in raw else None
    resources = tuple(raw["resources"])
    return Case(raw["id"], raw["title"], raw["verdict"], resources, frozenset(raw.get("rules", ())), as_of=day)


CASES = [(_case(raw), raw.get("law")) for raw in DATA["cases"]]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str | None, Path]:
    """The pack of each law that cases name."""
    made = {name: Case("law", name, "clean", (), law=law) for name, law in DATA["laws"].items()}
    return {
        None: pack_of(CASES[0][0], Path()),
        **{n: pack_of(c, tmp_path_factory.mktemp("law")) for n, c in made.items()},
    }


def _refusing(case: Case, law: Law, rules: Sequence[Question] = JURISDICTION) -> set[str]:
    findings = judge_stack(as_resources(case), law, rules).values()
    return {finding.rule for each in findings for finding in each if finding.refuses}


@pytest.mark.parametrize(("case", "law"), CASES, ids=lambda each: each.id if isinstance(each, Case) else "")
def test_each_mistake_is_refused_by_its_rule_and_each_near_miss_is_clean(
    case: Case, law: str | None, packs: Mapping[str | None, Path]
) -> None:
    found = _refusing(case, load_law(packs[law], as_of=case.as_of))
    assert found == set() if case.verdict == "clean" else found >= case.rules, found


def test_a_bug_that_takes_one_regime_for_all_is_caught(
    packs: Mapping[str | None, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_placement, "unplaced", _of_any_regime)
    missed = [case.id for case, law in CASES if case.rules - _refusing(case, load_law(packs[law], as_of=case.as_of))]
    assert "P02-unsaid-subjects" in missed


def _of_any_regime(law: Law, classes: Any, regimes: Any, country: str) -> Any:
    found = unplaced(law, classes, regimes, country)
    return [each for each in found if len(each.regimes) == len(regimes)]


def test_a_store_abroad_is_refused_for_its_place_and_not_for_its_class_too(packs: Mapping[str | None, Path]) -> None:
    (near,) = (case for case, _ in CASES if case.id == "P02-telemetry-near")
    london = [{**each, "provider": "london"} if "provider" in each else each for each in near.resources]
    assert "JUR-050" not in _refusing(replace(near, resources=london), load_law(packs["swiss"]))
