"""What the pack `access` says of bundles: each refusal by its rule and its words, and clean ones stay clean."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.enclave_policies.access.cases import Case, cases

FAULTS, NEAR_MISSES = 12, 8


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_bundle_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_a_rule_that_says_nothing_would_be_noticed() -> None:
    """The seeded bug of this family."""
    refused = next(case for case in cases() if case.expect)
    assert Case(refused.name, {**refused.raw, "decide": []}).differences() != []


def test_a_signature_that_nobody_checks_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of the approvals."""
    monkeypatch.setattr("hosts.gateway.dsse.all_fit", lambda *_: True)
    forged = [case for case in cases() if any("its signature does not fit" in part for part in _said(case))]
    assert forged
    assert all(case.differences() for case in forged)


def test_there_are_as_many_faults_and_near_misses_of_approvals_as_promised() -> None:
    of_approvals = [case for case in cases() if {"approvals", "images", "pods"} & case.raw.keys()]
    assert sum("ACC-006" in case.expect for case in of_approvals) >= FAULTS
    assert sum(not case.expect for case in of_approvals) >= NEAR_MISSES


def _said(case: Case) -> list[str]:
    return [part for parts in case.expect.values() for part in parts]


def test_a_stack_without_gateways_loads_no_cedar() -> None:
    """It would be a third of what a small audit takes."""
    program = "import sys, console.audit.commands, console.audit.judges; sys.exit('cedarpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
