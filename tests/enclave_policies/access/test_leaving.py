"""What ACC-017 says of leaving flows that have no valid measure; clean ones stay clean."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, get_args

import pytest
from enclave_policies.access.leaving import lacking
from enclave_policies.law.access import Measure
from enclave_policies.law.folder.access import load_access_law

from hosts.deidentify.flow import MEASURES, REGIMES, Field, Flow
from located_yaml import ProblemsError
from tests.enclave_policies.access.starts import Case, leaving

if TYPE_CHECKING:
    from pathlib import Path

FAULTS, NEAR_MISSES = 26, 15
SHIPPED = "policy-packs/access/law"


@pytest.mark.parametrize("case", leaving(), ids=lambda case: case.name)
def test_a_flow_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    faults = [case for case in leaving() if case.expect]
    assert len(faults) >= FAULTS
    assert len(leaving()) - len(faults) >= NEAR_MISSES


def test_a_measure_that_is_always_enough_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("enclave_policies.access.leaving._is_where", lambda *_: True)
    fault = next(case for case in leaving() if case.name == "pseudonyms to China")
    monkeypatch.setattr("enclave_policies.access.leaving._is_about", lambda *_: True)
    assert fault.differences() != []


def test_the_law_and_the_de_identifier_know_the_same_measures_and_regimes() -> None:
    from enclave_policies.law import instruments  # noqa: PLC0415

    assert get_args(Measure) == MEASURES
    assert instruments.REGIMES == REGIMES


def test_a_measure_ends_with_the_adequacy_that_it_leans_on() -> None:
    """The United Kingdom is adequate to the Union until a day."""
    flow = Flow("x", "restricted", "statistics", "lab", "GB", ("eu",), (Field("user", "pseudonym"),))
    (decision,) = (
        one
        for one in load_access_law(as_of=date(2026, 11, 29)).adequacy
        if one.regime == "eu" and "GB" in one.countries and one.in_force(date(2026, 11, 29))
    )
    assert decision.expires is not None
    assert list(lacking(flow, load_access_law(as_of=decision.expires))) == []
    day = date.fromordinal(decision.expires.toordinal() + 1)
    assert "under 'eu' leave to GB pseudonymised" in " ".join(lacking(flow, load_access_law(as_of=day)))


def test_a_table_of_measures_tells_all_its_problems(tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    shutil.copytree(Path(__file__).parents[3] / SHIPPED, tmp_path / "law")
    file = tmp_path / "law" / "measures.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("group_at_least: 20", "group_at_least: 5").replace('"10"', '"much"')
    text = text.replace("where: host", "countries: [XX]").replace("id: tables-anywhere", "id: pseudonyms-inside")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as raised:
        load_access_law(tmp_path)
    said = str(raised.value)
    assert "5 is too small; give at least 10" in said
    assert "'much' is not an amount" in said or '"much" is not an amount' in said
    text = text.replace("group_at_least: 5", "group_at_least: 20").replace('"much"', '"10"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as raised:
        load_access_law(tmp_path)
    said = str(raised.value)
    assert "country 'XX' is not in countries.yaml" in said
    assert "'pseudonyms-inside' is there twice" in said
