"""A stand-in for the runners of GitHub and GitLab: executes the steps of our workflow files with bash, on this machine.

Each job has a fresh clone. The actions that a workflow uses are stood in for: one that is not known here is an error.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from located_yaml import load
from tests.console.ci.expressions import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

CLAUSE: Final = re.compile(r'\$(\w+) == (?:"([^"]*)"|\$(\w+))')


@dataclass(frozen=True)
class Ended:
    """A job that has run: whether it is green, and all that its steps said."""

    green: bool
    log: str


@dataclass
class Runner:
    """Runs jobs: ``source`` is the committed clone, ``folder`` is for what jobs write, ``path`` finds the programs.

    ``kept`` are artifacts by their name, ``sarif`` the files that were uploaded as findings.
    """

    source: Path
    folder: Path
    path: str
    environment: Mapping[str, str] = field(default_factory=dict)
    kept: dict[str, Path] = field(default_factory=dict)
    sarif: list[str] = field(default_factory=list)

    def github(
        self, file: Path, github: dict[str, Any], secrets: Mapping[str, str], *, leave_out: str = ""
    ) -> dict[str, Ended]:
        """Run the jobs of a workflow, and return how each that ran ended."""
        workflow = load(file).data
        ended: dict[str, Ended] = {}
        for name, job in workflow["jobs"].items():
            if name == leave_out:
                continue
            green = ended[job["needs"]].green if "needs" in job else True
            status: dict[str, Callable[..., Any]] = {"success": partial(bool, green), "cancelled": partial(bool, 0)}
            scope = Scope(
                {"github": {**github, "workspace": "WORKSPACE"}, "secrets": dict(secrets), "runner": {"os": "Linux"}},
                status,
            )
            if scope.condition(job.get("if")):
                ended[name] = self._github_job(name, job, workflow.get("env") or {}, scope, github)
        return ended

    def _github_job(
        self, name: str, job: dict[str, Any], shared: dict[str, str], scope: Scope, github: dict[str, Any]
    ) -> Ended:
        workspace, said, green = self._clone(name), list[str](), [True]
        event, summary = self.folder / "event.json", self.folder / f"{name}-summary.md"
        event.write_text(json.dumps(github["event"]), encoding="utf-8")
        functions: dict[str, Callable[..., Any]] = {
            **scope.functions,
            "success": lambda: green[0],
            "hashFiles": lambda pattern: "x" if any(workspace.glob(pattern)) else "",
        }
        own = Scope({**scope.contexts, "github": {**github, "workspace": str(workspace)}}, functions)
        defaults = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": github["repository"],
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REF_NAME": "main",
            **self.environment,
        }
        for step in job["steps"]:
            if not own.condition(step.get("if")):
                continue
            given = {**shared, **(job.get("env") or {}), **(step.get("env") or {})}
            variables = {**defaults, **{key: own.text(str(value)) for key, value in given.items()}}
            if "uses" in step:
                good = self._used(step["uses"].partition("@")[0], step.get("with") or {}, workspace)
            else:
                good = self._bash(own.text(step["run"]), workspace, variables, said)
            green[0] = green[0] and (good or bool(step.get("continue-on-error")))
        return Ended(green[0], "".join(said))

    def gitlab(self, file: Path, variables: Mapping[str, str], *, leave_out: str = "") -> dict[str, Ended]:
        """Run the jobs of a pipeline, stage by stage, and return how each that ran ended."""
        pipeline = load(file).data
        ended: dict[str, Ended] = {}
        for stage in pipeline["stages"]:
            for name, job in pipeline.items():
                if isinstance(job, dict) and job.get("stage") == stage and name != leave_out and _rules(job, variables):
                    ended[name] = self._gitlab_job(name, job, variables)
        return ended

    def _gitlab_job(self, name: str, job: dict[str, Any], variables: Mapping[str, str]) -> Ended:
        workspace, said = self._clone(name), list[str]()
        for needed in job.get("needs") or ():
            if needed["job"] in self.kept:
                shutil.copytree(self.kept[needed["job"]], workspace, dirs_exist_ok=True)
        own = {"GITLAB_CI": "true", **self.environment, **variables, **(job.get("variables") or {})}
        green = all(self._bash(line, workspace, own, said) for line in job["script"])
        for path in job.get("artifacts", {}).get("paths") or ():
            if (workspace / path).exists():
                self.kept[name] = self.folder / f"{name}-artifacts"
                shutil.copytree(workspace / path, self.kept[name] / path)
        return Ended(green, "".join(said))

    def _clone(self, name: str) -> Path:
        workspace = self.folder / name
        shutil.rmtree(workspace, ignore_errors=True)
        git = shutil.which("git") or "git"
        subprocess.run([git, "clone", "--quiet", str(self.source), str(workspace)], check=True, timeout=60)
        return workspace

    def _bash(self, script: str, workspace: Path, variables: Mapping[str, str], said: list[str]) -> bool:
        """Run a script as GitHub does where a step names no shell; `make setup` finds everything set up."""
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        bare = f'exec {sys.executable} -S -E "$@"'  # the system's Python, which has none of our packages
        for name, does in (("make", f"ln -sfn {sys.prefix} .venv"), ("python3", bare)):
            (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
            (programs / name).chmod(0o755)
        packages = f"{workspace}:{workspace / 'policy-packs'}"
        done = subprocess.run(
            ["/bin/bash", "-e", "-c", script],
            cwd=workspace,
            env={
                "PATH": f"{programs}:{self.path}",
                "HOME": str(self.folder / "home"),
                "PYTHONPATH": packages,
                **variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said.append(f"$ {script}\n{done.stdout}{done.stderr}")
        return done.returncode == 0

    def _used(self, action: str, given: dict[str, Any], workspace: Path) -> bool:
        nothing = {"actions/checkout", "actions/setup-python", "actions/cache", "pulumi/actions"}
        if action in nothing:
            return True
        if action == "actions/upload-artifact":
            found = workspace / given["path"]
            if found.exists():
                self.kept[given["name"]] = self.folder / "artifacts" / given["name"]
                shutil.copytree(found, self.kept[given["name"]], dirs_exist_ok=True)
            return found.exists() or bool(given["if-no-files-found"] == "ignore")
        if action == "actions/download-artifact":
            if given["name"] in self.kept:
                shutil.copytree(self.kept[given["name"]], workspace / given["path"], dirs_exist_ok=True)
            return given["name"] in self.kept
        assert action == "github/codeql-action/upload-sarif", action
        files = (workspace / given["sarif_file"]).rglob("*.sarif")
        self.sarif += sorted(str(file.relative_to(workspace)) for file in files)
        return True


def _rules(job: dict[str, Any], variables: Mapping[str, str]) -> bool:
    """Whether a rule lets a job run; ours have `==` and `&&` alone."""
    return any(_holds(rule["if"], variables) for rule in job["rules"])


def _holds(condition: str, variables: Mapping[str, str]) -> bool:
    clauses = [CLAUSE.fullmatch(part) for part in condition.split(" && ")]
    assert all(clauses), condition
    return all(variables.get(one[1], "") == (variables.get(one[3], "") if one[3] else one[2]) for one in clauses if one)
