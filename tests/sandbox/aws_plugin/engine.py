"""The real engine in a private place, with the stand-in plugin on its PATH."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox import toolchain
from sandbox.layout import Layout
from sandbox.services import launchers, pulumi_home

PROGRAMS = Path(__file__).parent
SECRET_KEY = "hush-this-is-the-secret-key"  # noqa: S105 # of nothing


@dataclass(frozen=True)
class Step:
    """What the engine did, or would do, with one resource."""

    urn: str
    type: str
    operation: str
    paths: frozenset[str]
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One run of the engine: exit code, everything it printed, and its steps."""

    code: int
    output: str
    steps: tuple[Step, ...] = ()

    def done(self, *operations: str) -> dict[str, list[Step]]:
        """The steps of AWS resources by type, those of the given operations only."""
        found: dict[str, list[Step]] = {}
        for step in self.steps:
            if step.type.startswith("aws:") and step.operation in operations:
                found.setdefault(step.type, []).append(step)
        return found


@dataclass(frozen=True)
class Engine:
    """A project with a state of its own; `root` is its private place."""

    root: Path
    environment: dict[str, str]
    project: Path
    counter: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    def run(self, *arguments: str) -> Run:
        """Run the engine to its end."""
        command = [str(Layout.of(self.root).bin / "pulumi"), *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            command,
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def recorded(self, operation: str, *arguments: str) -> Run:
        """Run `up`, `preview`, `refresh`, `destroy` or `import` and keep its steps."""
        log = self.root / f"events-{next(self.counter)}.jsonl"
        yes = () if operation == "preview" else ("--yes", "--skip-preview")
        run = self.run(operation, *yes, "--event-log", str(log), *arguments)
        return Run(run.code, run.output, tuple(_steps(log, planned=operation == "preview")))

    def configure(self, **settings: str) -> None:
        """Set the program's config: in the file itself, which is quicker than the command."""
        file = self.project / "Pulumi.dev.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content.setdefault("config", {}).update({f"tried:{name}": value for name, value in settings.items()})
        file.write_text(yaml.safe_dump(content), encoding="utf-8")

    def expect(self, *arguments: str) -> Run:
        """Run the engine; it must succeed."""
        run = self.run(*arguments)
        assert run.code == 0, run.output
        return run

    def resources(self) -> list[dict[str, Any]]:
        """The AWS resources of the state, secrets in the clear."""
        exported = json.loads(self.expect("stack", "export", "--show-secrets").output)
        found = exported["deployment"].get("resources", [])
        return [resource for resource in found if resource["type"].startswith("aws:")]


def _steps(log: Path, *, planned: bool) -> Iterator[Step]:
    kind = "resourcePreEvent" if planned else "resOutputsEvent"
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        event = json.loads(line).get(kind)
        if event:
            data = event["metadata"]
            yield Step(
                data["urn"],
                data["type"],
                data["op"],
                frozenset(data.get("detailedDiff") or ()),
                (data.get("new") or {}).get("outputs") or {},
            )


def make(root: Path, tools: toolchain.Toolchain, program: Path | str, plugin: Path | None = None) -> Engine:
    """An engine for a program (a folder here, or a text), optionally with another plugin program than ours."""
    layout = Layout.of(root)
    launchers.write(layout, tools)
    if plugin:
        launcher = pulumi_home.plugin(layout.pulumi_home, "aws")
        launcher.unlink()
        launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -P {plugin} "$@"\n', encoding="utf-8")
        launcher.chmod(0o755)
    layout.state.mkdir()
    project = root / "project"
    project.mkdir()
    text = program if isinstance(program, str) else (program / "__main__.py").read_text(encoding="utf-8")
    (project / "__main__.py").write_text(text, encoding="utf-8")
    runtime = f"runtime: {{name: python, options: {{virtualenv: {sys.prefix}}}}}\n"
    (project / "Pulumi.yaml").write_text(f"name: tried\n{runtime}", encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "AWS_"))}
    environment = kept | {
        "PATH": os.pathsep.join((str(layout.bin), os.environ["PATH"])),
        "PULUMI_BACKEND_URL": f"file://{layout.state}",
        "PULUMI_HOME": str(layout.pulumi_home),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
        "PULUMI_SKIP_CHECKPOINTS": "true",  # one write of the state at the end, not one at each step
    }
    made = Engine(root, environment, project)
    made.expect("stack", "init", "dev")
    return made
