"""A private place in which the real engine runs small Python programs through our language host."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from sandbox import toolchain
from sandbox.layout import Layout
from sandbox.services import launchers

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Workshop:
    """A project, its packs, and an engine that keeps its state beside them."""

    root: Path
    environment: dict[str, str]

    @property
    def host(self) -> Path:
        """The launcher of our language host."""
        return Layout.of(self.root).bin / "pulumi-language-python"

    def program(self, text: str, virtualenv: str = sys.prefix) -> None:
        """Write the project's program."""
        self._project("project", "Pulumi.yaml", text, virtualenv)

    def pack(self, text: str) -> Path:
        """Write a policy pack and return its folder."""
        return self._project("pack", "PulumiPolicy.yaml", text, sys.prefix)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the engine in the project."""
        return subprocess.Popen(
            [Layout.of(self.root).bin / "pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.root / "project",
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the engine to its end; returns exit code and output."""
        with self.start(*arguments) as engine:
            output = engine.communicate(timeout=120)[0]
        return engine.returncode, output

    def _project(self, folder: str, declaration: str, text: str, virtualenv: str) -> Path:
        place = self.root / folder
        place.mkdir(exist_ok=True)
        options = f"runtime: {{name: python, options: {{virtualenv: {virtualenv}}}}}\n"
        name = "name: tried\n" if declaration == "Pulumi.yaml" else ""
        (place / declaration).write_text(name + options)
        (place / "__main__.py").write_text(dedent(text))
        return place


@pytest.fixture(scope="session")
def tools() -> toolchain.Toolchain:
    found = toolchain.ensure()
    if found.language_host:
        pytest.skip("an official language host is on PATH, so ours is never used")
    return found


@pytest.fixture
def workshop(tools: toolchain.Toolchain, tmp_path: Path) -> Workshop:
    layout = Layout.of(tmp_path)
    launchers.write(layout, tools)
    layout.state.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    environment = kept | {
        "PATH": os.pathsep.join((str(layout.bin), os.environ["PATH"])),
        "PULUMI_BACKEND_URL": f"file://{layout.state}",
        "PULUMI_HOME": str(layout.pulumi_home),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    made = Workshop(tmp_path, environment)
    made.program("")
    code, output = made.run("stack", "init", "dev")
    assert code == 0, output
    return made
