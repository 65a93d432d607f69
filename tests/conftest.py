"""How hard property tests try (a slice in `make test`, far more with `make campaign`), and which files come first."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from hypothesis import settings

from console.recording.kept import ELSEWHERE

if TYPE_CHECKING:
    import pytest

# The slice asks the same cases in each run: a change is red for what it changed. The campaign draws new ones.
settings.register_profile("slice", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("campaign", max_examples=5000, deadline=None)
settings.load_profile("slice")

# Tests run commands that record what they did: beside the user's own records, never in their place.
RECORDS = tempfile.TemporaryDirectory(prefix="enclave-evidence-")
os.environ.setdefault(ELSEWHERE, RECORDS.name)

# Whole files go to a worker: one that takes minutes must not be the last.
LONGEST_FIRST = (
    "tests/engine/test_provision.py",
    "tests/engine/test_packs.py",
    "tests/engine/",
    "tests/sandbox/aws_plugin/test_contract.py",  # tells the story that others wait for
    "tests/sandbox/services/test_hsm.py",
    "tests/enclave_policies/judging/test_adapter.py",
    "tests/enclave_policies/judging/test_corpus.py",
    "tests/mutation/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest at the beginning; the order within a file stays."""
    items.sort(key=lambda item: next((n for n, place in enumerate(LONGEST_FIRST) if item.nodeid.startswith(place)), 99))
