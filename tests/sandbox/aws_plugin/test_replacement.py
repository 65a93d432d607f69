"""What AWS can't change in place is made anew, in the order that names allow."""

import pytest

from tests.sandbox.aws_plugin.conftest import MakeEngine
from tests.sandbox.aws_plugin.engine import Run
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.small_programs import REPLACED


@pytest.fixture(scope="module")
def runs(make_engine: MakeEngine, moto: LocalAws) -> tuple[Run, Run, Run]:
    engine = make_engine(REPLACED)
    engine.configure(endpoint=moto.url)
    created = engine.recorded("up")
    engine.configure(moved="true")
    replaced = engine.recorded("up")
    return created, replaced, engine.recorded("destroy")


def test_every_run_succeeds(runs: tuple[Run, Run, Run]) -> None:
    assert [run.output for run in runs if run.code] == []


@pytest.mark.parametrize("token", ["aws:ec2/subnet:Subnet", "aws:iam/role:Role", "aws:kms/key:Key"])
def test_a_change_that_aws_does_not_take_makes_a_new_resource(runs: tuple[Run, Run, Run], token: str) -> None:
    assert len(runs[1].done("replace")[token]) == 1


def test_a_property_with_a_new_value_keeps_its_neighbours(runs: tuple[Run, Run, Run]) -> None:
    assert "aws:ec2/vpc:Vpc" not in runs[1].done("replace", "update")


def test_the_old_resource_goes_first_when_the_new_one_has_its_name(runs: tuple[Run, Run, Run]) -> None:
    order = [(step.type.rpartition(":")[2], step.operation) for step in runs[1].steps]
    assert order.index(("Role", "delete-replaced")) < order.index(("Role", "create-replacement"))


def test_the_new_resource_comes_first_when_names_do_not_matter(runs: tuple[Run, Run, Run]) -> None:
    order = [(step.type.rpartition(":")[2], step.operation) for step in runs[1].steps]
    assert order.index(("Subnet", "create-replacement")) < order.index(("Subnet", "delete-replaced"))
