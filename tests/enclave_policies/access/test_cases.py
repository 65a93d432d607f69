"""What the pack `access` says of bundles: each refusal by its rule and its words, and clean ones stay clean."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.enclave_policies.access.cases import Case, cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_bundle_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_a_rule_that_says_nothing_would_be_noticed() -> None:
    """The seeded bug of this family."""
    refused = next(case for case in cases() if case.expect)
    assert Case(refused.name, {**refused.raw, "decide": []}).differences() != []


def test_a_stack_without_gateways_loads_no_cedar() -> None:
    """It would be a third of what a small audit takes."""
    program = "import sys, console.audit.commands, console.audit.judges; sys.exit('cedarpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
