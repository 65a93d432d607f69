"""What ACC-014 to ACC-016 say of gateways that are not as declared; clean ones stay clean."""

from __future__ import annotations

import pytest

from tests.enclave_policies.access.starts import Case, declared

FAULTS, NEAR_MISSES = 37, 19


@pytest.mark.parametrize("case", declared(), ids=lambda case: case.name)
def test_a_gateway_is_held_to_its_declaration_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    faults = [case for case in declared() if case.expect]
    assert len(faults) >= FAULTS
    assert len(declared()) - len(faults) >= NEAR_MISSES


def test_rows_that_nobody_compares_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: a declared table that says yes to everything."""
    monkeypatch.setattr("enclave_policies.access.rows.Row.fits", lambda *_: True)
    fault = next(case for case in declared() if case.name == "a row that needs no ticket any longer")
    assert fault.differences() != []
