"""A stack that is not on the sandbox never meets a stand-in, even when started from a sandbox shell."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from components.declaration import load_declaration
from console.gate.stack import engine_for
from tests.engine.place import project, repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

    from tests.engine.place import Place

program = """
import pulumi_aws as aws
aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
"""


def test_a_real_stack_sees_neither_the_stand_in_nor_the_sandboxs_settings(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in place.variables().items():
        monkeypatch.setenv(name, value)
    engine = engine_for("eu-prod", load_declaration(repository / "stacks" / "eu-prod.yaml"), [])
    settings = " ".join(f"{name}={value}" for name, value in engine.environment.items())
    assert str(place.folder) not in settings
    assert "AWS_ENDPOINT_URL" not in engine.environment
    assert "PULUMI_CONFIG_PASSPHRASE" not in engine.environment


def test_the_engine_finds_no_aws_plugin_for_a_real_stack(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real engine plans an AWS resource: in a sandbox's environment it meets the stand-in, elsewhere nothing."""
    for name, value in place.variables().items():
        monkeypatch.setenv(name, value)
    real = engine_for("eu-prod", load_declaration(repository / "stacks" / "eu-prod.yaml"), []).environment
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("pulumi", "pulumi-language-python"):  # a user of a real stack has installed these
        found = shutil.which(tool, path=place.variables()["PATH"])
        assert found
        (tools / tool).symlink_to(found)
    inside = _plan(place, tmp_path / "inside", place.variables())
    outside = _plan(place, tmp_path / "outside", {**real, "PATH": os.pathsep.join([str(tools), real["PATH"]])})
    missing = "no resource plugin 'pulumi-resource-aws' found"
    assert missing not in inside
    assert "1 to create" in inside or "+ 2 to create" in inside, inside
    assert missing in outside


def _plan(place: Place, folder: Path, variables: dict[str, str] | Mapping[str, str]) -> str:
    project(folder, program)
    settings = {
        "PULUMI_BACKEND_URL": f"file://{folder}",
        "PULUMI_HOME": variables.get("PULUMI_HOME", str(folder / "home")),
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    kept = {name: value for name, value in variables.items() if name != "PULUMI_OPTION_POLICY_PACK"}
    made = place.run("pulumi", "-C", str(folder), "stack", "init", "trial", variables=kept | settings)
    assert made.returncode == 0, made.stdout + made.stderr
    done = place.run("pulumi", "-C", str(folder), "preview", "--non-interactive", variables=kept | settings)
    return done.stdout + done.stderr
