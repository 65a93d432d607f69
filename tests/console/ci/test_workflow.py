"""The workflows run pinned code only, with the engine that the tests run, and linters of others find nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from located_yaml import load
from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.key import key
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.provide import build_missing
from sandbox.toolchain.table import ACTIONLINT_TOOL, PULUMI

WORKFLOWS = Path(__file__).parents[3] / ".github" / "workflows"
PINNED = re.compile(r"\s*(?:- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
GITLAB = WORKFLOWS.parents[1] / "docs" / "ci" / "gitlab.yml"
OF_GITHUB = ("actions/", "github/codeql-action/")
USES = re.compile(r"\buses\b")


def unpinned(text: str) -> list[str]:
    """Return the lines that use an action which may become another one."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [line for line in lines if USES.search(line) and not PINNED.fullmatch(line)]


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a job does."""
    return list(job["steps"])


def jobs() -> dict[str, dict[str, Any]]:
    """Return the jobs of the shipped workflows, each as FILE.JOB."""
    files = sorted(WORKFLOWS.glob("*.yml"))
    return {f"{file.stem}.{name}": job for file in files for name, job in load(file).data["jobs"].items()}


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    files = [*WORKFLOWS.glob("*.y*ml")]
    assert files
    assert {file.name: unpinned(file.read_text(encoding="utf-8")) for file in files} == {f.name: [] for f in files}


def test_an_action_that_is_named_by_a_tag_is_found() -> None:
    for loose in ("- uses: a/b@v4", "uses: a/b@main # v4.0.0", f"- uses: a/b@{'0' * 40}", "- {uses: a/b@v4}"):
        assert unpinned(f"      {loose}\n")


def test_one_action_has_one_version() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(WORKFLOWS.glob("*.yml")))
    found = dict[str, set[str]]()
    for action, commit in re.findall(r"uses: ([\w.-]+/[\w.-]+)\S*@([0-9a-f]+)", text):
        found.setdefault(action, set()).add(commit)
    assert found
    assert all(len(commits) == 1 for commits in found.values()), found


def test_the_engine_that_judges_is_the_one_that_the_tests_run() -> None:
    engines = [
        step for name, job in jobs().items() for step in steps(job) if "pulumi/actions@" in str(step.get("uses"))
    ]
    assert [f"v{engine['with']['pulumi-version']}" for engine in engines] == [PULUMI, PULUMI]


def test_what_judges_waits_for_no_other_job() -> None:
    assert {name: job["needs"] for name, job in jobs().items() if "needs" in job} == {
        "ci.tell": "preview",
        "standing.tell": "judge",
    }


def test_no_job_gives_secrets_to_a_strangers_code() -> None:
    for file in WORKFLOWS.glob("*.yml"):
        triggers = load(file).data["on"]
        assert {"pull_request_target", "workflow_run", "issue_comment"}.isdisjoint(triggers), file.name
        assert load(file).data["permissions"] == {"contents": "read"}
    kept = [s for job in jobs().values() for s in steps(job) if str(s.get("uses", "")).startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in kept] == [False] * len(jobs())


def overpowered(name: str, job: dict[str, Any]) -> list[str]:
    """Return what a job that may write has beside its one script: secrets, a set-up, or code of others than GitHub."""
    if all(right == "read" for right in (job.get("permissions") or {}).values()):
        return []
    told = [str(step) for step in steps(job) if "secrets." in str(step)]
    ran = [step["run"] for step in steps(job) if "run" in step and not step["run"].startswith(".ci/tell ")]
    used = [str(step["uses"]) for step in steps(job) if "uses" in step]
    return [name, *told, *ran, *used] if told or ran or any(not one.startswith(OF_GITHUB) for one in used) else []


def test_where_a_token_may_write_nothing_else_runs_and_no_secret_is() -> None:
    assert [name for name, job in jobs().items() if "write" in str(job.get("permissions"))] == [
        "ci.tell",
        "standing.tell",
    ]
    assert [found for name, job in jobs().items() if (found := overpowered(name, job))] == []


def test_a_job_that_may_write_and_does_more_is_found() -> None:
    job = {"permissions": {"issues": "write"}, "steps": [{"run": ".ci/tell issue bundles"}]}
    assert overpowered("x", job) == []
    for more in ({"run": "make setup"}, {"uses": "a/b@v1"}, {"run": ".ci/tell x y", "env": {"A": "${{ secrets.A }}"}}):
        assert overpowered("x", {**job, "steps": [*steps(job), more]})


def test_actionlint_finds_nothing() -> None:
    cache = Cache(default_root())
    with Progress() as progress:
        build_missing((ACTIONLINT_TOOL,), cache, progress)
    program = cache.entry(ACTIONLINT_TOOL.name, key(ACTIONLINT_TOOL)) / "actionlint"
    files = sorted(WORKFLOWS.glob("*.yml"))
    assert linted(program, files) == ""
    assert "undefined variable" in linted(
        program, [], "on: push\njobs: {a: {runs-on: x, steps: [{run: '${{ a.b }}'}]}}\n"
    )


def linted(program: Path, files: list[Path], text: str = "") -> str:
    """Return what actionlint says of files, or of a text where there are none; no other linter is asked."""
    line = [str(program), "-shellcheck=", "-pyflakes=", "-no-color", *(map(str, files) if files else ["-"])]
    done = subprocess.run(line, input=text, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def held(schema: str, file: Path) -> str:
    """Return what a schema that its platform publishes says against a file; empty for nothing."""
    line = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_files_are_as_the_platforms_own_schemas_want_them(tmp_path: Path) -> None:
    assert held("gitlab-ci", GITLAB) == ""
    assert [held("github-workflows", file) for file in sorted(WORKFLOWS.glob("*.yml"))] == ["", ""]
    broken = tmp_path / "broken.yml"
    broken.write_text(GITLAB.read_text(encoding="utf-8").replace("when: always", "when: sometimes"), encoding="utf-8")
    assert "sometimes" in held("gitlab-ci", broken)
