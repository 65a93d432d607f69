"""The tables of `enclave adopt`: each type can be listed and read, and each question is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import jmespath  # type: ignore[import-untyped]
import pytest
from botocore import xform_name

from console.adopt.objects import kinds
from console.adopt.owning import holders
from console.gate.recover.aws_finding import filled
from console.gate.recover.aws_table import table
from sandbox.aws_plugin.registry import RESOURCE_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

AWS, CLUSTERS = kinds("aws"), kinds("kubernetes")


def test_there_are_four_kinds() -> None:
    assert (sorted(AWS), sorted(CLUSTERS)) == (["bucket", "key", "vpc"], ["namespace"])


@pytest.mark.parametrize("kind", sorted(AWS))
def test_every_type_can_be_listed_and_the_stand_in_reads_it(kind: str) -> None:
    types = {AWS[kind]["type"], *AWS[kind]["parts"]}
    assert types <= table().keys()
    assert types <= RESOURCE_TYPES.keys()


@pytest.mark.parametrize("kind", sorted(AWS))
def test_what_must_be_is_looked_for_in_a_part_or_in_a_list(kind: str) -> None:
    asked = {each["operation"] for each in table()[AWS[kind]["type"]].get("each", ()) if "where" in each}
    for must in AWS[kind].get("must", ()):
        assert must.get("part") in AWS[kind]["parts"] or must.get("asked") in asked
        jmespath.compile(must["at"])


def questions() -> list[Mapping[str, Any]]:
    return [never for row in AWS.values() for never in row.get("never", ())]


@pytest.mark.parametrize("never", questions(), ids=lambda never: never["ask"])
def test_every_question_only_reads_and_its_answer_has_the_place(never: Mapping[str, Any]) -> None:
    service, operation = never["ask"].split()
    assert operation.startswith(("describe_", "get_", "list_"))
    make: Any = boto3.client
    model = make(service, region_name="eu-west-1").meta.service_model
    (name,) = [each for each in model.operation_names if xform_name(each) == operation]
    shape = model.operation_model(name)
    at = filled(never["at"], {"id": "x"})
    jmespath.compile(at)
    assert at.partition("[")[0].partition(".")[0] in shape.output_shape.members
    assert set(never.get("parameters", {})) <= set(shape.input_shape.members)


def test_every_holder_is_a_name_that_another_tool_sets() -> None:
    assert all("/" in name or name.startswith("aws:") for name in holders())
