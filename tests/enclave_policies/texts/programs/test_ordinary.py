"""What people ordinarily write for programs that stay in the cluster passes every rule of the pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.rules.jurisdiction import JURISDICTION

from tests.enclave_policies.texts.programs.places import in_config_maps, of_object, with_values
from tests.enclave_policies.texts.programs.test_programs import OF_THE_PLACE

if TYPE_CHECKING:
    from enclave_policies.resources.resource import Resource

FOLDER = Path(__file__).parent / "ordinary"


def documents() -> list[Any]:
    """Return every document as a parameter of a test."""
    return [
        pytest.param(document, id=f"{file.stem}-{index}")
        for file in sorted(FOLDER.glob("*.yaml"))
        for index, document in enumerate(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    ]


def carried(document: dict[str, Any]) -> list[Resource]:
    if "files" in document:
        return in_config_maps(document["files"])
    return [with_values(document["values"])] if "values" in document else [of_object(document)]


@pytest.mark.parametrize("document", documents())
def test_it_is_not_refused(document: dict[str, Any]) -> None:
    law = load_law()
    for resource in carried(document):
        findings = judge_stack([resource], law, JURISDICTION)[resource.urn]
        assert [finding.message for finding in findings if finding.rule not in OF_THE_PLACE] == []


def test_there_are_as_many_as_was_promised() -> None:
    assert sum(len(carried(param.values[0])) for param in documents()) >= 40
