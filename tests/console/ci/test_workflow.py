"""The workflow runs pinned code only, with the engine that the tests run, and no job waits for another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from located_yaml import load
from sandbox.toolchain.table import PULUMI

WORKFLOWS = Path(__file__).parents[3] / ".github" / "workflows"
PINNED = re.compile(r"\s*(?:- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
USES = re.compile(r"\buses\b")


def unpinned(text: str) -> list[str]:
    """Return the lines that use an action which may become another one."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [line for line in lines if USES.search(line) and not PINNED.fullmatch(line)]


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a job does."""
    return list(job["steps"])


def jobs() -> dict[str, dict[str, Any]]:
    """Return the jobs of the shipped workflow."""
    return dict(load(WORKFLOWS / "ci.yml").data["jobs"])


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    files = [*WORKFLOWS.glob("*.y*ml")]
    assert files
    assert {file.name: unpinned(file.read_text(encoding="utf-8")) for file in files} == {f.name: [] for f in files}


def test_an_action_that_is_named_by_a_tag_is_found() -> None:
    for loose in ("- uses: a/b@v4", "uses: a/b@main # v4.0.0", f"- uses: a/b@{'0' * 40}", "- {uses: a/b@v4}"):
        assert unpinned(f"      {loose}\n")


def test_one_action_has_one_version() -> None:
    text = (WORKFLOWS / "ci.yml").read_text(encoding="utf-8")
    found = dict[str, set[str]]()
    for action, commit in re.findall(r"uses: ([\w.-]+/[\w.-]+)\S*@([0-9a-f]+)", text):
        found.setdefault(action, set()).add(commit)
    assert found
    assert all(len(commits) == 1 for commits in found.values()), found


def test_the_engine_that_previews_is_the_one_that_the_tests_run() -> None:
    (engine,) = (step for step in steps(jobs()["preview"]) if str(step.get("uses", "")).startswith("pulumi/actions@"))
    assert f"v{engine['with']['pulumi-version']}" == PULUMI


def test_no_job_waits_for_another() -> None:
    assert [name for name, job in jobs().items() if "needs" in job] == []


def test_no_job_gives_secrets_to_a_strangers_code() -> None:
    text = (WORKFLOWS / "ci.yml").read_text(encoding="utf-8")
    assert "pull_request_target" not in text
    assert load(WORKFLOWS / "ci.yml").data["permissions"] == {"contents": "read"}
    kept = [s for job in jobs().values() for s in steps(job) if str(s.get("uses", "")).startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in kept] == [False, False]
