"""The lifecycle tests catch a plugin that pretends to read."""

from pathlib import Path

import pytest

from tests.sandbox.aws_plugin.conftest import MakeEngine
from tests.sandbox.aws_plugin.engine import Run
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.small_programs import TAGGED

FORGETFUL = Path(__file__).with_name("forgetful_plugin.py")
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def _drift(make_engine: MakeEngine, moto: LocalAws, plugin: Path | None) -> Run:
    engine = make_engine(TAGGED, plugin=plugin)
    engine.configure(endpoint=moto.url)
    created = engine.recorded("up")
    assert created.code == 0, created.output
    (group,) = engine.resources()
    moto.ec2.create_tags(Resources=[group["id"]], Tags=[{"Key": "owner", "Value": "somebody"}])
    run = engine.recorded("refresh")
    moto.ec2.delete_security_group(GroupId=group["id"])
    return run


@pytest.mark.parametrize(("plugin", "seen"), [(None, True), (FORGETFUL, False)], ids=["as it is", "with the bug"])
def test_drift_is_seen_by_the_plugin_as_it_is_and_not_with_the_seeded_bug(
    make_engine: MakeEngine, moto: LocalAws, plugin: Path | None, seen: bool
) -> None:
    assert (GROUP in _drift(make_engine, moto, plugin).done("update")) is seen
