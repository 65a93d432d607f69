"""The samples of the rules and of Kubernetes, many to a test: for a mutant, pytest takes longer than the rules do.

Collected only when named, which mutation testing does; `make test` asks each sample by itself.
"""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.law import Law, load_law

from tests.enclave_policies.sampling import FOLDER, Sample, samples
from tests.enclave_policies.test_kubernetes_cases import cases, findings

TOGETHER = 40
FILES = [samples(file.stem) for file in sorted(FOLDER.glob("*.yaml")) if file.stem != "providers"]
KUBERNETES = [(each.values[0], side == "refused") for side in ("refused", "clean") for each in cases(side)]
GROUPS = [KUBERNETES[first : first + TOGETHER] for first in range(0, len(KUBERNETES), TOGETHER)]


@pytest.fixture(scope="session")
def law() -> Law:
    return load_law()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file[0].name.partition(":")[0])
def test_the_verdict_on_a_files_samples_is_the_expected_one(file: list[Sample], law: Law) -> None:
    for sample in file:
        assert sample.differences(sample.judged(law)) == []


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0][0]["case"])
def test_a_kubernetes_object_is_refused_when_it_leads_out(group: list[tuple[dict[str, Any], bool]], law: Law) -> None:
    for case, leads_out in group:
        assert bool(findings(case, law)) is leads_out
