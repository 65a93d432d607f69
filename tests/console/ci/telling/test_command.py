"""`.ci/tell` needs Python's own library alone, and says in one line what is missing or what it did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.ci.results import Piece, Results, write
from console.ci.telling.unpacking import UnpackError, unpack
from console.exit_codes import BAD_INPUT, FAILED, GOOD
from tests.console.ci.telling.stand_in import US, zipped

if TYPE_CHECKING:
    from tests.console.ci.telling.stand_in import Platform

REPOSITORY = Path(__file__).parents[4]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = (
    "console/__init__.py",
    "console/exit_codes.py",
    "console/listed.py",
    *(f"console/ci/{name}.py" for name in ("__init__", "needs", "page", "plain_files", "report", "results")),
)


def github(platform: Platform, folder: Path, **event: object) -> dict[str, str]:
    """Return what a job of a pull request finds in its environment."""
    file = folder / "event.json"
    head = {"sha": COMMIT, "repo": {"full_name": "o/r"}}
    file.write_text(json.dumps(event or {"pull_request": {"number": 9, "head": head}}), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_NUMBER": "12",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_API_URL": platform.url,
        "GITHUB_GRAPHQL_URL": f"{platform.url}/graphql",
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_REF_NAME": "main",
        "GITHUB_SHA": COMMIT,
        "GITHUB_TOKEN": "secret",
    }


def gitlab(platform: Platform) -> dict[str, str]:
    """Return what a job of a merge request finds in its environment."""
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": platform.url,
        "CI_PROJECT_ID": "5",
        "CI_PIPELINE_ID": "12",
        "CI_PIPELINE_URL": "https://gitlab.hamar.example/p/12",
        "CI_MERGE_REQUEST_IID": "9",
        "CI_MERGE_REQUEST_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5",
        "CI_COMMIT_SHA": COMMIT,
        "CI_COMMIT_REF_NAME": "main",
        "CI_JOB_ID": "9",
        "ENCLAVE_GITLAB_TOKEN": "secret",
    }


def told(kind: str, folder: Path, environment: dict[str, str], home: Path = REPOSITORY) -> tuple[int, str]:
    """Run the script as a job does, by a Python that finds no package; return its code and what it said."""
    python = folder.parent / "python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run(
        [home / ".ci" / "tell", kind, str(folder)],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python), "no_proxy": "*", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    """A folder of results: two stacks, one of them refused."""
    folder = tmp_path / "bundles"
    pieces = (
        Piece("preview of eu-prod", 1, ("eu-prod/preview/comment.md",)),
        Piece("preview of eu-test", 0, ("eu-test/preview/comment.md",)),
    )
    write(Results(pieces, 1), folder)
    for stack in ("eu-prod", "eu-test"):
        (folder / stack / "preview").mkdir(parents=True)
        (folder / stack / "preview" / "comment.md").write_text(f"### {stack}\n\nwords", encoding="utf-8")
    return folder


def test_one_comment_has_a_section_for_each_stack(bundles: Path, platform: Platform) -> None:
    assert told("comment", bundles, github(platform, bundles.parent)) == (GOOD, "comment: written\n")
    (body,) = platform.ours
    assert body.startswith("<!-- enclave:verdict run:12.1 -->\n## Enclave: refused\n")
    assert f"commit `{COMMIT[:12]}` · [log and bundles](https://github.com/o/r/actions/runs/77)" in body
    assert "| preview of eu-prod | ❌ refused |\n| preview of eu-test | ✅ good |" in body
    assert body.index("### eu-prod") < body.index("### eu-test")


def test_gitlab_is_told_the_same(bundles: Path, platform: Platform) -> None:
    assert told("comment", bundles, gitlab(platform)) == (GOOD, "comment: written\n")
    assert "[log and bundles](https://gitlab.hamar.example/p/12)" in platform.ours[0]
    assert "### eu-prod" in platform.ours[0]


def test_a_job_that_broke_off_leaves_no_older_verdict_standing(bundles: Path, platform: Platform) -> None:
    told("comment", bundles, {**github(platform, bundles.parent), "GITHUB_RUN_NUMBER": "11"})
    assert told("comment", bundles / "none", github(platform, bundles.parent)) == (GOOD, "comment: edited\n")
    assert "## Enclave: not judged" in platform.ours[0]
    assert "eu-prod" not in platform.ours[0]


def test_a_missing_token_is_one_line(bundles: Path, platform: Platform) -> None:
    code, line = told("comment", bundles, {**github(platform, bundles.parent), "GITHUB_TOKEN": ""})
    assert (code, line.count("\n")) == (BAD_INPUT, 1)
    assert line.startswith("nobody is told, as these are missing or empty: GITHUB_TOKEN; set them")
    code, line = told("comment", bundles, {**gitlab(platform), "ENCLAVE_GITLAB_TOKEN": ""})
    assert (code, line.count("\n")) == (BAD_INPUT, 1)
    assert "missing or empty: ENCLAVE_GITLAB_TOKEN (a project's access token)" in line
    assert platform.seen == []


def test_a_fork_is_told_by_no_token(bundles: Path, platform: Platform) -> None:
    head = {"sha": COMMIT, "repo": {"full_name": "stranger/r"}}
    event = {"number": 9, "head": head}
    code, line = told("comment", bundles, github(platform, bundles.parent, pull_request=event))
    assert (code, line.startswith("this change comes from a fork")) == (FAILED, True)
    code, line = told("comment", bundles, {**gitlab(platform), "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "6"})
    assert (code, line.startswith("this change comes from a fork")) == (FAILED, True)
    assert platform.seen == []


def test_a_right_that_is_missing_is_named(bundles: Path, platform: Platform) -> None:
    platform.before = lambda _method, path: platform.faults.append(("POST", 403, {})) if "comments" in path else None
    code, line = told("comment", bundles, github(platform, bundles.parent))
    assert (code, line.count("\n")) == (BAD_INPUT, 1)
    assert "cannot write a comment on pull request 9: the API answers 403" in line
    assert "it needs `permissions: pull-requests: write` in the workflow" in line


def test_outside_of_a_job_and_a_request_there_is_nobody_to_tell(bundles: Path, platform: Platform) -> None:
    assert told("comment", bundles, {})[0] == BAD_INPUT
    code, line = told("comment", bundles, github(platform, bundles.parent, ref="refs/heads/main"))
    assert (code, line.startswith("this job is about no pull or merge request")) == (BAD_INPUT, True)
    assert told("nothing", bundles, {})[1].startswith("usage:")


def test_results_of_somebody_else_are_not_told(bundles: Path, platform: Platform) -> None:
    for text in (
        "[]",
        "{",
        '{"version": 2}',
        '{"version": 1, "pieces": [{"what": "x", "code": 0, "texts": ["../x"]}]}',
    ):
        (bundles / "results.json").write_text(text, encoding="utf-8")
        code, line = told("comment", bundles, github(platform, bundles.parent))
        assert (code, line.count("\n")) == (BAD_INPUT, 1), line
    assert platform.comments == []


def test_an_issue_is_opened_where_there_is_something_and_closed_after_that(bundles: Path, platform: Platform) -> None:
    write(Results((Piece("what stands of eu-prod", 1),), 1, title="Enclave: eu-prod: refused"), bundles)
    environment = github(platform, bundles.parent, ref="refs/heads/main")
    assert told("issue", bundles, environment) == (GOOD, "issue: written\n")
    write(Results((Piece("what stands of eu-prod", 0),), 0), bundles)
    assert told("issue", bundles, {**environment, "GITHUB_RUN_NUMBER": "13"}) == (GOOD, "issue: edited\n")
    (issue,) = platform.issues
    assert (issue.author["id"], issue.open) == (US["id"], False)
    assert "what stands of eu-prod | ✅ good" in issue.body


def test_what_the_last_run_left_is_fetched(bundles: Path, platform: Platform) -> None:
    last = bundles.parent / "last"
    assert told("last", last, gitlab(platform)) == (
        GOOD,
        "last: no earlier run has left any; there is nothing to compare with\n",
    )
    platform.elsewhere, platform.zip = platform.url, zipped({"bundles/results.json": "{}", "bundles/a/b.txt": "x"})
    platform.artifacts = [{"id": 3, "name": "enclave-standing", "ref": "main", "artifacts_file": {}, "status": "x"}]
    platform.artifacts[0]["artifacts_file"] = {"filename": "artifacts.zip"}
    assert told("last", last, gitlab(platform))[0] == GOOD
    assert (last / "a" / "b.txt").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "c:x", "a\\..\\..\\x"])
def test_what_leads_elsewhere_is_not_unpacked(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnpackError, match="leads elsewhere"):
        unpack(zipped({"good": "x", name: "x"}), tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnpackError, match="no zip"):
        unpack(b"<html>", tmp_path / "to")


def test_what_tells_imports_no_more_than_it_names(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((REPOSITORY / name).read_bytes())
    for file in (REPOSITORY / "console" / "ci" / "telling").glob("*.py"):
        target = tmp_path / file.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "tell").write_bytes((REPOSITORY / ".ci" / "tell").read_bytes())
    (tmp_path / ".ci" / "tell").chmod(0o755)
    code, line = told("comment", tmp_path / "bundles", {}, tmp_path)
    assert (code, line.startswith("this runs neither in GitHub Actions")) == (BAD_INPUT, True)
