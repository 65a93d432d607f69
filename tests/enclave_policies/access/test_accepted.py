"""What ACC-018 says of sites that hold user data: each open gate is named, and an accepted site comes out clean."""

from __future__ import annotations

import pytest
from enclave_policies.access import acceptance

from tests.enclave_policies.access.accepted import Case, accepted

FAULTS, NEAR_MISSES = 24, 7


@pytest.mark.parametrize("case", accepted(), ids=lambda case: case.name)
def test_a_site_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    faults = [case for case in accepted() if case.expect]
    assert len(faults) >= FAULTS
    assert len(accepted()) - len(faults) >= NEAR_MISSES


def test_a_signature_that_nobody_verifies_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(acceptance, "_fits", lambda *_: True)
    assert [case.name for case in accepted() if case.differences()] == [
        "a stranger who signs under the name of a listed key",
        "an acceptance that was changed after it was signed",
    ]
